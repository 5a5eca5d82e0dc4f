/**
 * Hostile clients of the editor's socket. Protects against packets that pass unchecked or only cost time and memory.
 * A client may not see another outcome than at the server.
 */
import { once } from "node:events";
import jsonwebtoken from "jsonwebtoken";
import { beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { startEdgeBeforeDocumentServer } from "./support/edge-before-document-server.ts";
import { TOKEN_SECRETS } from "./support/vectors.ts";

const MIB = 1024 * 1024;
const CLAIMS = { document: { key: "doc1", url: "http://files.test/a.docx" } };
const sign = (claims: object = CLAIMS, secret: string = TOKEN_SECRETS.browser) =>
	jsonwebtoken.sign(claims, secret);
const GOOD = `40{"token":"${sign()}"}`;
const BAD = `40{"token":"${sign(CLAIMS, "another secret")}"}`;
const auth = (token: string) =>
	`42["message",{"type":"auth","token":"x","user":{"id":"u"},"jwtOpen":"${token}"}]`;
const GOOD_AUTH = auth(sign());
const BAD_AUTH = auth(sign(CLAIMS, "another secret"));
const BINARY_BAD_AUTH = BAD_AUTH.replace("42", "451-").replace(
	'"id":"u"',
	'"id":{"_placeholder":true,"num":0}',
);
const echo = (data: unknown) => `42["message",{"type":"echo","data":${JSON.stringify(data)}}]`;
const WEBSOCKET = "/doc/doc1/c/?EIO=4&transport=websocket";
const POLLING = "/doc/doc1/c/?EIO=4&transport=polling";
/** The wait for a frame that should not come. */
const PAUSE_MS = 400;

const { server, edge, log } = await startEdgeBeforeDocumentServer({ SOCKET_CONNECT_SECONDS: "2" });
beforeEach(() => {
	log.length = 0;
});
const logged = (reason: string) =>
	expect.poll(() => log.filter((line) => line.includes(`"reason":"${reason}"`)).length).toBeGreaterThan(0);

const pause = () => new Promise<undefined>((resolve) => setTimeout(resolve, PAUSE_MS, undefined));
const comparable = (text: string) =>
	text.replace(/"sid":"[^"]*"/g, '"sid":""').replace(/"license":\{[^{}]*\}/g, '"license":{}');

async function open(site: URL | string, path: string) {
	const socket = new WebSocket(new URL(path, String(site).replace("http", "ws")));
	const seen: string[] = [];
	socket.on("message", (data) => seen.push(comparable(String(data))));
	socket.on("close", (code, reason) => seen.push(`closed ${code} ${reason}`.trim()));
	socket.on("error", () => undefined);
	await once(socket, "open");
	return { socket, seen };
}

/** Sends the frames one by one, each after the response to the one before. @returns all that the client sees */
async function converse(
	site: URL | string,
	frames: readonly (string | Buffer)[],
	path = WEBSOCKET,
): Promise<string[]> {
	const { socket, seen } = await open(site, path);
	for (const frame of frames) {
		const before = seen.length;
		if (socket.readyState === socket.OPEN) socket.send(frame);
		await expect
			.poll(() => seen.length > before, { timeout: PAUSE_MS })
			.toBe(true)
			.catch(() => undefined);
		await pause();
	}
	socket.terminate();
	return seen.filter((line) => line !== "closed 1006");
}

describe("a WebSocket client sees the same as at the server", () => {
	it.each([
		["a good CONNECT, then a bad one", [GOOD, BAD]],
		["a good CONNECT twice", [GOOD, GOOD]],
		["a bad CONNECT, then a good one, then a bad one", [BAD, GOOD, BAD]],
		["bad ones, then a good one", [BAD, BAD, GOOD]],
		["a CONNECT after a DISCONNECT", [GOOD, "41", BAD, GOOD]],
		["an event after a DISCONNECT", [GOOD, "41", '42["message",{}]']],
		["another namespace after CONNECT", [GOOD, "40/admin,", BAD]],
		["another namespace before CONNECT", ["40/admin,{}", GOOD]],
		["an event with attachments before CONNECT", ['451-["message",{}]', GOOD]],
		["an event before CONNECT", ['42["message",{}]']],
		["a packet that does not parse, after CONNECT", [GOOD, "4zzz"]],
		["a bad auth message", [GOOD, BAD_AUTH]],
		["a bad auth message with an escaped type", [GOOD, BAD_AUTH.replace('"auth"', '"\\u0061uth"')]],
		["a bad auth message in two bytes per character", [GOOD, BAD_AUTH.replace('"u"', '"用户"')]],
		["a bad auth message as a binary event", [GOOD, BINARY_BAD_AUTH, Buffer.from("x")]],
		["a second CONNECT with a blank type", [GOOD, `4 ${BAD.slice(2)}`]],
		["events between a good and a bad auth message", [GOOD, echo(1), GOOD_AUTH, echo(2), BAD_AUTH, echo(3)]],
		["a message without a packet type", [GOOD, "4"]],
	])("%s", async (_, frames) => {
		expect(await converse(edge.url, frames)).toEqual(await converse(server.url, frames));
	});
});

interface Polled {
	readonly status: number;
	readonly text: string;
}

/** Sends the bodies one by one, and always keeps one GET open: an aborted GET would end the session. */
async function poll(site: URL | string, bodies: readonly string[]): Promise<Polled[]> {
	const ask = async (init: RequestInit, sid = ""): Promise<Polled> => {
		const answer = await fetch(new URL(sid ? `${POLLING}&sid=${sid}` : POLLING, site), init);
		return { status: answer.status, text: comparable(await answer.text()) };
	};
	const opened = await (await fetch(new URL(POLLING, site))).text();
	const sid = /"sid":"([^"]*)"/.exec(opened)?.[1] ?? "";
	const seen: Polled[] = [];
	let waiting: Promise<Polled> | undefined;
	for (const body of bodies) {
		seen.push(await ask({ method: "POST", body }, sid));
		for (;;) {
			waiting ??= ask({}, sid).catch(() => ({ status: 0, text: "" }));
			const answer = await Promise.race([waiting, pause()]);
			if (answer === undefined) break;
			waiting = undefined;
			seen.push(answer);
			if (answer.status !== 200) break;
		}
	}
	return seen;
}

describe("packets that only cost end at the edge, with a reason in the log", () => {
	const closing = async (seen: readonly string[]) =>
		expect.poll(() => seen.find((line) => line.startsWith("closed"))).toBeDefined();
	it.each([
		[
			"a frame above the limit",
			["x".repeat(MIB + 1)],
			"socket_packet_size",
			"closed 1009 socket_packet_size",
		],
		[
			"a binary frame above the limit",
			[Buffer.alloc(MIB + 1)],
			"socket_packet_size",
			"closed 1009 socket_packet_size",
		],
		[
			"CONNECT packets that together exceed twice the limit",
			Array(3).fill(`40{"token":"${"x".repeat(MIB - 100)}"}`),
			"socket_packet_size",
			"closed 1009 socket_packet_size",
		],
		["more frames than a client needs", Array(40).fill(BAD), "socket_packets", "closed 1008 socket_packets"],
		["an event before CONNECT", ['42["x"]'], "socket_packet", "closed 1005"],
		["a second CONNECT", [GOOD, BAD], "socket_connected", "closed 1005"],
	] as const)("%s", async (_, frames, reason, end) => {
		const { socket, seen } = await open(edge.url, WEBSOCKET);
		for (const [at, frame] of frames.entries()) {
			socket.send(frame);
			if (at === 0 && frame === GOOD) await expect.poll(() => seen.join()).toContain("40{");
		}
		await closing(seen);
		expect(seen.at(-1)).toBe(end);
		await logged(reason);
	});
	it("a client without a token ends at the server's time limit", async () => {
		const { seen } = await open(edge.url, WEBSOCKET);
		await expect.poll(() => seen.at(-1), { timeout: 30_000 }).toBe("closed 1005");
		await logged("socket_timeout");
	});
	it("an auth message above the limit ends the socket, after CONNECT", async () => {
		const { socket, seen } = await open(edge.url, WEBSOCKET);
		socket.send(GOOD);
		await expect.poll(() => seen.join()).toContain("40{");
		const auths = server.auths.length;
		socket.send(auth("x".repeat(MIB)));
		await closing(seen);
		expect([seen.at(-1), server.auths.length]).toEqual(["closed 1009 socket_packet_size", auths]);
		await logged("socket_packet_size");
	});
	it("an editor's message of the same size passes", async () => {
		const { socket, seen } = await open(edge.url, WEBSOCKET);
		socket.send(GOOD);
		await expect.poll(() => seen.join()).toContain("40{");
		socket.send(`42["message",{"type":"echo","data":"${'\\"auth\\" '.repeat(200_000)}"}]`);
		await expect.poll(() => seen.at(-1)?.length ?? 0, { timeout: 30_000 }).toBeGreaterThan(MIB);
		expect(seen.at(-1)).toContain('"echo"');
	});
	it("a burst behind an auth message stays in order", async () => {
		const { socket, seen } = await open(edge.url, WEBSOCKET);
		socket.send(GOOD);
		await expect.poll(() => seen.join()).toContain("40{");
		for (let n = 0; n < 200; n++) socket.send(n % 20 ? echo(n) : GOOD_AUTH);
		const echoed = () => seen.flatMap((line) => /"type":"echo","data":(\d+)/.exec(line)?.[1] ?? []);
		await expect.poll(() => echoed().length).toBe(190);
		expect(echoed().map(Number)).toEqual(Array.from({ length: 200 }, (_, n) => n).filter((n) => n % 20));
		expect(seen.filter((line) => line.includes('"result":1'))).toHaveLength(10);
		socket.terminate();
	});
	it("a CONNECT with 150 KB of claims, twice, passes: real editors send it", async () => {
		const token = sign({ ...CLAIMS, editorConfig: { customization: "x".repeat(150 * 1024) } });
		const { socket, seen } = await open(edge.url, WEBSOCKET);
		socket.send(`40{"token":"${token}","session":"","copy":"${token}"}`);
		await expect.poll(() => seen.join(), { timeout: 30_000 }).toContain('40{"sid":""}');
		socket.terminate();
	});

	const polling = async () =>
		/"sid":"([^"]*)"/.exec(await (await fetch(new URL(POLLING, edge.url))).text())?.[1] ?? "";
	const post = async (body: string) =>
		fetch(new URL(`${POLLING}&sid=${await polling()}`, edge.url), { method: "POST", body });
	it.each([
		["8 MiB of packets that are almost CONNECT", '40"\x1e'.repeat(2 * MIB - 2), "socket_packets"],
		["more packets than an editor sends", "3\x1e".repeat(1000), "socket_packets"],
		["more credentials than an editor sends", Array(17).fill(BAD).join("\x1e"), "socket_packets"],
		[
			"credentials that together exceed the limit",
			Array(3)
				.fill(`40{"token":"${"x".repeat(MIB / 2)}"}`)
				.join("\x1e"),
			"socket_packet_size",
		],
		[
			"an auth message above the limit",
			`42["message",{"type":"auth","x":"${"x".repeat(MIB)}"}]`,
			"socket_packet_size",
		],
	])("polling, %s", async (_, body, reason) => {
		const answer = await post(body);
		expect([answer.status, await answer.json()]).toEqual([400, { code: 3, message: "Bad request" }]);
		await logged(reason);
	});
	it("polling, the packets of an editor pass", async () => {
		const sid = await polling();
		const url = new URL(`${POLLING}&sid=${sid}`, edge.url);
		const send = async (body: string) => (await fetch(url, { method: "POST", body })).status;
		expect(await send(GOOD)).toBe(200);
		expect(await (await fetch(url)).text()).toContain("40{");
		expect(await send(Array(999).fill('42["message",{"type":"x"}]').join("\x1e"))).toBe(200);
		expect(await send(`42["message",{"type":"echo","data":"${"x".repeat(7 * MIB)}"}]`)).toBe(200);
	});
});

describe("a WebSocket that names a polling session", () => {
	const start = async (connects: boolean) => {
		const opened = await (await fetch(new URL(POLLING, edge.url))).text();
		const sid = /"sid":"([^"]*)"/.exec(opened)?.[1] ?? "";
		const url = new URL(`${POLLING}&sid=${sid}`, edge.url);
		if (connects) {
			await fetch(url, { method: "POST", body: GOOD });
			await expect.poll(async () => (await fetch(url)).text()).toContain("license");
		}
		const { socket, seen } = await open(edge.url, `${WEBSOCKET}&sid=${sid}`);
		socket.send("2probe");
		await expect.poll(() => seen).toContain("3probe");
		socket.send("5");
		return { socket, seen };
	};
	it("that never connected: the server ends it at the first message", async () => {
		const { socket, seen } = await start(false);
		for (let n = 0; n < 100; n++) socket.send('42["message",{"type":"echo"}]');
		await expect.poll(() => seen.at(-1)).toMatch(/^closed/);
	});
	it("that never connected, and that sends the edge's own question: the server ends it", async () => {
		const { socket, seen } = await start(false);
		socket.send("40/.edge/ask,");
		await expect.poll(() => seen.at(-1)).toMatch(/^closed/);
	});
	it("a client that sends the edge's question itself is not admitted", async () => {
		const { socket, seen } = await open(edge.url, WEBSOCKET);
		socket.send("40/.edge/ask,");
		socket.send("40/.edge/ask/00000000-0000-0000-0000-000000000000,");
		await expect.poll(() => seen.filter((line) => line.startsWith("44/.edge/ask")).length).toBe(2);
		socket.send("x".repeat(MIB + 1));
		await expect.poll(() => seen.at(-1)).toBe("closed 1009 socket_packet_size");
	});
	it("that never connected: a large frame ends it unread", async () => {
		const { socket, seen } = await start(false);
		socket.send(`42["message",{"x":"${"x".repeat(MIB)}"}]`);
		await expect.poll(() => seen.at(-1)).toBe("closed 1009 socket_packet_size");
		await logged("socket_packet_size");
	});
	it("that was connected: messages pass in order, and large ones pass later", async () => {
		const { socket, seen } = await start(true);
		for (let n = 0; n < 10; n++) socket.send(`42["message",{"type":"echo","data":${n}}]`);
		await expect.poll(() => seen.filter((line) => line.includes("echo")).length).toBe(10);
		expect(seen.filter((line) => line.includes("echo")).map((line) => /"data":(\d)/.exec(line)?.[1])).toEqual(
			[..."0123456789"],
		);
		expect(seen.join()).not.toContain(".edge");
		socket.send(`42["message",{"type":"echo","data":"${"x".repeat(2 * MIB)}"}]`);
		await expect.poll(() => seen.at(-1)?.length ?? 0, { timeout: 30_000 }).toBeGreaterThan(2 * MIB);
		socket.terminate();
	});
	it("that was connected stays open while it is silent", async () => {
		const { socket, seen } = await start(true);
		await new Promise((resolve) => setTimeout(resolve, 3000));
		expect(seen.filter((line) => line.startsWith("closed"))).toEqual([]);
		socket.send('42["message",{"type":"echo","data":"still"}]');
		await expect.poll(() => seen.join()).toContain("still");
		socket.terminate();
	});
});

describe("requests that only some versions of engine.io accept", () => {
	const FILLED = Array.from({ length: 1001 }, (_, n) => `n${n}=`).join("&");
	it.each([
		["JSONP", "&j=0"],
		["JSONP after 1,001 parameters", `&${FILLED}&j=0`],
		["JSONP by an encoded name", "&%6a=0"],
		["JSONP without a value", "&j"],
		["a second session after 1,001 parameters", `&sid=a&${FILLED}&sid=b`],
		["a transport after 1,001 parameters", `&${FILLED}&transport=websocket`],
		["an encoded second transport", "&%74ransport=websocket"],
		["a version after 1,001 parameters", `&${FILLED}&EIO=3`],
	])("%s is refused before the server sees it", async (_, query) => {
		const seen = server.openConnections();
		const url = new URL(`/doc/doc1/c/?EIO=4&transport=polling${query}`, edge.url);
		for (const init of [{}, { method: "POST", body: `d=${encodeURIComponent(GOOD)}` }]) {
			const answer = await fetch(url, init);
			expect([answer.status, answer.headers.get("X-Edge-Reason")]).toEqual([400, "socket_request"]);
		}
		expect(server.openConnections()).toBeLessThanOrEqual(seen);
	});
	it("a query that begins with a second question mark is refused", async () => {
		const answer = await fetch(new URL("/doc/doc1/c/??EIO=4&transport=polling", edge.url));
		expect([answer.status, answer.headers.get("X-Edge-Reason")]).toEqual([400, "socket_request"]);
	});
});

describe("a polling client sees the same as at the server", () => {
	it.each([
		["a refused CONNECT", [BAD]],
		["a refused CONNECT and a good one", [`${BAD}\x1e${GOOD}`]],
		["a refused CONNECT and a packet that does not parse", [`${BAD}\x1e4zzz`]],
		["a packet that does not parse and a refused CONNECT", [`4zzz\x1e${BAD}`]],
		["a refused CONNECT and an event", [`${BAD}\x1e42["message",{}]`]],
		["a refused auth message and a packet that does not parse", [GOOD, `${BAD_AUTH}\x1e4zzz`]],
		["an event with attachments before CONNECT", ['451-["message",{}]', GOOD]],
	])("%s", async (_, bodies) => {
		expect(await poll(edge.url, bodies)).toEqual(await poll(server.url, bodies));
	});
});
