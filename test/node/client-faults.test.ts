/**
 * Faults of one client: bodies that break off, stop or come slowly, and requests that the origin breaks off. Protects
 * against one client that closes the edge for all others. The origin's health check never answers here.
 */
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import { createServer as createTcpServer, type Server } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readBundle } from "../../local/build.ts";
import { type Edge, startEdge } from "../../local/edge.ts";
import { CLIENT_BEHAVIOURS, openClient, sendAs } from "./support/faults/clients.ts";
import { listen } from "./support/faults/listening.ts";
import { get } from "./support/faults/routes.ts";
import { sendRaw } from "./support/raw-http.ts";

const KIB = 1024;
const BINDINGS = { JWT_SECRET: "a token secret", SECURE_LINK_SECRET: "a link secret" };
const HEAD = "POST /any HTTP/1.1\r\nHost: edge.test\r\n";
const UPLOAD = { method: "POST", target: "/any", body: Buffer.alloc(100 * KIB, "x") };
/** A response takes less, however busy the machine is. */
const PATIENCE_MS = 60_000;

const cleanups: (() => unknown)[] = [];
afterAll(async () => {
	for (const cleanup of cleanups.reverse()) await cleanup();
});

async function originOf(server: Server): Promise<string> {
	const { url, stop } = await listen(server);
	cleanups.push(stop);
	return url;
}

async function edgeBefore(ORIGIN: string, more: Record<string, string> = {}): Promise<Edge> {
	const bindings = { ...BINDINGS, ORIGIN, ...more };
	const edge = await startEdge({ bundle: await readBundle(), bindings, onLog: () => undefined });
	cleanups.push(edge.stop);
	return edge;
}

/** Responds with the length and framing of the body. It breaks `/poison` off, and never answers `/healthcheck`. */
const echo: RequestListener = async (request, response) => {
	if (request.url === "/healthcheck") return;
	if (request.url === "/poison") return request.socket.destroy();
	const bytes = await lengthOf(request).catch(() => 0);
	const { "content-length": length = "none", "transfer-encoding": coding = "none" } = request.headers;
	response.end(`${bytes} bytes, length ${length}, coding ${coding}`);
};
async function lengthOf(request: IncomingMessage): Promise<number> {
	let bytes = 0;
	for await (const chunk of request) bytes += chunk.length;
	return bytes;
}

/** A raw client, for requests that a library would not break off. */
function client(edge: Edge) {
	const { socket, received, ended } = openClient(edge.url);
	return {
		socket,
		/** Waits for the response, and then ends the connection. */
		answer: async () => {
			await Promise.race([ended, expect.poll(received).toMatch(/\r\n\r\n./)]);
			socket.destroy();
			const text = received();
			const reason = /^X-Edge-Reason: (\w+)/im.exec(text)?.[1];
			return { status: Number(text.split(" ")[1]), reason, text };
		},
	};
}

const TIMES = 12;

describe("requests that fail because of their client", () => {
	let edge: Edge;
	beforeAll(async () => {
		edge = await edgeBefore(await originOf(createServer(echo)), {
			ORIGIN_TIMEOUT_SECONDS: "1",
			ORIGIN_FILE_TIMEOUT_SECONDS: "1",
			CLIENT_STALL_SECONDS: "1",
		});
	});
	const broken = async (bytes: string) => {
		const { socket, answer } = client(edge);
		socket.write(bytes);
		return answer();
	};
	it.each<[name: string, fail: () => Promise<unknown>]>([
		["a broken chunk", () => broken(`${HEAD}Transfer-Encoding: chunked\r\n\r\nzz\r\nno chunk\r\n`)],
		["a request that the origin breaks off", () => sendRaw(edge.url, get("/poison"))],
		...CLIENT_BEHAVIOURS.map((behaviour): [string, () => Promise<unknown>] => [
			`a client that ${behaviour.name}`,
			() => sendAs(behaviour, edge.url, UPLOAD, { ms: PATIENCE_MS }),
		]),
	])(`%s, ${TIMES} times in a row: other clients are still answered`, async (_, fail) => {
		await Promise.all(Array.from({ length: TIMES }, fail));
		// The edge's health check of the origin ends within this time, unless the machine is busy.
		await new Promise((resolve) => setTimeout(resolve, 2500));
		for (let n = 0; n < TIMES; n++) {
			const { headers } = await sendRaw(edge.url, get("/fine"));
			expect(headers["x-edge-reason"]).not.toBe("origin_down");
		}
	});
});

it("a request that fails before its body is whole never counts against the origin", async () => {
	const received: string[] = [];
	const rude = createTcpServer((socket) => {
		socket.on("error", () => undefined);
		socket.once("data", (data) => {
			const line = data.toString("latin1").split("\r\n", 1)[0] ?? "";
			received.push(line);
			if (line.startsWith("GET /fine "))
				socket.end("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
			else socket.resetAndDestroy();
		});
	});
	const edge = await edgeBefore(await originOf(rude));
	for (let n = 0; n < TIMES; n++) {
		const { socket, answer } = client(edge);
		socket.write(`${HEAD}Content-Length: 1000\r\n\r\nthe beginning`);
		expect(await answer()).toMatchObject({ status: 502, reason: "origin_unreachable" });
	}
	expect((await sendRaw(edge.url, get("/fine"))).status).toBe(200);
	expect(received.filter((line) => line.startsWith("GET /healthcheck "))).toEqual([]);
});

describe("limits of a request body", () => {
	const stall = { CLIENT_STALL_SECONDS: "1", ORIGIN_TIMEOUT_SECONDS: "300" };
	const parts = (total: number, sent: number) => [`Content-Length: ${total}\r\n\r\n`, "x".repeat(sent)];
	it.each<[name: string, parts: string[], status: number, reason: string]>([
		["the body stops at its beginning", parts(1000, 0), 408, "client_stalled"],
		["the body stops in the middle", parts(1000, 10), 408, "client_stalled"],
		["a long body stops late", parts(80 * KIB, 70 * KIB), 408, "client_stalled"],
		["a chunked body stops", ["Transfer-Encoding: chunked\r\n\r\n", "5\r\nhello\r\n"], 408, "client_stalled"],
		["a chunk is broken", ["Transfer-Encoding: chunked\r\n\r\n", "zz\r\nhello\r\n"], 400, "body_incomplete"],
	])("%s: refused with nginx's page", async (_, [framing = "", body = ""], status, reason) => {
		const edge = await edgeBefore(await originOf(createServer(echo)), stall);
		const { socket, answer } = client(edge);
		socket.write(`${HEAD}${framing}${body}`);
		const { text, ...told } = await answer();
		expect(told).toEqual({ status, reason });
		expect(text).toContain(`<center><h1>${status} `);
	});

	it.each([
		[
			"announced",
			`Content-Length: 80\r\n\r\n`,
			(text: string) => text,
			"",
			"80 bytes, length 80, coding none",
		],
		[
			"chunked",
			"Transfer-Encoding: chunked\r\n\r\n",
			(text: string) => `${text.length.toString(16)}\r\n${text}\r\n`,
			"0\r\n\r\n",
			"80 bytes, length none, coding chunked",
		],
	])("a slow upload that does not stop is never cut (%s)", async (_, framing, frame, last, got) => {
		// The upload takes three times as long as the origin may take for its response.
		const edge = await edgeBefore(await originOf(createServer(echo)), {
			ORIGIN_TIMEOUT_SECONDS: "1",
			ORIGIN_FILE_TIMEOUT_SECONDS: "1",
		});
		const { socket, answer } = client(edge);
		socket.write(`${HEAD}${framing}`);
		for (let n = 0; n < 8; n++) {
			await new Promise((resolve) => setTimeout(resolve, 400));
			socket.write(frame("0123456789"));
		}
		socket.write(last);
		const { status, text } = await answer();
		expect([status, text.split("\r\n\r\n")[1]]).toEqual([200, got]);
	});

	it.each([
		["none", ""],
		["short", "x".repeat(100)],
		["long", "x".repeat(300 * KIB)],
	])("silence after the whole body (%s) is the origin's fault", async (_, body) => {
		const silent = createTcpServer((socket) => socket.on("error", () => undefined).resume());
		const edge = await edgeBefore(await originOf(silent), { ORIGIN_TIMEOUT_SECONDS: "1" });
		const { socket, answer } = client(edge);
		socket.write(`${HEAD}Content-Length: ${body.length}\r\n\r\n${body}`);
		expect(await answer()).toMatchObject({ status: 504, reason: "origin_timeout" });
	});
	it.each([100, 300 * KIB])(
		"a body of %i bytes that the origin breaks off is the origin's fault",
		async (length) => {
			const rude = createTcpServer((socket) => {
				socket.on("error", () => undefined);
				socket.once("data", () => socket.resetAndDestroy());
			});
			const edge = await edgeBefore(await originOf(rude));
			const { socket, answer } = client(edge);
			socket.write(`${HEAD}Content-Length: ${length}\r\n\r\n${"x".repeat(length)}`);
			expect(await answer()).toMatchObject({ status: 502, reason: "origin_unreachable" });
		},
	);
	it("a long upload reaches the origin byte for byte", async () => {
		const bytes = Buffer.from(Array.from({ length: 1000 * KIB }, (_, n) => (n * 31 + (n >> 8)) % 256));
		const back = createServer(async (request, response) => {
			for await (const chunk of request) response.write(chunk);
			response.end();
		});
		const edge = await edgeBefore(await originOf(back));
		for (const framing of ["length", "chunked"] as const) {
			const answer = await sendRaw(edge.url, { method: "POST", target: "/any", body: bytes, framing });
			expect(answer.body.equals(bytes)).toBe(true);
		}
	});
});
