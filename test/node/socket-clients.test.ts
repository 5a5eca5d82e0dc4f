/**
 * Real socket.io clients, through the edge in workerd, to a real socket.io server, in every transport. Protects against
 * a bad token that reaches the server, and against an editor that loses messages or its connection.
 */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import jsonwebtoken from "jsonwebtoken";
import type { Socket } from "socket.io-client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { readBundle } from "../../local/build.ts";
import { type Edge, startEdge } from "../../local/edge.ts";
import { type DocumentServer, startDocumentServer } from "./support/document-server.ts";
import { startEdgeBeforeDocumentServer } from "./support/edge-before-document-server.ts";
import { useEditorClients } from "./support/editor-clients.ts";
import { TOKEN_SECRETS, VECTOR_BINDINGS } from "./support/vectors.ts";

const LOAD_SESSIONS = 200;
const LOAD_ROUNDS = 40;
const ROUND_MESSAGES = 5;
/** On a busy machine a client is slow. The server's own time limit would end its socket, and the test would fail. */
const PATIENT = { SOCKET_CONNECT_SECONDS: "600" };
const PATIENT_MS = 600_000;
const BURST = 500;
const MIB = 1024 * 1024;
const CLAIMS = { document: { key: "doc1", url: "http://files.test/a.docx" } };

const sign = (secret: string, claims: object = CLAIMS) => jsonwebtoken.sign(claims, secret);
const GOOD = sign(TOKEN_SECRETS.browser);
const SESSION = sign(TOKEN_SECRETS.session);
const EXPIRED = sign(TOKEN_SECRETS.browser, { ...CLAIMS, exp: 1600000000 });

const bundle = await readBundle();
const { server, edge, log } = await startEdgeBeforeDocumentServer(PATIENT, { pingIntervalMs: 1000 });
const connectEditor = useEditorClients();

function connect(auth: object, transports: readonly string[], site = edge.url): Socket {
	const options = { path: "/doc/doc1/c/", auth, reconnectionDelay: 50, timeout: PATIENT_MS };
	return connectEditor(site, transports, options);
}

const event = (client: Socket, name: string) => new Promise<unknown>((resolve) => client.once(name, resolve));
const echo = async (client: Socket, data: unknown) => {
	const answer = new Promise<{ data: unknown }>((resolve) => {
		client.on("message", (message) => message.type === "echo" && resolve(message));
	});
	client.emit("message", { type: "echo", data });
	return (await answer).data;
};
const TRANSPORTS = [["websocket"], ["polling"], ["polling", "websocket"]];

describe.each(TRANSPORTS.map((transports) => ({ transports })))("over $transports", ({ transports }) => {
	it.each([
		["the token of the editor's configuration", { token: GOOD }],
		["a session token", { session: SESSION }],
	])("%s connects, and messages come back unchanged", async (_, auth) => {
		const client = connect(auth, transports);
		await event(client, "connect");
		if (transports.length === 2) {
			await expect.poll(() => client.io.engine.transport.name).toBe("websocket");
		}
		expect(await echo(client, { text: "é\u001e\u0000 🎈", list: [1, null] })).toEqual({
			text: "é\u001e\u0000 🎈",
			list: [1, null],
		});
		expect(await echo(client, Buffer.from([0, 1, 255, 0x1e]))).toEqual(Buffer.from([0, 1, 255, 0x1e]));
		expect(((await echo(client, "x".repeat(MIB))) as string).length).toBe(MIB);
	});

	it.each([
		["missing", {}, "jwt must be provided"],
		["expired", { token: EXPIRED }, "jwt expired"],
		["of another secret", { token: sign("another secret") }, "invalid signature"],
		["a session token in the place of the configuration's", { token: SESSION }, "invalid signature"],
		["the configuration's in place of a session token", { session: GOOD, token: GOOD }, "invalid signature"],
		["other text", { token: "text" }, "jwt malformed"],
	])("a token that is %s is refused at the edge", async (_, auth, message) => {
		const seen = server.connects.length;
		const logged = log.length;
		const client = connect(auth, transports);
		const error = (await event(client, "connect_error")) as Error & { data: object };
		expect(error.message).toBe("not authorized");
		expect(error.data).toEqual({
			code: message === "jwt expired" ? 4005 : 4006,
			description: `token:${message}`,
		});
		expect(server.connects.length).toBe(seen);
		await expect.poll(() => log.slice(logged).join()).toMatch(/"verdict":"refuse","reason":"token_/);
	});

	it("the token of a later auth message is verified too", async () => {
		const client = connect({ token: GOOD }, transports);
		await event(client, "connect");
		const auths = server.auths.length;
		const reasons: unknown[] = [];
		client.on("message", (message) => message.type === "disconnectReason" && reasons.push(message));
		client.emit("message", { type: "auth", token: "x", user: { id: "u" }, jwtOpen: sign("another secret") });
		await event(client, "disconnect");
		expect(reasons).toEqual([
			{ type: "disconnectReason", code: 4006, description: "token:invalid signature" },
		]);
		expect(server.auths.length).toBe(auths);

		const again = connect({ session: SESSION }, transports);
		await event(again, "connect");
		again.emit("message", { type: "auth", token: "x", user: { id: "u" }, jwtSession: SESSION });
		await expect.poll(() => server.auths.length).toBe(auths + 1);
	});

	it("a client whose connection breaks reconnects by itself", async () => {
		const client = connect({ token: GOOD }, transports);
		await event(client, "connect");
		client.io.engine.close();
		await event(client, "connect");
		expect(await echo(client, "back")).toBe("back");
	});

	it("heartbeats keep an idle socket open", async () => {
		const client = connect({ token: GOOD }, transports);
		await event(client, "connect");
		let gone = false;
		client.on("disconnect", () => {
			gone = true;
		});
		for (let n = 0; n < 3; n++) await new Promise<void>((resolve) => client.io.engine.once("ping", resolve));
		expect(await echo(client, "alive")).toBe("alive");
		expect(gone).toBe(false);
	});
});

describe("switches", () => {
	async function withBindings<T>(bindings: object, use: (edge: Edge) => Promise<T>): Promise<T> {
		const other = await startEdge({
			bundle,
			bindings: { ...VECTOR_BINDINGS, ORIGIN: server.url, ...bindings },
			onLog: () => undefined,
		});
		try {
			return await use(other);
		} finally {
			await other.stop();
		}
	}
	it("SOCKET_GUARD = false: only the server checks", async () => {
		await withBindings({ SOCKET_GUARD: "false" }, async ({ url }) => {
			for (const transports of TRANSPORTS) {
				const seen = server.connects.length;
				const client = connect({ token: "bad" }, transports, url);
				expect(((await event(client, "connect_error")) as Error).message).toBe("not authorized");
				expect(server.connects.length).toBeGreaterThan(seen);
				client.disconnect();
			}
		});
	});
	it("JWT_ENABLED_BROWSER = false: no token is required, and a bad one is refused", async () => {
		const open = await startDocumentServer({ secrets: TOKEN_SECRETS, tokenEnabled: false });
		await withBindings({ JWT_ENABLED_BROWSER: "false", ORIGIN: open.url }, async ({ url }) => {
			for (const transports of TRANSPORTS) {
				await event(connect({}, transports, url), "connect");
				await event(connect({ token: "bad" }, transports, url), "connect_error");
			}
		});
		expect(open.connects.every((auth) => Object.keys(auth as object).length === 0)).toBe(true);
		await open.stop();
	});
});

describe("ways round the check", () => {
	const status = async (path: string, init?: RequestInit) => {
		const response = await fetch(new URL(path, edge.url), init);
		return [response.status, await response.text()];
	};
	it.each([
		["/doc/doc1/c/?EIO=4&transport=polling&j=0", [400, '{"code":3,"message":"Bad request"}']],
		["/doc/doc1/c/?EIO=4&transport=polling&%6a=0", [400, '{"code":3,"message":"Bad request"}']],
		["/9.1.0-1/doc/doc1/c/%3fEIO=4%26transport=polling%26j=0", [400, '{"code":3,"message":"Bad request"}']],
		["/doc/doc1/c/?EIO=3&transport=polling", [400, '{"code":5,"message":"Unsupported protocol version"}']],
	])("%s", async (path, answer) => expect(await status(path)).toEqual(answer));
	it("an encoded query in the path is not found", async () => {
		expect((await status("/doc/doc1/c/%3fEIO=4&transport=polling&j=0"))[0]).toBe(404);
	});
	it("a CONNECT after other packets, without data, or with escapes is refused", async () => {
		const path = "/doc/doc1/c/?EIO=4&transport=polling";
		for (const packets of ['3\x1e40{"token":"bad"}', '4 {"token":"bad"}', '40{"\\u0074oken":"bad"}', "4"]) {
			const seen = server.connects.length;
			const [, opened = ""] = await status(path);
			const sid = /"sid":"([^"]*)"/.exec(String(opened))?.[1];
			expect(await status(`${path}&sid=${sid}`, { method: "POST", body: packets })).toEqual([200, "ok"]);
			expect((await status(`${path}&sid=${sid}`))[1]).toMatch(/^44\{"message":"not authorized"/);
			expect(server.connects.length).toBe(seen);
		}
	});
});

describe("a WebSocket that is not admitted", () => {
	const openRaw = async () => {
		const url = new URL("/doc/doc1/c/?EIO=4&transport=websocket", edge.url.href.replace("http", "ws"));
		const socket = new WebSocket(url);
		await once(socket, "message");
		return socket;
	};
	it.each([
		["an event", '42["message",{"type":"auth"}]'],
		["a disconnect", "41"],
		["a ping", "2"],
		["a frame that is not a packet", "x"],
		["a binary frame", Buffer.from("40")],
	])("%s ends it", async (_, frame) => {
		const socket = await openRaw();
		socket.send(frame);
		const [code] = await once(socket, "close");
		expect(code).toBe(1005);
	});
	it("a packet above the limit ends it, with the reason", async () => {
		const socket = await openRaw();
		socket.send(`40${" ".repeat(MIB)}`);
		const [code, reason] = await once(socket, "close");
		expect([code, String(reason)]).toEqual([1009, "socket_packet_size"]);
	});
	it("a flood of packets ends it unread", async () => {
		const socket = await openRaw();
		for (let i = 0; i < 40; i++) socket.send("40{}");
		await once(socket, "close");
	});
	it(`a burst of ${BURST} ends at the time limit, and leaves no connection at the origin`, async () => {
		const origin = await startDocumentServer({ secrets: TOKEN_SECRETS });
		const hasty = await startEdge({
			bundle,
			bindings: { ...VECTOR_BINDINGS, ORIGIN: origin.url, SOCKET_CONNECT_SECONDS: "2" },
			onLog: () => undefined,
		});
		const url = new URL("/doc/doc1/c/?EIO=4&transport=websocket", hasty.url.href.replace("http", "ws"));
		const ends = Array.from({ length: BURST }, () => {
			const socket = new WebSocket(url);
			// The first message comes from the origin, so each socket was open there.
			return Promise.all([once(socket, "message"), once(socket, "close")]);
		});
		for (const [, [code]] of await Promise.all(ends)) expect(code).toBe(1005);
		await expect.poll(origin.openConnections).toBe(0);
		await hasty.stop();
		await origin.stop();
	});
});

describe("one side goes away", () => {
	/** Starts a WebSocket origin that admits every client and obeys the test. */
	async function withOrigin(use: (sockets: WebSocketServer, edge: Edge) => Promise<void>) {
		const http = createServer();
		const sockets = new WebSocketServer({ server: http });
		sockets.on("connection", (socket) => socket.send("0{}"));
		await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
		const origin = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
		const other = await startEdge({
			bundle,
			bindings: { ...VECTOR_BINDINGS, ORIGIN: origin },
			onLog: () => undefined,
		});
		await use(sockets, other);
		await other.stop();
		for (const socket of sockets.clients) socket.terminate();
		http.close();
	}
	const openAt = async ({ url }: Edge) => {
		const socket = new WebSocket(
			new URL("/doc/doc1/c/?EIO=4&transport=websocket", url.href.replace("http", "ws")),
		);
		await once(socket, "message");
		socket.send(`40${JSON.stringify({ token: GOOD })}`);
		return socket;
	};
	it("close codes and reasons pass both ways", async () => {
		await withOrigin(async (sockets, other) => {
			const client = await openAt(other);
			const [upstream] = sockets.clients;
			await once(upstream as WebSocket, "message");
			client.close(4321, "client's reason");
			expect((await once(upstream as WebSocket, "close")).map(String)).toEqual(["4321", "client's reason"]);

			const second = await openAt(other);
			const [next] = [...sockets.clients].filter(({ readyState }) => readyState === WebSocket.OPEN);
			next?.close(4567, "origin's reason");
			expect((await once(second, "close")).map(String)).toEqual(["4567", "origin's reason"]);
		});
	});
	it.each([
		["a service that restarts", 1012, 1012],
		["a library's code", 3000, 3000],
		["an application's highest code", 4999, 4999],
		["no code", undefined, 1005],
	])("%s is passed on", async (_, code, got) => {
		await withOrigin(async (sockets, other) => {
			const client = await openAt(other);
			const [upstream] = sockets.clients;
			upstream?.close(code);
			expect((await once(client, "close"))[0]).toBe(got);
		});
	});
	it("messages of the origin to a client that has left harm no other client", async () => {
		await withOrigin(async (sockets, other) => {
			const client = await openAt(other);
			const [upstream] = sockets.clients;
			await once(upstream as WebSocket, "message");
			client.close();
			for (let n = 0; n < 1000; n++) upstream?.send("x".repeat(1000));
			await once(upstream as WebSocket, "close");
			expect(await openAt(other)).toBeInstanceOf(WebSocket);
		});
	});
	it("an origin that vanishes ends the client's socket", async () => {
		await withOrigin(async (sockets, other) => {
			const client = await openAt(other);
			for (const socket of sockets.clients) socket.terminate();
			const [code] = await once(client, "close");
			expect([1006, 1011]).toContain(code);
		});
	});
	it("a client that vanishes ends the origin's socket", async () => {
		await withOrigin(async (sockets, other) => {
			const client = await openAt(other);
			const [upstream] = sockets.clients;
			const ended = once(upstream as WebSocket, "close");
			client.terminate();
			await ended;
		});
	});
	it("an origin's refusal of the upgrade passes to the client", async () => {
		const response = await fetch(new URL("/doc/doc1/c/?EIO=4&transport=websocket&sid=unknown", edge.url), {
			headers: {
				Upgrade: "websocket",
				Connection: "Upgrade",
				"Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
				"Sec-WebSocket-Version": "13",
			},
		}).catch((error: Error) => error);
		if (response instanceof Response) expect(response.status).toBe(400);
	});
});

describe("load", () => {
	let busy: { server: DocumentServer; edge: Edge };
	beforeAll(async () => {
		const origin = await startDocumentServer({ secrets: TOKEN_SECRETS });
		const bindings = { ...VECTOR_BINDINGS, ORIGIN: origin.url, ...PATIENT };
		busy = { server: origin, edge: await startEdge({ bundle, bindings, onLog: () => undefined }) };
	});
	afterAll(async () => {
		await busy.edge.stop();
		await busy.server.stop();
	});
	it(`${LOAD_SESSIONS} sessions exchange messages: none lost, reordered or altered`, {
		timeout: PATIENT_MS,
	}, async () => {
		const session = async (number: number): Promise<void> => {
			const client = connect({ token: GOOD }, TRANSPORTS[number % TRANSPORTS.length] ?? [], busy.edge.url);
			await event(client, "connect");
			const text = (n: number) => `${number}:${n}:${"é".repeat(n % 500)}`;
			const expected = Array.from({ length: LOAD_ROUNDS * ROUND_MESSAGES }, (_, n) => text(n));
			const received: string[] = [];
			for (let round = 0; round < LOAD_ROUNDS; round++) {
				const sent = expected.slice(round * ROUND_MESSAGES, (round + 1) * ROUND_MESSAGES);
				const isBack = new Promise<void>((resolve) => {
					const take = (message: { type: string; data: string }) => {
						if (message.type === "echo") received.push(message.data);
						if (received.length < (round + 1) * ROUND_MESSAGES) return;
						client.off("message", take);
						resolve();
					};
					client.on("message", take);
				});
				for (const data of sent) client.emit("message", { type: "echo", data });
				await isBack;
			}
			expect(received).toEqual(expected);
		};
		await Promise.all(Array.from({ length: LOAD_SESSIONS }, (_, number) => session(number)));
	});
});
