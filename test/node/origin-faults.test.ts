/**
 * The edge in front of a real TCP server that fails in every way a server can: the client always gets a
 * clear answer in time, in the words of the endpoint, and the origin's own answers pass untouched.
 */
import { once } from "node:events";
import { createServer as createHttpServer, type RequestListener } from "node:http";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { readBundle } from "../../local/build.ts";
import { type Edge, freePort, startEdge } from "../../local/edge.ts";
import { sendRaw } from "./support/raw-http.ts";
import { VECTOR_BINDINGS } from "./support/vectors.ts";
import { workerdMemoryBytes } from "./support/workerd.ts";

const TIMEOUT_SECONDS = 1;
const MIB = 1024 * 1024;

const log: string[] = [];
const cleanups: (() => unknown)[] = [];
afterAll(async () => {
	for (const cleanup of cleanups.reverse()) await cleanup();
});

async function listen(server: Server): Promise<string> {
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	cleanups.push(() => server.close());
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function edgeBefore(origin: string): Promise<Edge> {
	const edge = await startEdge({
		bundle: await readBundle(),
		bindings: { ...VECTOR_BINDINGS, ORIGIN: origin, ORIGIN_TIMEOUT_SECONDS: String(TIMEOUT_SECONDS) },
		onLog: (line) => log.push(line),
	});
	cleanups.push(edge.stop);
	return edge;
}

const token = await new SignJWT({ c: "version" })
	.setProtectedHeader({ alg: "HS256", typ: "JWT" })
	.sign(new TextEncoder().encode(VECTOR_BINDINGS.JWT_SECRET_INBOX));
const get = (target: string, headers = {}) => ({ method: "GET", target, headers });
const call = (target: string, headers = {}) => ({
	method: "POST",
	target,
	headers: { Authorization: `Bearer ${token}`, ...headers },
	body: Buffer.from('{"key":"k1"}'),
});

describe("an origin that does not answer", () => {
	/** A TCP server that does this with a connection once a request is on it. */
	const misbehaving = (onRequest: (socket: Socket) => unknown) =>
		createServer((socket) => {
			socket.on("error", () => undefined);
			socket.once("data", () => onRequest(socket));
		});
	const faults: [
		name: string,
		start: () => Promise<string>,
		status: number,
		reason: string,
		codes: number[],
	][] = [
		[
			"refuses connections",
			async () => `http://127.0.0.1:${await freePort()}`,
			502,
			"origin_unreachable",
			[3, -1],
		],
		["has a name that does not resolve", async () => "http://ds.invalid", 502, "origin_unreachable", [3, -1]],
		[
			"resets before headers",
			() => listen(misbehaving((socket) => socket.resetAndDestroy())),
			502,
			"origin_unreachable",
			[3, -1],
		],
		[
			"closes before headers",
			() => listen(misbehaving((socket) => socket.end())),
			502,
			"origin_unreachable",
			[3, -1],
		],
		[
			"speaks no HTTP",
			() => listen(misbehaving((socket) => socket.end("220 smtp.test ready\r\n"))),
			502,
			"origin_unreachable",
			[3, -1],
		],
		["is silent", () => listen(misbehaving(() => undefined)), 504, "origin_timeout", [3, -2]],
	];

	describe.each(faults)("%s", (_, start, status, reason, [commandCode, convertCode]) => {
		let edge: Edge;
		beforeAll(async () => {
			edge = await edgeBefore(await start());
		});
		it.each([
			["an open route", get("/web-apps/x.js"), "text/html", /nginx/],
			["a command", call("/command"), "application/json", JSON.stringify({ key: "k1", error: commandCode })],
			[
				"a conversion",
				call("/converter"),
				"application/json; charset=UTF-8",
				JSON.stringify({ error: convertCode }),
			],
			[
				"a conversion in XML",
				call("/converter", { Accept: "application/xml" }),
				"text/xml; charset=UTF-8",
				new RegExp(`<Error>${convertCode}</Error>`),
			],
			[
				"a build",
				call("/docbuilder"),
				"application/json; charset=UTF-8",
				JSON.stringify({ error: convertCode }),
			],
			["a download", call("/downloadfile/k"), "text/plain; charset=utf-8", /\w/],
		])("%s", async (_name, request, type, body) => {
			const answer = await sendRaw(edge.url, request);
			expect(answer.status).toBe(status);
			expect(answer.headers["content-type"]).toBe(type);
			expect(answer.headers["x-edge-reason"]).toBe(reason);
			expect(answer.headers["cache-control"]).toBe("no-store");
			expect(answer.body.toString()).toMatch(body);
			expect(JSON.parse(log.at(-1) ?? "")).toMatchObject({ verdict: "accept", reason, status });
		});
	});

	it("breaks off in the middle of a body: so does the edge's answer", async () => {
		const half = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nContent-Type: text/plain\r\n\r\nhalf";
		const edge = await edgeBefore(
			await listen(misbehaving((socket) => socket.write(half, () => socket.resetAndDestroy()))),
		);
		const outcome = await sendRaw(edge.url, get("/web-apps/x.js")).catch((error: Error) => error);
		if (outcome instanceof Error) expect(outcome.message).toMatch(/no complete answer|reset|hang up/i);
		else expect(outcome.body.length).toBeLessThan(1000);
	});
});

/** What it did, and the most that workerd grew by meanwhile. */
async function watchingMemory<T>(act: () => Promise<T>): Promise<{ bytes: T; growth: number }> {
	const before = workerdMemoryBytes();
	expect(before).toBeGreaterThan(0);
	let most = 0;
	const watch = setInterval(() => {
		most = Math.max(most, workerdMemoryBytes() - before);
	}, 5);
	const bytes = await act().finally(() => clearInterval(watch));
	return { bytes, growth: most };
}

describe("an origin that answers", () => {
	let edge: Edge;
	const FILE = Buffer.alloc(10_000, "0123456789");
	const answers: Record<string, RequestListener> = {
		"/500": (_, response) =>
			response.writeHead(500, { "Content-Type": "text/plain", "X-Own": "1" }).end("broken"),
		"/302": (_, response) => response.writeHead(302, { Location: "http://elsewhere.test/x?y" }).end(),
		"/304": (request, response) =>
			request.headers["if-none-match"] === '"e"'
				? response.writeHead(304, { ETag: '"e"' }).end()
				: response.end("?"),
		"/206": (request, response) => {
			const [, from, to] = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? "") ?? [];
			const part = FILE.subarray(Number(from), Number(to) + 1);
			response.writeHead(206, { "Content-Range": `bytes ${from}-${to}/${FILE.length}` }).end(part);
		},
		"/cookies": (_, response) => response.writeHead(200, { "Set-Cookie": ["a=1", "b=2"] }).end(),
		"/slow-body": (_, response) => {
			response.writeHead(200).write("first ");
			setTimeout(() => response.end("last"), TIMEOUT_SECONDS * 1500);
		},
		"/upload/doc1": (...call) => answers["/upload"]?.(...call),
		"/upload": async (request, response) => {
			let length = 0;
			for await (const chunk of request) length += chunk.length;
			response.end(String(length));
		},
		"/download": async (_, response) => {
			response.writeHead(200, { "Content-Length": 100 * MIB });
			const chunk = Buffer.alloc(MIB, "x");
			for (let sent = 0; sent < 100; sent++) if (!response.write(chunk)) await once(response, "drain");
			response.end();
		},
	};
	beforeAll(async () => {
		const server = createHttpServer((request, response) => {
			const handler = answers[request.url ?? ""];
			return handler ? handler(request, response) : response.writeHead(404).end();
		});
		const sockets = new WebSocketServer({ server, handleProtocols: () => "chat" });
		sockets.on("connection", (socket) => {
			socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
			socket.on("close", (code, reason) => log.push(`closed ${code} ${reason}`));
		});
		edge = await edgeBefore(await listen(server));
	});

	it("500 passes as it is", async () => {
		const answer = await sendRaw(edge.url, get("/500"));
		expect([answer.status, answer.headers["x-own"], answer.body.toString()]).toEqual([500, "1", "broken"]);
		expect(answer.headers["x-edge-reason"]).toBeUndefined();
	});
	it("302 passes and is not followed", async () => {
		const answer = await sendRaw(edge.url, get("/302"));
		expect([answer.status, answer.headers.location]).toEqual([302, "http://elsewhere.test/x?y"]);
	});
	it("304 answers the client's own condition", async () => {
		const answer = await sendRaw(edge.url, get("/304", { "If-None-Match": '"e"' }));
		expect([answer.status, answer.headers.etag, answer.body.length]).toEqual([304, '"e"', 0]);
	});
	it("206 is the part that was asked for", async () => {
		const answer = await sendRaw(edge.url, get("/206", { Range: "bytes=10-19" }));
		expect([answer.status, answer.headers["content-range"]]).toEqual([206, "bytes 10-19/10000"]);
		expect(answer.body).toEqual(FILE.subarray(10, 20));
	});
	it("a body slower than the limit is not cut: the limit is for the first byte", async () => {
		expect((await sendRaw(edge.url, get("/slow-body"))).body.toString()).toBe("first last");
	});
	it("a WebSocket of an open route passes both ways, with its protocol, its bytes and its end", async () => {
		const socket = new WebSocket(`${edge.url.href.replace("http", "ws")}any/socket`, ["chat"]);
		await once(socket, "open");
		expect(socket.protocol).toBe("chat");
		for (const message of ["text é", Buffer.from([0, 255, 1]), "x".repeat(MIB)]) {
			socket.send(message);
			const [data, isBinary] = await once(socket, "message");
			expect(isBinary).toBe(typeof message !== "string");
			expect(Buffer.from(message).equals(data)).toBe(true);
		}
		socket.close(4001, "done");
		await once(socket, "close");
		await expect.poll(() => log).toContain("closed 4001 done");
	});
	it("an upload of 25 MB with a session token streams through", async () => {
		const session = await new SignJWT({ document: { key: "doc1" }, editorConfig: {} })
			.setProtectedHeader({ alg: "HS256", typ: "JWT" })
			.sign(new TextEncoder().encode(VECTOR_BINDINGS.JWT_SECRET_SESSION));
		const { bytes, growth } = await watchingMemory(async () => {
			const answer = await fetch(new URL("/upload/doc1", edge.url), {
				method: "POST",
				headers: { Authorization: `Bearer ${session}` },
				body: new Uint8Array(25 * MIB),
			});
			return Number(await answer.text());
		});
		console.log(`25 MiB uploaded: workerd grew by ${(growth / MIB).toFixed(1)} MiB at most`);
		expect(bytes).toBe(25 * MIB);
		expect(growth).toBeLessThan(15 * MIB);
	});
	it("100 MB stream down and up without being held in memory", async () => {
		const { bytes, growth } = await watchingMemory(async () => {
			const download = await fetch(new URL("/download", edge.url));
			let down = 0;
			for await (const chunk of download.body ?? []) down += chunk.length;
			const chunk = new Uint8Array(MIB);
			let sent = 0;
			const body = new ReadableStream({
				pull: (controller) => (sent++ < 100 ? controller.enqueue(chunk) : controller.close()),
			});
			const init = { method: "PUT", body, duplex: "half" } as RequestInit;
			return [down, Number(await (await fetch(new URL("/upload", edge.url), init)).text())];
		});
		console.log(`100 MiB down and up: workerd grew by ${(growth / MIB).toFixed(1)} MiB at most`);
		expect(bytes).toEqual([100 * MIB, 100 * MIB]);
		expect(growth).toBeLessThan(40 * MIB);
	});
});
