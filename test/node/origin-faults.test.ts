/**
 * The edge before a real TCP server that fails in every way a server can. Protects a client against an endless wait and
 * against a POST that is sent twice. The origin's own responses have to pass unchanged.
 */
import { once } from "node:events";
import { createServer as createHttpServer, type RequestListener } from "node:http";
import { connect, type Server } from "node:net";
import { SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { readBundle } from "../../local/build.ts";
import { type Edge, freePort, startEdge } from "../../local/edge.ts";
import { listen } from "./support/faults/listening.ts";
import { ERROR_RESPONSE, HALF_RESPONSE, misbehaving, ORIGIN_FAULTS } from "./support/faults/origins.ts";
import { call, FAULT_ROUTES, get, LINK, SESSION } from "./support/faults/routes.ts";
import { sendRaw } from "./support/raw-http.ts";
import { VECTOR_BINDINGS } from "./support/vectors.ts";
import { workerdMemoryBytes } from "./support/workerd.ts";

/** For origins that have to exceed it. With other origins a busy machine would exceed it by mistake. */
const SHORT_LIMIT = { ORIGIN_TIMEOUT_SECONDS: "1", ORIGIN_FILE_TIMEOUT_SECONDS: "1" };
const MIB = 1024 * 1024;
const log: string[] = [];
const cleanups: (() => unknown)[] = [];
afterAll(async () => {
	for (const cleanup of cleanups.reverse()) await cleanup();
});

async function originOf(server: Server): Promise<string> {
	const { url, stop } = await listen(server);
	cleanups.push(stop);
	return url;
}

async function edgeBefore(origin: string, more: Record<string, string> = {}): Promise<Edge> {
	const edge = await startEdge({
		bundle: await readBundle(),
		bindings: { ...VECTOR_BINDINGS, ORIGIN: origin, ...more },
		onLog: (line) => log.push(line),
	});
	cleanups.push(edge.stop);
	return edge;
}

/** Each route has a host of its own: otherwise the failures of one route would open the circuit for the next. */
const hostOf = (n: number) => `r${n}.test`;
const routes = FAULT_ROUTES.map((route, n) => ({ ...route, request: route.request(hostOf(n)), n }));
const hostsBefore = (ORIGIN: string) =>
	JSON.stringify(Object.fromEntries(routes.map(({ bindings, n }) => [hostOf(n), { ORIGIN, ...bindings }])));

describe("an origin that fails", () => {
	describe.each(ORIGIN_FAULTS)("$name", ({ start, told: { status, reason, codes }, reads }) => {
		const received: string[] = [];
		let edge: Edge;
		beforeAll(async () => {
			const { url, stop } = await start(received);
			cleanups.push(stop);
			edge = await edgeBefore("", { HOSTS: hostsBefore(url), ...(status === 504 && SHORT_LIMIT) });
		});
		it.each(routes)("$name", async ({ request, isRepeatable, contentType, words, n }) => {
			received.length = 0;
			const answer = await sendRaw(edge.url, { ...request, hostHeader: hostOf(n) });
			expect(answer.status).toBe(status);
			expect(answer.headers["content-type"]).toBe(contentType);
			expect(answer.headers["x-edge-reason"]).toBe(reason);
			expect(answer.headers["cache-control"]).toBe("no-store");
			expect(answer.body.toString()).toMatch(words(codes));
			const id = answer.headers["x-request-id"];
			// The line of a request comes after its response, and workerd writes lines of its own.
			await expect.poll(() => log.find((line) => line.includes(`"id":"${id}"`))).toBeDefined();
			const line = log.find((line) => line.includes(`"id":"${id}"`)) ?? "";
			expect(JSON.parse(line)).toMatchObject({ verdict: "accept", reason, status });
			// A timeout is not repeated: the client would wait the same time again.
			const times = isRepeatable && status === 502 ? 2 : 1;
			if (reads)
				expect(received.map((line) => line.split(" ")[0])).toEqual(Array(times).fill(request.method));
		});
	});

	it("breaks off in the middle of a body: the edge's response breaks off too, and no request is repeated", async () => {
		const received: string[] = [];
		const origin = await originOf(
			misbehaving(received, (socket) => socket.write(HALF_RESPONSE, () => socket.resetAndDestroy())),
		);
		const edge = await edgeBefore("", { HOSTS: hostsBefore(origin) });
		for (const { name, request, holdsResponse, n } of routes) {
			if (request.method === "HEAD") continue;
			received.length = 0;
			const outcome = await sendRaw(edge.url, { ...request, hostHeader: hostOf(n) }).catch(
				(error: Error) => error,
			);
			if (outcome instanceof Error) expect(outcome.message).toMatch(/no complete answer|reset|hang up/i);
			else if (!holdsResponse) expect(outcome.body.length).toBeLessThan(1000);
			expect([name, received.length]).toEqual([name, 1]);
		}
		// Half of a file is never cached.
		received.length = 0;
		const cached = routes.findIndex(({ name }) => name === "a cached file");
		await sendRaw(edge.url, { ...get(LINK), hostHeader: hostOf(cached) }).catch(() => undefined);
		expect(received.length).toBe(1);
	});

	it("answers 5xx: on every route the response passes unchanged, and no request is repeated", async () => {
		const received: string[] = [];
		const origin = await originOf(misbehaving(received, (socket) => socket.end(ERROR_RESPONSE)));
		const edge = await edgeBefore("", { HOSTS: hostsBefore(origin) });
		for (const { name, request, n } of routes) {
			received.length = 0;
			const { status, headers, body } = await sendRaw(edge.url, { ...request, hostHeader: hostOf(n) });
			expect([name, status, headers["x-own"], headers["retry-after"], headers["x-edge-reason"]]).toEqual([
				name,
				503,
				"1",
				"7",
				undefined,
			]);
			expect(body.toString()).toBe(request.method === "HEAD" ? "" : "broken");
			expect(received.length).toBe(1);
		}
	});
});

describe("an origin that is gone", () => {
	const asset = get("/web-apps/x.js");
	it("clients do not wait for it, and its return is noticed", async () => {
		const port = await freePort();
		const edge = await edgeBefore(`http://127.0.0.1:${port}`);
		// The edge sends each of these twice: four failures. The fifth starts the check that opens the circuit.
		for (let n = 0; n < 2; n++) expect((await sendRaw(edge.url, asset)).status).toBe(502);
		let last = await sendRaw(edge.url, asset);
		await expect
			.poll(async () => {
				last = await sendRaw(edge.url, asset);
				return last.status;
			})
			.toBe(503);
		const { headers } = last;
		expect([headers["x-edge-reason"], headers["retry-after"]]).toEqual(["origin_down", "10"]);
		await expect
			.poll(async () => (await sendRaw(edge.url, call("/command"))).body.toString())
			.toBe('{"key":"k1","error":3}');

		const server = createHttpServer((_, response) => response.end("back"));
		server.listen(port, "127.0.0.1");
		await once(server, "listening");
		cleanups.push(() => server.close());
		await expect.poll(async () => (await sendRaw(edge.url, asset)).body.toString()).toBe("back");
		const burst = await Promise.all(Array.from({ length: 10 }, () => sendRaw(edge.url, asset)));
		expect(burst.map(({ status }) => status)).toEqual(Array(10).fill(200));
	});
	it("if one client's requests keep failing, the origin stays in use for others", async () => {
		const server = createHttpServer((request, response) =>
			request.url === "/poison" ? request.socket.destroy() : response.end("fine"),
		);
		const edge = await edgeBefore(await originOf(server));
		for (let n = 0; n < 12; n++) expect((await sendRaw(edge.url, get("/poison"))).status).toBe(502);
		for (let n = 0; n < 12; n++) {
			const socket = connect(Number(edge.url.port), edge.url.hostname);
			socket.on("error", () => undefined);
			socket.write("POST /any HTTP/1.1\r\nHost: edge.test\r\nContent-Length: 1000\r\n\r\nbroken off");
			setTimeout(() => socket.destroy(), 20);
			await once(socket, "close");
		}
		expect((await sendRaw(edge.url, get("/fine"))).body.toString()).toBe("fine");
	});
});

/** Returns the result of `act`, and the most that workerd grew by meanwhile. */
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
	let origin: string;
	/** The limit in the test with a slow body. The first byte of that body comes at once. */
	const SLOW_BODY_SECONDS = 5;
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
			setTimeout(() => response.end("last"), 1500 * SLOW_BODY_SECONDS);
		},
		"/late": (_, response) => {
			setTimeout(() => response.end("late"), 1500);
		},
		"/upload/k": (...call) => answers["/late"]?.(...call),
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
		origin = await originOf(server);
		edge = await edgeBefore(origin);
	});

	it("500 passes unchanged", async () => {
		const answer = await sendRaw(edge.url, get("/500"));
		expect([answer.status, answer.headers["x-own"], answer.body.toString()]).toEqual([500, "1", "broken"]);
		expect(answer.headers["x-edge-reason"]).toBeUndefined();
	});
	it("302 passes and is not followed", async () => {
		const answer = await sendRaw(edge.url, get("/302"));
		expect([answer.status, answer.headers.location]).toEqual([302, "http://elsewhere.test/x?y"]);
	});
	it("304 passes as the response to the client's own condition", async () => {
		const answer = await sendRaw(edge.url, get("/304", { "If-None-Match": '"e"' }));
		expect([answer.status, answer.headers.etag, answer.body.length]).toEqual([304, '"e"', 0]);
	});
	it("206 passes with the requested part", async () => {
		const answer = await sendRaw(edge.url, get("/206", { Range: "bytes=10-19" }));
		expect([answer.status, answer.headers["content-range"]]).toEqual([206, "bytes 10-19/10000"]);
		expect(answer.body).toEqual(FILE.subarray(10, 20));
	});
	it("a body slower than the limit is not cut, because the limit covers the first byte only", async () => {
		const edge = await edgeBefore(origin, { ORIGIN_FILE_TIMEOUT_SECONDS: String(SLOW_BODY_SECONDS) });
		expect((await sendRaw(edge.url, get("/slow-body"))).body.toString()).toBe("first last");
	});
	it.each([
		["1", 504],
		["0", 200],
	])(
		"with a time limit of %s seconds, a first byte after more than one second is a %d",
		async (limit, status) => {
			const limits = { ORIGIN_TIMEOUT_SECONDS: limit, ORIGIN_FILE_TIMEOUT_SECONDS: limit };
			const edge = await edgeBefore(origin, limits);
			const call = { method: "POST", target: "/late", headers: SESSION };
			const upload = { ...call, target: "/upload/k", body: Buffer.from("late") };
			const answers = await Promise.all([get("/late"), upload].map((one) => sendRaw(edge.url, one)));
			expect(answers.map((answer) => answer.status)).toEqual([status, status]);
		},
	);
	it("a WebSocket of an open route passes both ways, with protocol, bytes and close code", async () => {
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
