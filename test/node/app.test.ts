/**
 * The Hono app over real HTTP. Protects against Hono's own readings: it answers HEAD from a GET, its copies of a response
 * break streams and WebSockets, and its path is not nginx's.
 */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { readBundle } from "../../local/build.ts";
import { type Edge, startEdge } from "../../local/edge.ts";
import { type RawRequest, sendRaw } from "./support/raw-http.ts";

const FIRST = "first";
const LENGTH = 12_345;

let edge: Edge;
let origin: Server;
let seen: { method: string; url: string; body: string }[] = [];
/** Resolves when the client has the first part of the stream. */
let firstPart = Promise.withResolvers<void>();

beforeAll(async () => {
	origin = createServer(async (request, response) => {
		let body = "";
		for await (const chunk of request) body += chunk;
		seen.push({ method: request.method ?? "", url: request.url ?? "", body });
		if (request.url === "/stream") {
			response.write(FIRST);
			await firstPart.promise;
			return response.end("second");
		}
		response.writeHead(200, { "Content-Length": LENGTH, ETag: '"x"', "X-Origin": "yes" });
		response.end(request.method === "HEAD" ? undefined : "x".repeat(LENGTH));
	});
	const sockets = new WebSocketServer({ server: origin, handleProtocols: () => "own" });
	sockets.on("connection", (socket) => socket.on("message", (data) => socket.send(`echo ${data}`)));
	await new Promise<void>((resolve) => origin.listen(0, "127.0.0.1", resolve));
	const ORIGIN = `http://127.0.0.1:${(origin.address() as AddressInfo).port}`;
	const bindings = { ORIGIN, JWT_SECRET: "a token secret", SECURE_LINK_SECRET: "a link secret" };
	edge = await startEdge({
		bundle: await readBundle(),
		bindings: { ...bindings, SOCKET_GUARD: "false" },
		onLog: () => undefined,
	});
});
afterAll(async () => {
	await edge.stop();
	origin.closeAllConnections();
	origin.close();
});

const send = async (request: RawRequest) => {
	seen = [];
	return sendRaw(edge.url, request);
};

it("HEAD reaches the origin as HEAD, and keeps its headers", async () => {
	const { status, headers, body } = await send({ method: "HEAD", target: "/web-apps/a" });
	expect(seen.map(({ method }) => method)).toEqual(["HEAD"]);
	expect([status, headers["content-length"], headers.etag, headers["x-origin"], body.length]).toEqual([
		200,
		String(LENGTH),
		'"x"',
		"yes",
		0,
	]);
});

it("a refused HEAD has no body", async () => {
	const { status, headers, body } = await send({ method: "HEAD", target: "/internal/x" });
	expect([status, headers["x-edge-reason"], body.length, seen]).toEqual([403, "path_closed", 0, []]);
});

it.each(["GET", "DELETE"])("%s with a body reaches the origin with it", async (method) => {
	await send({ method, target: "/web-apps/a", body: Buffer.from("a body"), framing: "length" });
	expect(seen).toEqual([{ method, url: "/web-apps/a", body: "a body" }]);
});

it("a response streams: its first part arrives before the origin has sent the rest", async () => {
	firstPart = Promise.withResolvers();
	const response = await fetch(new URL("/stream", edge.url));
	const reader = response.body?.getReader();
	const first = await reader?.read();
	expect(new TextDecoder().decode(first?.value)).toBe(FIRST);
	firstPart.resolve();
	expect(new TextDecoder().decode((await reader?.read())?.value)).toBe("second");
});

it("a WebSocket keeps its protocol and its messages", async () => {
	const url = `${edge.url.href.replace("http", "ws")}doc/k/c/?EIO=4&transport=websocket`;
	const socket = new WebSocket(url, ["own"]);
	const message = new Promise((resolve) => socket.once("message", (data) => resolve(String(data))));
	socket.once("open", () => socket.send("hello"));
	expect([await message, socket.protocol]).toEqual(["echo hello", "own"]);
	socket.close();
	await pause(0);
});

describe("odd paths, byte for byte", () => {
	it.each([
		["/a%0Ab", 200, "/a%0Ab"],
		["//web-apps//a", 200, "//web-apps//a"],
		["/%2Eedge/health", 200, undefined],
		["/%2eedge/status", 404, undefined],
		["/x/%2e%2e/.edge/health", 200, undefined],
		["/.edge%2fhealth", 200, undefined],
		["/%69nternal/cluster/inactive", 403, undefined],
		["/x\\..\\internal/y", 403, undefined],
		["/comm%61nd", 200, "/comm%61nd"],
		["/%zz", 400, undefined],
	])("%s: %d", async (target, status, forwarded) => {
		const response = await send({ method: "GET", target });
		expect([response.status, seen[0]?.url]).toEqual([status, forwarded]);
	});
});
