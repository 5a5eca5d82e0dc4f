/**
 * The bridge between an editor and its server. Protects the order of frames, the check of every later CONNECT and `auth`
 * message, and an open socket that would keep what only its admission needed.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Host } from "../../../src/config/host.ts";
import { bridgeSocket } from "../../../src/socket/bridge.ts";
import { createSocketGate, type Frame, type SocketGate } from "../../../src/socket/gate.ts";
import type { Recheck } from "../../../src/socket/recheck.ts";
import { type Reason, type Refusal, refuse, type Verdict } from "../../../src/verdict.ts";
import { GOOD_TOKEN, SOCKET_HOST } from "../support/socket-host.ts";

const CONNECT = `40{"token":"${GOOD_TOKEN}"}`;
const CONNECTED = '40{"sid":"x"}';
const auth = (token = "bad") =>
	`42["message",{"type":"auth","token":"x","user":{"id":"u"},"jwtOpen":"${token}"}]`;
const GOOD_AUTH = auth(GOOD_TOKEN);

beforeEach(() =>
	vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] }),
);
afterEach(() => vi.useRealTimers());

interface Side {
	readonly socket: WebSocket;
	/** The frames so far; at the end `closed` with the code. */
	readonly seen: string[];
}

function listen(socket: WebSocket): Side {
	const seen: string[] = [];
	socket.binaryType = "arraybuffer";
	socket.accept();
	socket.addEventListener("message", ({ data }) => {
		seen.push(typeof data === "string" ? data : `${(data as ArrayBuffer).byteLength} bytes`);
	});
	socket.addEventListener("close", ({ code }) => {
		seen.push(`closed ${code}`);
	});
	return { socket, seen };
}

/** Frames arrive in later turns of the event loop, and no timer of the test runs there. */
const until = async (isDone: () => boolean) => {
	for (let turn = 0; !isDone(); turn++) {
		if (turn === 5000) throw new Error("did not happen");
		await scheduler.wait(1);
	}
};

interface Options {
	readonly continues?: boolean;
	readonly recheck?: Recheck;
	readonly host?: Host;
	/** Stands before the gate. */
	readonly wrap?: (gate: SocketGate) => SocketGate;
}

function open({ continues = false, recheck, host = SOCKET_HOST, wrap = (gate) => gate }: Options = {}) {
	const verdicts: Verdict[] = [];
	const ends: Verdict[] = [];
	const { 0: fromOrigin, 1: atOrigin } = new WebSocketPair();
	const origin = listen(atOrigin);
	const gate = wrap(createSocketGate(host, continues, (verdict) => verdicts.push(verdict)));
	const response = new Response(null, { status: 101, webSocket: fromOrigin });
	const bridged = bridgeSocket(response, gate, host, (verdict) => ends.push(verdict), recheck);
	const client = listen(bridged.webSocket as WebSocket);
	const closeReasons: string[] = [];
	client.socket.addEventListener("close", ({ reason }) => void closeReasons.push(reason));
	const send = async (...frames: Frame[]) => {
		const before = origin.seen.length;
		for (const frame of frames) client.socket.send(frame);
		await until(() => origin.seen.length >= before + frames.length);
	};
	const reply = async (...frames: Frame[]) => {
		const before = client.seen.length;
		for (const frame of frames) origin.socket.send(frame);
		await until(() => client.seen.length >= before + frames.length);
	};
	const admit = async () => {
		await send(CONNECT);
		await reply(CONNECTED);
	};
	return { client, origin, gate, verdicts, ends, closeReasons, send, reply, admit };
}

/** Notes the frames that the gate reads. */
function spied(read: { judged: Frame[]; heard: Frame[] }) {
	return (gate: SocketGate): SocketGate => ({
		...gate,
		judge: (frame, nowSeconds) => {
			read.judged.push(frame);
			return gate.judge(frame, nowSeconds);
		},
		hear: (frame) => {
			read.heard.push(frame);
			return gate.hear(frame);
		},
	});
}

describe("after admission", () => {
	const bytes = Uint8Array.from([0x34, 0x30]).buffer;
	it("ordinary frames pass without the gate, both ways", async () => {
		const read = { judged: [] as Frame[], heard: [] as Frame[] };
		const { client, origin, send, reply, admit } = open({ wrap: spied(read) });
		await admit();
		expect(read).toEqual({ judged: [CONNECT], heard: [CONNECTED] });
		const ordinary = [
			'42["message",{"type":"cursor"}]',
			"3",
			bytes,
			"430[]",
			'451-["x"]',
			"461-[]",
			"",
			"b00",
		];
		const arrived = ordinary.map((frame) => (frame === bytes ? "2 bytes" : frame));
		await send(...ordinary);
		await reply(...ordinary);
		expect(read).toEqual({ judged: [CONNECT], heard: [CONNECTED] });
		expect(origin.seen.slice(1)).toEqual(arrived);
		expect(client.seen.slice(1)).toEqual(arrived);
	});

	it("the frames that may change who may do what still pass the gate", async () => {
		const read = { judged: [] as Frame[], heard: [] as Frame[] };
		const { send, reply, admit } = open({ wrap: spied(read) });
		await admit();
		await send(GOOD_AUTH, "41", "40/admin,");
		await reply("41", '44{"message":"m"}');
		expect(read.judged.slice(1)).toEqual([GOOD_AUTH, "41", "40/admin,"]);
		expect(read.heard.slice(1)).toEqual(["41", '44{"message":"m"}']);
	});

	it.each([
		["as it is", auth()],
		["escaped", auth().replace('"auth"', '"\\u0061uth"')],
		["beside text of two bytes per character", auth().replace('"u"', '"用户"')],
		["in a binary event", auth().replace("42", "451-")],
	])("a bad auth message is refused, %s, and frames behind it stay here", async (_, bad) => {
		const { client, origin, verdicts, admit } = open();
		await admit();
		for (const frame of [bad, '42["a"]', bytes]) client.socket.send(frame);
		await until(() => client.seen.at(-1)?.startsWith("closed") ?? false);
		expect(client.seen.slice(1)).toEqual([expect.stringContaining("disconnectReason"), "41", "closed 1005"]);
		expect(verdicts.map(({ ok }) => ok)).toEqual([true, false]);
		expect(origin.seen).toEqual([CONNECT, "closed 1005"]);
	});

	it("a second CONNECT ends the socket, and after a DISCONNECT it is checked", async () => {
		const again = open();
		await again.admit();
		again.client.socket.send(CONNECT);
		await until(() => again.ends.length > 0);
		expect(again.ends).toEqual([refuse("socket_connected")]);

		const { client, origin, verdicts, ends, send, admit } = open();
		await admit();
		await send("41", CONNECT);
		client.socket.send('40{"token":"bad"}');
		await until(() => client.seen.length > 1);
		expect(client.seen.at(-1)).toContain("not authorized");
		expect([origin.seen, ends]).toEqual([[CONNECT, "41", CONNECT], []]);
		expect(verdicts.map(({ ok }) => ok)).toEqual([true, true, false]);
	});

	it("a client that the server has disconnected may connect again", async () => {
		const { origin, ends, send, reply, admit } = open();
		await admit();
		await reply("41");
		await send(CONNECT);
		expect([origin.seen, ends]).toEqual([[CONNECT, CONNECT], []]);
	});
});

describe("order", () => {
	/** A gate whose verdict on `auth` messages waits for the test. */
	function slow() {
		const { promise, resolve } = Promise.withResolvers<void>();
		let received = 0;
		const wrap = (gate: SocketGate): SocketGate => ({
			...gate,
			receive: (frame) => {
				received++;
				return gate.receive(frame);
			},
			judge: async (frame, nowSeconds) => {
				if (frame === GOOD_AUTH) await promise;
				return gate.judge(frame, nowSeconds);
			},
		});
		return { wrap, resolve, received: () => received };
	}

	it("no frame overtakes one whose token is being verified", async () => {
		const { wrap, resolve, received } = slow();
		const { client, origin, admit } = open({ wrap });
		await admit();
		const behind = Array.from({ length: 300 }, (_, n) => (n % 3 ? `42["${n}"]` : new ArrayBuffer(n)));
		for (const frame of ['42["before"]', GOOD_AUTH, ...behind]) client.socket.send(frame);
		// Each frame has come to the edge: it waits there, or it has overtaken.
		await until(() => received() + origin.seen.length >= behind.length + 4);
		expect(origin.seen).toEqual([CONNECT, '42["before"]']);
		resolve();
		await until(() => origin.seen.length === behind.length + 3);
		expect(origin.seen.slice(2)).toEqual([
			GOOD_AUTH,
			...behind.map((frame) => (typeof frame === "string" ? frame : `${frame.byteLength} bytes`)),
		]);
		const waited = received();
		client.socket.send('42["after"]');
		await until(() => origin.seen.at(-1) === '42["after"]');
		expect(received()).toBe(waited);
	});

	it("the close of the client waits for them too", async () => {
		const { wrap, resolve, received } = slow();
		const { client, origin, admit } = open({ wrap });
		await admit();
		for (const frame of [GOOD_AUTH, '42["last"]']) client.socket.send(frame);
		client.socket.close(4000, "done");
		await until(() => received() === 3);
		expect(origin.seen).toEqual([CONNECT]);
		resolve();
		await until(() => origin.seen.length === 4);
		expect(origin.seen).toEqual([CONNECT, GOOD_AUTH, '42["last"]', "closed 4000"]);
	});

	it("frames that came before admission pass in order with those after it", async () => {
		const { client, origin } = open();
		for (const frame of [CONNECT, '42["1"]', '42["2"]']) client.socket.send(frame);
		await until(() => origin.seen.length > 0);
		for (const frame of ['42["3"]', '42["4"]']) client.socket.send(frame);
		await until(() => origin.seen.length === 5);
		expect(origin.seen).toEqual([CONNECT, '42["1"]', '42["2"]', '42["3"]', '42["4"]']);
	});
});

describe("timers", () => {
	it("none runs after admission", async () => {
		const { client, ends, admit } = open();
		expect(vi.getTimerCount()).toBe(1);
		await admit();
		expect(vi.getTimerCount()).toBe(0);
		vi.advanceTimersByTime(SOCKET_HOST.socketConnectMs * 10);
		expect([ends, client.seen]).toEqual([[], [CONNECTED]]);
	});

	it("none runs after a client that leaves before it is admitted", async () => {
		const { client, origin, ends } = open({ recheck: async () => undefined });
		client.socket.close(4000, "gone");
		await until(() => origin.seen.length > 0);
		expect([origin.seen, ends, vi.getTimerCount()]).toEqual([["closed 4000"], [], 0]);
	});

	it("none runs after the time limit of a socket that was not admitted", async () => {
		const { client, origin, ends } = open({ recheck: async () => undefined });
		expect(vi.getTimerCount()).toBe(2);
		vi.advanceTimersByTime(SOCKET_HOST.socketConnectMs);
		expect(ends).toEqual([refuse("socket_timeout")]);
		expect(vi.getTimerCount()).toBe(0);
		await until(() => client.seen.length > 0 && origin.seen.length > 0);
		expect([client.seen, origin.seen]).toEqual([["closed 1005"], ["closed 1005"]]);
	});

	it("an open socket is asked about, with its credentials, until the deny list ends it", async () => {
		let denied: Refusal | undefined;
		const recheck = vi.fn<Recheck>(async () => denied);
		const { client, origin, ends, send, admit } = open({ recheck });
		await admit();
		await send('42["x"]', GOOD_AUTH, '42["y"]');
		await vi.advanceTimersByTimeAsync(10_000);
		expect(recheck.mock.lastCall?.[0]).toHaveLength(2);
		denied = refuse("denied_document");
		await vi.advanceTimersByTimeAsync(10_000);
		await until(() => client.seen.at(-1) === "closed 1008" && origin.seen.at(-1) === "closed 1008");
		expect(ends).toEqual([refuse("denied_document")]);
		expect(vi.getTimerCount()).toBe(0);
	});
});

describe("a socket that continues a polling session", () => {
	const ECHO = '44/.edge/auth/jwt%20expired,{"message":"Invalid namespace"}';
	/** The packets of the edge's question, and the server's answer to it. */
	const question = (seen: readonly string[]) => {
		const asked = seen.find((frame) => frame.startsWith("40/.edge/ask/")) ?? "";
		return { asked, answer: `44${asked.slice(2)}{"message":"Invalid namespace"}` };
	};

	it("is admitted by the server's answer, which the client does not see", async () => {
		const { client, origin, reply } = open({ continues: true });
		client.socket.send('42["1"]');
		await until(() => origin.seen.length === 2);
		client.socket.send('42["2"]');
		const { asked, answer } = question(origin.seen);
		expect(origin.seen).toEqual(["43999999999[]", asked]);
		origin.socket.send(answer);
		await until(() => origin.seen.length === 4);
		expect(origin.seen.slice(2)).toEqual(['42["1"]', '42["2"]']);
		await reply('42["3"]');
		expect(client.seen).toEqual(['42["3"]']);
		expect(vi.getTimerCount()).toBe(0);
	});

	it("is admitted by a message of the server, and the answer that comes later stays hidden", async () => {
		const { client, origin, reply } = open({ continues: true });
		client.socket.send('42["1"]');
		await until(() => origin.seen.length === 2);
		await reply('42["license"]');
		await until(() => origin.seen.length === 3);
		origin.socket.send(question(origin.seen).answer);
		await reply('42["after"]');
		expect(client.seen).toEqual(['42["license"]', '42["after"]']);
	});

	it("sees the refusals that went by polling", async () => {
		const { client, origin, reply } = open({ continues: true });
		await reply('42["license"]');
		origin.socket.send(ECHO);
		await until(() => client.seen.length === 3);
		expect(client.seen.slice(1)).toEqual([expect.stringContaining("jwt expired"), "41"]);
	});

	it("is not asked about while it is silent and admitted", async () => {
		const { origin, reply } = open({ continues: true });
		await reply('42["license"]');
		vi.advanceTimersByTime(SOCKET_HOST.socketConnectMs * 2);
		await reply('42["more"]');
		expect(origin.seen).toEqual([]);
	});

	it("any other socket sees the server's own answer", async () => {
		const { client, reply, admit } = open();
		await admit();
		await reply(ECHO);
		expect(client.seen.at(-1)).toBe(ECHO);
	});
});

describe("what closes a socket, and how both halves see it", () => {
	const { packetBytes, framesBeforeConnect } = SOCKET_HOST.limits;
	it.each<[string, readonly Frame[], Reason, number]>([
		["too many frames", Array(framesBeforeConnect + 1).fill("3"), "socket_packets", 1008],
		["a frame that is too long", ["3".repeat(packetBytes + 1)], "socket_packet_size", 1009],
		["an event before CONNECT", ["42[]"], "socket_packet", 1005],
	])("%s", async (_, frames, reason, code) => {
		const { client, origin, ends } = open();
		for (const frame of frames) client.socket.send(frame);
		await until(() => client.seen.length > 0 && origin.seen.at(-1)?.startsWith("closed") === true);
		expect(ends).toEqual([refuse(reason)]);
		expect([client.seen.at(-1), origin.seen.at(-1)]).toEqual([`closed ${code}`, `closed ${code}`]);
	});
	it.each([
		[true, "socket_packet_size"],
		[false, ""],
	])("the reason is told: %s", async (reasons, expected) => {
		const { client, closeReasons } = open({ host: { ...SOCKET_HOST, reasons } });
		client.socket.send("3".repeat(packetBytes + 1));
		await until(() => closeReasons.length > 0);
		expect(closeReasons).toEqual([expected]);
	});
	it("frames behind the one that closed it are dropped, and one refusal is reported", async () => {
		const { client, origin, ends } = open();
		for (const frame of ["42[]", "42[]", CONNECT]) client.socket.send(frame);
		await until(() => client.seen.length > 0 && origin.seen.length > 0);
		expect([ends, origin.seen]).toEqual([[refuse("socket_packet")], ["closed 1005"]]);
	});
	it.each([
		[4001, "closed 4001"],
		[1000, "closed 1000"],
	])("the server's close code reaches the client: %d", async (code, expected) => {
		const { client, origin, ends } = open({ recheck: async () => undefined });
		origin.socket.close(code, "bye");
		await until(() => client.seen.length > 0);
		expect([client.seen, ends, vi.getTimerCount()]).toEqual([[expected], [], 0]);
	});
	it("a denial that comes after the end is not reported", async () => {
		const { promise, resolve } = Promise.withResolvers<Refusal | undefined>();
		const { client, origin, ends, admit } = open({ recheck: () => promise });
		await admit();
		await vi.advanceTimersByTimeAsync(10_000);
		client.socket.close(4000, "gone");
		await until(() => origin.seen.at(-1) === "closed 4000");
		resolve(refuse("denied_document"));
		await scheduler.wait(1);
		expect(ends).toEqual([]);
	});
	it("a gate that fails closes both halves with 1011", async () => {
		const wrap = (gate: SocketGate): SocketGate => ({
			...gate,
			judge: async () => Promise.reject(new Error("x")),
		});
		const { client, origin } = open({ wrap });
		client.socket.send(CONNECT);
		await until(() => client.seen.length > 0 && origin.seen.length > 0);
		expect([client.seen, origin.seen]).toEqual([["closed 1011"], ["closed 1011"]]);
	});
});

describe("the response to the upgrade", () => {
	const bridge = (response: Response) =>
		bridgeSocket(
			response,
			createSocketGate(SOCKET_HOST, false, () => undefined),
			SOCKET_HOST,
			() => undefined,
		);
	it("has the server's headers, except those of its own connection", () => {
		const headers = {
			Connection: "Upgrade",
			Upgrade: "websocket",
			"Sec-WebSocket-Accept": "a",
			"Sec-WebSocket-Extensions": "permessage-deflate",
			"Sec-WebSocket-Protocol": "p",
			"X-Own": "1",
		};
		const { status, headers: kept } = bridge(
			new Response(null, { status: 101, webSocket: new WebSocketPair()[0], headers }),
		);
		expect([status, [...kept]]).toEqual([
			101,
			[
				["sec-websocket-protocol", "p"],
				["x-own", "1"],
			],
		]);
	});
	it("is the server's own if there is no WebSocket", () => {
		const refused = new Response("no", { status: 400 });
		expect(bridge(refused)).toBe(refused);
	});
});
