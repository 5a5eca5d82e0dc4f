/**
 * The edge before a real TCP server that fails in every way a server can. Protects a client against an endless wait and
 * against a POST that is sent twice. The origin's own responses have to pass unchanged.
 */
import { once } from "node:events";
import { createServer as createHttpServer, type RequestListener } from "node:http";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TlsOptions } from "node:tls";
import { SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { readBundle } from "../../local/build.ts";
import { type Edge, freePort, startEdge } from "../../local/edge.ts";
import { createKey } from "../../src/config/secrets/key-ring.ts";
import { signSecureLink } from "../../src/link/secure-link.ts";
import { type RawRequest, sendRaw } from "./support/raw-http.ts";
import { SELF_SIGNED } from "./support/self-signed.ts";
import { VECTOR_BINDINGS } from "./support/vectors.ts";
import { workerdMemoryBytes } from "./support/workerd.ts";

/** For origins that have to exceed it. With other origins a busy machine would exceed it by mistake. */
const SHORT_LIMIT = { ORIGIN_TIMEOUT_SECONDS: "1", ORIGIN_FILE_TIMEOUT_SECONDS: "1" };
const MIB = 1024 * 1024;
const JSON_TYPE = "application/json; charset=UTF-8";
const TEXT_TYPE = "text/plain; charset=utf-8";

/** Error numbers: of the command service, and of conversion and builder. */
interface Codes {
	readonly command: number;
	readonly convert: number;
}

const log: string[] = [];
const cleanups: (() => unknown)[] = [];
afterAll(async () => {
	for (const cleanup of cleanups.reverse()) await cleanup();
});

async function listen(server: Server, scheme = "http"): Promise<string> {
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	cleanups.push(() => server.close());
	return `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;
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

const token = await new SignJWT({ c: "version" })
	.setProtectedHeader({ alg: "HS256", typ: "JWT" })
	.sign(new TextEncoder().encode(VECTOR_BINDINGS.JWT_SECRET_INBOX));
const session = await new SignJWT({ document: { key: "k" }, editorConfig: {} })
	.setProtectedHeader({ alg: "HS256", typ: "JWT" })
	.sign(new TextEncoder().encode(VECTOR_BINDINGS.JWT_SECRET_SESSION));
const get = (target: string, headers = {}) => ({ method: "GET", target, headers });
const BEARER = { Authorization: `Bearer ${token}` };
const call = (target: string, headers = {}) => ({
	method: "POST",
	target,
	headers: { ...BEARER, ...headers },
	body: Buffer.from('{"key":"k1"}'),
});

/** A TCP server that runs `onRequest` on each connection with a request. Its health check always succeeds. */
function misbehaving(received: string[], onRequest: (socket: Socket) => unknown, tls?: TlsOptions): Server {
	const onConnection = (socket: Socket) => {
		socket.on("error", () => undefined);
		socket.once("data", (data) => {
			const line = data.toString("latin1").split("\r\n", 1)[0] ?? "";
			if (line.startsWith("GET /healthcheck ")) {
				socket.end("HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\ntrue");
				return;
			}
			received.push(line);
			onRequest(socket);
		});
	};
	return tls ? createTlsServer(tls, onConnection) : createServer(onConnection);
}

const FILE_URI = "/cache/files/data/k/media/i.png/i.png";
const LINK = `${FILE_URI}?md5=${signSecureLink(FILE_URI, "4102444800", createKey("k", VECTOR_BINDINGS.SECURE_LINK_SECRET))}&expires=4102444800`;
const post = (target: string, headers = {}) => ({ ...call(target, headers), body: Buffer.from("x=1") });

/** The routes: whether a request may be sent twice, and the words of a failure. */
const routes: [
	name: string,
	request: RawRequest,
	isRead: boolean,
	type: string,
	body: (codes: Codes) => RegExp,
][] = [
	["an asset", get("/web-apps/x.js"), true, "text/html", () => /nginx/],
	["HEAD of an asset", { ...get("/web-apps/x.js"), method: "HEAD" }, true, "text/html", () => /^$/],
	["a cached file", get(LINK), true, "text/html", () => /nginx/],
	[
		"a command",
		call("/command"),
		false,
		"application/json",
		({ command }) => new RegExp(`^{"key":"k1","error":${command}}$`),
	],
	[
		"a command by GET",
		get("/coauthoring/CommandService.ashx", BEARER),
		false,
		"application/json",
		({ command }) => new RegExp(`"error":${command}`),
	],
	[
		"a conversion",
		call("/converter"),
		false,
		JSON_TYPE,
		({ convert }) => new RegExp(`^{"error":${convert}}$`),
	],
	[
		"a conversion in XML",
		call("/converter", { Accept: "application/xml" }),
		false,
		"text/xml; charset=UTF-8",
		({ convert }) => new RegExp(`<Error>${convert}</Error>`),
	],
	["a build", call("/docbuilder"), false, JSON_TYPE, ({ convert }) => new RegExp(`^{"error":${convert}}$`)],
	["a download", call("/downloadfile/k"), false, TEXT_TYPE, () => /\w/],
	["a download by GET", get("/downloadfile/k", BEARER), false, TEXT_TYPE, () => /\w/],
	["an upload", post("/upload/k", { Authorization: `Bearer ${session}` }), false, TEXT_TYPE, () => /\w/],
	["a poll of the editor", get("/doc/k/c/?EIO=4&transport=polling"), false, TEXT_TYPE, () => /\w/],
	["a form on an open route", post("/any"), false, "text/html", () => /nginx/],
	["DELETE on an open route", { ...get("/any"), method: "DELETE" }, false, "text/html", () => /nginx/],
];

/** Each route has a host of its own: otherwise the failures of one route would open the circuit for the next. */
const hostOf = (n: number) => `r${n}.test`;
const bearerOf = async (payload: object) =>
	`Bearer ${await new SignJWT({ payload })
		.setProtectedHeader({ alg: "HS256", typ: "JWT" })
		.sign(new TextEncoder().encode(VECTOR_BINDINGS.JWT_SECRET_OUTBOX))}`;
const INTEGRATION = { ROLE: "storage", CALLBACK_PATHS: "/track", DOWNLOAD_PATHS: "/file" };
const callback = { Authorization: await bearerOf({ key: "k", status: 2 }) };
const download = { Authorization: await bearerOf({ url: `http://${hostOf(routes.length + 1)}/file` }) };
const toldIntegration = () => /^{"error":1,"message":"\w[\w -]+"}$/;
routes.push(
	["a callback", { ...call("/track", callback) }, false, JSON_TYPE, toldIntegration],
	["a download from an integration", get("/file", download), false, JSON_TYPE, toldIntegration],
);
const hostsBefore = (ORIGIN: string) =>
	JSON.stringify(
		Object.fromEntries(
			routes.map(([, { target }], n) => [
				hostOf(n),
				{ ORIGIN, ...(/^\/(?:track|file)$/.test(target) && INTEGRATION) },
			]),
		),
	);

describe("an origin that fails", () => {
	/** A client tells these two apart by the error number. */
	const UNREACHABLE = { status: 502, reason: "origin_unreachable", codes: { command: 3, convert: -1 } };
	const TIMEOUT = { status: 504, reason: "origin_timeout", codes: { command: 3, convert: -2 } };
	type Fault = [
		name: string,
		start: (received: string[]) => Promise<string>,
		told: typeof TIMEOUT,
		counts: boolean,
	];
	const faults: Fault[] = [
		["refuses connections", async () => `http://127.0.0.1:${await freePort()}`, UNREACHABLE, false],
		["has a name that does not resolve", async () => "http://ds.invalid", UNREACHABLE, false],
		[
			"has a self-signed certificate",
			(received) =>
				listen(
					misbehaving(received, (socket) => socket.end(), SELF_SIGNED),
					"https",
				),
			UNREACHABLE,
			false,
		],
		[
			"speaks plain HTTP where TLS is expected",
			(received) =>
				listen(
					misbehaving(received, (socket) => socket.end("HTTP/1.1 200 OK\r\n\r\n")),
					"https",
				),
			UNREACHABLE,
			false,
		],
		[
			"resets before headers",
			(received) => listen(misbehaving(received, (socket) => socket.resetAndDestroy())),
			UNREACHABLE,
			true,
		],
		[
			"closes before headers",
			(received) => listen(misbehaving(received, (socket) => socket.end())),
			UNREACHABLE,
			true,
		],
		[
			"closes in the middle of headers",
			(received) => listen(misbehaving(received, (socket) => socket.end("HTTP/1.1 200 OK\r\nContent-"))),
			UNREACHABLE,
			true,
		],
		[
			"speaks no HTTP",
			(received) => listen(misbehaving(received, (socket) => socket.end("220 smtp.test ready\r\n"))),
			UNREACHABLE,
			true,
		],
		["is silent", (received) => listen(misbehaving(received, () => undefined)), TIMEOUT, true],
	];

	describe.each(faults)("%s", (_, start, { status, reason, codes }, counts) => {
		const received: string[] = [];
		let edge: Edge;
		beforeAll(async () => {
			const origin = await start(received);
			edge = await edgeBefore("", { HOSTS: hostsBefore(origin), ...(status === 504 && SHORT_LIMIT) });
		});
		it.each(routes.map((route, n) => [...route, n] as const))(
			"%s",
			async (__, request, isRead, type, body, n) => {
				received.length = 0;
				const answer = await sendRaw(edge.url, { ...request, hostHeader: hostOf(n) });
				expect(answer.status).toBe(status);
				expect(answer.headers["content-type"]).toBe(type);
				expect(answer.headers["x-edge-reason"]).toBe(reason);
				expect(answer.headers["cache-control"]).toBe("no-store");
				expect(answer.body.toString()).toMatch(body(codes));
				const id = answer.headers["x-request-id"];
				// The line of a request comes after its response, and workerd writes lines of its own.
				await expect.poll(() => log.find((line) => line.includes(`"id":"${id}"`))).toBeDefined();
				const line = log.find((line) => line.includes(`"id":"${id}"`)) ?? "";
				expect(JSON.parse(line)).toMatchObject({ verdict: "accept", reason, status });
				// A timeout is not repeated: the client would wait the same time again.
				const times = isRead && status === 502 ? 2 : 1;
				if (counts)
					expect(received.map((line) => line.split(" ")[0])).toEqual(Array(times).fill(request.method));
			},
		);
	});

	it("breaks off in the middle of a body: the edge's response breaks off too, and no request is repeated", async () => {
		const half =
			'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nContent-Type: image/png\r\nETag: "e"\r\n\r\nhalf';
		const received: string[] = [];
		const origin = await listen(
			misbehaving(received, (socket) => socket.write(half, () => socket.resetAndDestroy())),
		);
		const edge = await edgeBefore("", { HOSTS: hostsBefore(origin) });
		for (const [n, [name, request]] of routes.entries()) {
			if (request.method === "HEAD") continue;
			received.length = 0;
			const outcome = await sendRaw(edge.url, { ...request, hostHeader: hostOf(n) }).catch(
				(error: Error) => error,
			);
			if (outcome instanceof Error) expect(outcome.message).toMatch(/no complete answer|reset|hang up/i);
			else if (name !== "a poll of the editor") expect(outcome.body.length).toBeLessThan(1000);
			expect([name, received.length]).toEqual([name, 1]);
		}
		// Half of a file is never cached.
		received.length = 0;
		const cached = routes.findIndex(([name]) => name === "a cached file");
		await sendRaw(edge.url, { ...get(LINK), hostHeader: hostOf(cached) }).catch(() => undefined);
		expect(received.length).toBe(1);
	});

	it("answers 5xx: on every route the response passes unchanged, and no request is repeated", async () => {
		const received: string[] = [];
		const broken =
			"HTTP/1.1 503 Service Unavailable\r\nX-Own: 1\r\nRetry-After: 7\r\nContent-Length: 6\r\nConnection: close\r\n\r\nbroken";
		const origin = await listen(misbehaving(received, (socket) => socket.end(broken)));
		const edge = await edgeBefore("", { HOSTS: hostsBefore(origin) });
		for (const [n, [name, request]] of routes.entries()) {
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
		const edge = await edgeBefore(await listen(server));
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
		origin = await listen(server);
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
			const call = { method: "POST", target: "/late", headers: { Authorization: `Bearer ${session}` } };
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
