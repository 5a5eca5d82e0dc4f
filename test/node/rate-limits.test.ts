/**
 * The rate limits in workerd, counted by Miniflare's own emulation, with real clients that try again. Protects against a
 * limit that never ends, against one that a client cannot understand, and against an editor that gives up.
 *
 * Miniflare counts in windows of ten seconds of the clock. A test may meet two of them, so it sends enough for two.
 */
import { once } from "node:events";
import { connect as connectTcp } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import jsonwebtoken from "jsonwebtoken";
import { describe, expect, it } from "vitest";
import { startEdgeBeforeDocumentServer } from "./support/edge-before-document-server.ts";
import { useEditorClients } from "./support/editor-clients.ts";
import { TOKEN_SECRETS } from "./support/vectors.ts";

const LIMIT = 3;
const SIMPLE = { limit: LIMIT, period: 10 } as const;
const { edge } = await startEdgeBeforeDocumentServer(
	{},
	{},
	{ rateLimits: { LIMIT_CALLS: SIMPLE, LIMIT_REFUSED: SIMPLE, LIMIT_SOCKETS: SIMPLE } },
);
const connectEditor = useEditorClients();
const COMMAND = jsonwebtoken.sign({ c: "version" }, TOKEN_SECRETS.browser);
const EDITOR = jsonwebtoken.sign({ document: { key: "doc1", url: "http://a/" } }, TOKEN_SECRETS.browser);

const from = (address: string) => ({ "CF-Connecting-IP": address });
const command = (address: string, token = COMMAND) =>
	fetch(new URL("/command", edge.url), {
		method: "POST",
		headers: from(address),
		body: JSON.stringify({ token }),
	});
const unsigned = (address: string) =>
	fetch(new URL("/cache/files/data/k/o.docx/o.docx", edge.url), { headers: from(address) });

/** Sends more requests than two windows allow. */
async function flood(send: () => Promise<Response>): Promise<Response[]> {
	const responses: Response[] = [];
	for (let at = 0; at <= 2 * LIMIT; at++) responses.push(await send());
	return responses;
}
const isLimited = ({ status, headers }: Response) =>
	status === 429 && headers.get("X-Edge-Reason") === "rate_limited";

/** Waits as the response says, as a well-made client does. */
async function retryUntilHeard(send: () => Promise<Response>): Promise<Response> {
	for (let tries = 0; tries < 5; tries++) {
		const response = await send();
		if (response.status !== 429) return response;
		const seconds = Number(response.headers.get("Retry-After"));
		expect(seconds).toBeGreaterThan(0);
		await sleep(seconds * 1000);
	}
	throw new Error("the limit does not end");
}

describe.concurrent("over a limit a client gets 429, and is heard again after Retry-After", () => {
	it("LIMIT_CALLS", async () => {
		const responses = await flood(() => command("203.0.113.1"));
		expect(responses.slice(0, LIMIT).every(({ status }) => status === 404)).toBe(true);
		expect(responses.some(isLimited)).toBe(true);
		expect((await retryUntilHeard(() => command("203.0.113.1"))).status).toBe(404);
	});

	it("LIMIT_REFUSED, for the client that was refused", async () => {
		const responses = await flood(() => unsigned("203.0.113.2"));
		expect(responses[0]?.headers.get("X-Edge-Reason")).toBe("link_unsigned");
		expect(responses.some(isLimited)).toBe(true);
		expect((await unsigned("203.0.113.3")).headers.get("X-Edge-Reason")).toBe("link_unsigned");
		expect((await retryUntilHeard(() => unsigned("203.0.113.2"))).status).toBe(403);
	});

	it("LIMIT_REFUSED: all addresses of one /64 are one client", async () => {
		let last = 0;
		const responses = await flood(() => unsigned(`2001:db8:1:2::${++last}`));
		expect(responses.some(isLimited)).toBe(true);
		expect(isLimited(await unsigned("2001:db8:1:3::1"))).toBe(false);
	});

	it("LIMIT_REFUSED: the answer comes before the body", async () => {
		const address = "203.0.113.4";
		await flood(() => unsigned(address));
		const socket = connectTcp(Number(edge.url.port), edge.url.hostname);
		socket.write(
			`POST /command HTTP/1.1\r\nHost: edge.test\r\nCF-Connecting-IP: ${address}\r\nContent-Length: 1000000\r\n\r\n`,
		);
		const [head] = await once(socket, "data");
		socket.destroy();
		expect(String(head)).toMatch(/^HTTP\/1\.1 429 [\s\S]*\r\nRetry-After: \d+\r\n[\s\S]*rate_limited/);
	});
});

it("LIMIT_SOCKETS: an editor that is turned away connects by itself later", async () => {
	const connect = (address: string) => {
		const options = { path: "/doc/doc1/c/", auth: { token: EDITOR }, extraHeaders: from(address) };
		const patience = { reconnectionDelay: 3000, reconnectionDelayMax: 3000 };
		return connectEditor(edge.url, ["websocket"], { ...options, ...patience });
	};
	const clients = Array.from({ length: 2 * LIMIT + 1 }, () => connect("203.0.113.5"));
	const refused = clients.map(
		(client) => new Promise<boolean>((resolve) => client.once("connect_error", () => resolve(true))),
	);
	expect(await Promise.any(refused)).toBe(true);
	const [first, ...others] = clients.reverse();
	for (const client of others) client.disconnect();
	await expect.poll(() => first?.connected).toBe(true);
	const neighbour = connect("203.0.113.6");
	await expect.poll(() => neighbour.connected).toBe(true);
});
