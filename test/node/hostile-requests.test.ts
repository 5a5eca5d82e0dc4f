/**
 * Hostile requests that only a raw socket can send, or that cost memory. Protects against an origin that receives
 * another request than the judged one, against memory that a stranger can fill, and against refusals that get lost.
 */
import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import jsonwebtoken from "jsonwebtoken";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { readBundle } from "../../local/build.ts";
import { type Edge, startEdge } from "../../local/edge.ts";
import { useEdge } from "./support/edge-before-origin.ts";
import { encodeRequest, type RawRequest, type RawResponse, sendRaw } from "./support/raw-http.ts";
import { ORIGIN_STATUS } from "./support/recording-origin.ts";
import { TOKEN_SECRETS, VECTOR_BINDINGS } from "./support/vectors.ts";
import { workerdMemoryBytes } from "./support/workerd.ts";

const MIB = 1024 * 1024;
const running = useEdge();
let shadow: Edge;
beforeAll(async () => {
	const bindings = { ...VECTOR_BINDINGS, ORIGIN: running.origin.url, SHADOW_ROUTES: "command" };
	shadow = await startEdge({ bundle: await readBundle(), bindings, onLog: () => undefined });
});
afterAll(() => shadow.stop());
beforeEach(() => void running.origin.take());

const inbox = (claims: object) => jsonwebtoken.sign(claims, TOKEN_SECRETS.inbox);
const reasonOf = ({ headers }: RawResponse) => headers["x-edge-reason"];

describe("GET with a body: refused if the platform cannot forward it as it was judged", () => {
	const COMMAND = "/coauthoring/CommandService.ashx";
	const good = JSON.stringify({ token: inbox({ c: "info", key: "k" }) });
	const editor = inbox({ document: { key: "k" } });
	const request = (target: string, more: Partial<RawRequest>): RawRequest => ({
		method: "GET",
		target,
		body: Buffer.from(good),
		...more,
	});
	it.each<[string, string, Partial<RawRequest>]>([
		["a token in the chunked body, another in the query", `${COMMAND}?token=${editor}`, {}],
		["a token in both at the converter", `/ConvertService.ashx?token=${editor}`, {}],
		["a token in both, the path in upper case", `${COMMAND.toUpperCase()}/?token=${editor}`, {}],
		["another token in the header", COMMAND, { headers: { Authorization: `Bearer ${editor}` } }],
		["a chunked body in gzip", COMMAND, { body: gzipSync(good), headers: { "Content-Encoding": "gzip" } }],
		["HEAD", COMMAND, { method: "HEAD" }],
		["behind a version prefix", `/9.1.0-1${COMMAND}?token=${editor}`, {}],
		["an empty chunked body", `${COMMAND}?token=${editor}`, { body: Buffer.alloc(0) }],
	])("%s", async (_, target, more) => {
		const answer = await sendRaw(running.edge.url, request(target, { framing: "chunked", ...more }));
		const [seen] = running.origin.take();
		if (seen === undefined) expect([answer.status, reasonOf(answer)]).toEqual([411, "body_length_missing"]);
		// The platform drops an empty body before the edge judges the request.
		else expect([more.body?.length, seen.target]).toEqual([0, target]);
	});
	it("with Content-Length the body is forwarded byte for byte", async () => {
		const answer = await sendRaw(running.edge.url, request(`${COMMAND}?token=${editor}`, {}));
		expect(answer.status).toBe(ORIGIN_STATUS);
		expect(running.origin.take()[0]?.body.toString()).toBe(good);
	});
	it("with Upgrade the body is forwarded too: the platform would send a WebSocket's GET without it", async () => {
		const headers = { Upgrade: "websocket" };
		await sendRaw(running.edge.url, request(`${COMMAND}?token=`, { headers }));
		expect(running.origin.take()[0]?.body.toString()).toBe(good);
	});
});

describe("a body that costs memory or time", () => {
	/** The most that workerd grows by while `act` runs, in MiB. */
	async function growth(act: () => Promise<unknown>): Promise<number> {
		const idle = workerdMemoryBytes();
		let most = idle;
		const watch = setInterval(() => {
			most = Math.max(most, workerdMemoryBytes());
		}, 10);
		await act();
		clearInterval(watch);
		return (most - idle) / MIB;
	}
	const post = (target: string, body: Buffer, headers = {}): RawRequest => ({
		method: "POST",
		target,
		body,
		headers,
	});
	const objects = Buffer.from(`[${"{},".repeat((8 * MIB) / 3)}{}]`);

	it("ten bodies at once that inflate to 8 MiB each stay within the limit", async () => {
		const bomb = post("/command", gzipSync(objects), { "Content-Encoding": "gzip" });
		await sendRaw(running.edge.url, bomb);
		const mib = await growth(async () => {
			const answers = await Promise.all(Array.from({ length: 10 }, () => sendRaw(running.edge.url, bomb)));
			for (const answer of answers)
				expect([answer.status, reasonOf(answer)]).toEqual([413, "body_too_large"]);
		});
		expect(mib).toBeLessThan(48);
	});
	it("a body in chunks of one byte does not cost memory per chunk", async () => {
		const chunks = Buffer.from(`${"1\r\nx\r\n".repeat(100_000)}0\r\n\r\n`);
		const head = encodeRequest({ method: "POST", target: "/command", framing: "chunked" }).subarray(
			0,
			-"0\r\n\r\n".length,
		);
		const mib = await growth(async () => {
			const answer = await sendBytes(running.edge.url, Buffer.concat([head, chunks]));
			expect(answer).toContain("X-Edge-Reason: token_missing");
		});
		expect(mib).toBeLessThan(64);
	});
	it("in shadow mode the body of an open route is streamed", async () => {
		const sent = Buffer.alloc(64 * MIB, "x");
		await sendRaw(shadow.url, post("/open", Buffer.from("warm")));
		running.origin.take();
		const mib = await growth(() => sendRaw(shadow.url, { ...post("/open", sent), framing: "chunked" }));
		expect(running.origin.take()[0]?.body.length).toBe(sent.length);
		expect(mib).toBeLessThan(24);
	});
	it.each([
		["announced", "length"],
		["in chunks", "chunked"],
	] as const)("in shadow mode a body above the limit is forwarded whole: %s", async (_, framing) => {
		const sent = Buffer.alloc(5 * MIB, "y");
		const answer = await sendRaw(shadow.url, { ...post("/command", sent), framing });
		expect(answer.status).toBe(ORIGIN_STATUS);
		expect(running.origin.take()[0]?.body.equals(sent)).toBe(true);
	});
	it("in shadow mode a body that was read is forwarded byte for byte", async () => {
		const sent = Buffer.from(JSON.stringify({ token: inbox({ c: "info" }), more: "é" }));
		await sendRaw(shadow.url, post("/command", sent));
		expect(running.origin.take()[0]?.body.equals(sent)).toBe(true);
	});
	it("a token above the limit is refused unread", async () => {
		const token = `${inbox({ c: "info" })}${"x".repeat(300 * 1024)}`;
		const answer = await sendRaw(running.edge.url, post("/command", Buffer.from(JSON.stringify({ token }))));
		expect([answer.status, reasonOf(answer), answer.body.toString()]).toEqual([
			200,
			"token_too_long",
			'{"error":6}',
		]);
	});
});

describe("a client that sends the whole body first still reads its refusal", () => {
	it.each([
		[
			"a body above the limit, announced",
			{ target: "/command", body: Buffer.alloc(9 * MIB) },
			"body_too_large",
		],
		[
			"a body above the limit, in chunks",
			{ target: "/command", body: Buffer.alloc(9 * MIB), framing: "chunked" },
			"body_too_large",
		],
		["an upload without a token", { target: "/upload/d", body: Buffer.alloc(9 * MIB) }, "token_missing"],
		["a closed path", { target: "/internal/x", body: Buffer.alloc(9 * MIB) }, "path_closed"],
	] as const)("%s", async (_, request, reason) => {
		const answer = await sendBytes(running.edge.url, encodeRequest({ method: "POST", ...request }));
		expect(answer).toContain(`X-Edge-Reason: ${reason}`);
		expect(running.origin.take()).toEqual([]);
	});
});

/** Sends all bytes before it reads, as simple clients do. Rejects if the connection breaks meanwhile. */
function sendBytes(server: URL, bytes: Buffer): Promise<string> {
	return new Promise((resolve, reject) => {
		const socket = connect(Number(server.port), server.hostname);
		let answer = "";
		socket.pause();
		socket.on("error", reject);
		socket.on("data", (chunk) => {
			answer += chunk.toString("latin1");
		});
		socket.on("close", () => resolve(answer));
		socket.write(bytes, (error) => (error ? reject(error) : socket.resume()));
	});
}
