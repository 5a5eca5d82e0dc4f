/**
 * Repeats every measured exchange of the editor's socket, packet by packet, through the edge in workerd to a real
 * socket.io server. Protects against a client that gets other packets than from the Document Server.
 */
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { startEdgeBeforeDocumentServer } from "./support/edge-before-document-server.ts";
import { type SocketStep, type SocketVector, socketVectors } from "./support/vectors.ts";

/** The server's limit is 45 seconds. The vectors show only how it ends a socket, so a shorter one will do. */
const CONNECT_SECONDS = 2;
const PENDING_MS = 300;

const { edge } = await startEdgeBeforeDocumentServer(
	{ SOCKET_CONNECT_SECONDS: String(CONNECT_SECONDS) },
	{ connectTimeoutMs: CONNECT_SECONDS * 2000 },
);

/** Blanks the parts that differ from run to run, and those that only a whole Document Server sends. */
const comparable = (data: string) =>
	data
		.replace(/"sid":"[^"]*"/g, '"sid":"<20 chars>"')
		.replace(/"license":\{[^{}]*\}/g, '"license":{}')
		.replace(/"ping(Interval|Timeout)":\d+/g, '"ping$1":0');
/** A whole Document Server sends these packets after a good `auth` message. The test's server does not. */
const isBusiness = ({ data = "" }: SocketStep) => /"type":"(warning|auth|documentOpen)"/.test(data);

const pathOf = (step: SocketStep | undefined) => /^\w+ (\S+)/.exec(step?.http ?? "")?.[1] ?? "";
const expectedOf = (step: SocketStep) => (step.data === undefined ? undefined : comparable(step.data));

describe("polling", () => {
	it.each(socketVectors.filter(({ transport }) => transport === "polling"))(
		"$id via $via",
		async (vector) => {
			const [first, ...steps] = vector.steps;
			const path = pathOf(first);
			let sid = "";
			const request = (step: SocketStep) =>
				fetch(new URL(sid ? `${path}&sid=${sid}` : path, edge.url), {
					method: step.http?.startsWith("POST") ? "POST" : "GET",
					...(step.data !== undefined && { body: step.data }),
					signal: AbortSignal.timeout(PENDING_MS),
				});
			let answer = request(first as SocketStep);
			for (const step of steps) {
				if (step.dir === ">") {
					answer = request(step);
				} else if (step.pending) {
					await expect(answer).rejects.toThrow(/timeout/i);
				} else {
					const response = await answer;
					const data = await response.text();
					sid ||= /"sid":"([^"]*)"/.exec(data)?.[1] ?? "";
					expect({ status: response.status, data: comparable(data) }).toEqual({
						status: step.status,
						data: expectedOf(step),
					});
					expect(response.headers.get("Content-Type")).toBe(step.content_type);
				}
			}
		},
	);
});

describe("websocket", () => {
	it.each(socketVectors.filter(({ transport }) => transport === "websocket"))(
		"$id via $via",
		async (vector) => {
			const { frames, send, ended } = await open(pathOf(vector.steps[0]));
			for (const step of vector.steps.slice(2)) {
				if (step.frame && step.dir === ">") send(step.data ?? "");
				else if (step.ws_close !== undefined) expect(await ended).toBe(step.ws_close);
				else if (isBusiness(step)) break;
				else if (step.dir === "<") expect(comparable(await frames.next())).toBe(expectedOf(step));
			}
		},
	);

	it("a CONNECT sent by polling is answered after the upgrade", async () => {
		const vector = socketVectors.find(({ id }) => id === "connect-then-upgrade") as SocketVector;
		const path = "/doc/vecsio/c/?EIO=4&transport=";
		const opened = await (await fetch(new URL(`${path}polling`, edge.url))).text();
		const sid = /"sid":"([^"]*)"/.exec(opened)?.[1];
		const [connect, , ...steps] = vector.steps;
		const posted = await fetch(new URL(`${path}polling&sid=${sid}`, edge.url), {
			method: "POST",
			body: connect?.data ?? "",
		});
		expect(await posted.text()).toBe("ok");
		const { frames, send } = await open(`${path}websocket&sid=${sid}`);
		for (const step of steps) {
			if (step.dir === ">") send(step.data ?? "");
			else expect(comparable(await frames.next())).toBe(expectedOf(step));
		}
	});
});

describe("plain requests", () => {
	it.each(socketVectors.filter(({ transport }) => transport === "http"))(
		"$id via $via",
		async ({ steps }) => {
			const [sent, received] = steps as [SocketStep, SocketStep];
			const [method = "GET"] = (sent.http ?? "").split(" ");
			const response = await fetch(new URL(pathOf(sent), edge.url), { method });
			expect(response.status).toBe(received.status);
			if (received.status !== 404) expect(comparable(await response.text())).toBe(expectedOf(received));
		},
	);
});

/** A WebSocket whose frames are read one by one. */
async function open(path: string) {
	const socket = new WebSocket(new URL(path, edge.url.href.replace("http", "ws")));
	const received: string[] = [];
	socket.on("message", (data) => received.push(String(data)));
	const ended = once(socket, "close").then(([code]) => code as number);
	await once(socket, "open");
	const next = async () => {
		await expect.poll(() => received.length, { interval: 2 }).toBeGreaterThan(0);
		return received.shift() as string;
	};
	return { frames: { next }, send: (data: string) => socket.send(data), ended };
}

it("no compression is negotiated, as at the server: each message would be compressed anew at the edge", async () => {
	const socket = new WebSocket(
		new URL("/doc/d/c/?EIO=4&transport=websocket", edge.url.href.replace("http", "ws")),
		{ perMessageDeflate: true },
	);
	await once(socket, "open");
	expect(socket.extensions).toBe("");
	socket.close();
});
