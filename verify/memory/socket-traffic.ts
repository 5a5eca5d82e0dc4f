/**
 * Editors with an open socket that exchange messages and reconnect now and then, and strangers that open sockets by both
 * transports and show a bad token.
 */
import { setTimeout as pause } from "node:timers/promises";
import { WebSocket } from "ws";
import { forgeToken, signToken } from "./secrets.ts";
import { askSite, type Site, SOCKETS_HOST, type Traffic } from "./traffic.ts";

const MESSAGES = 12;
const PAUSE_MS = 1500;
/** Nobody waits this long, unless the edge has lost a message. */
const PATIENCE_MS = 60_000;
const CLAIMS = { document: { key: "doc1", url: "http://x.test/a.docx" } };
const handshake = (n: number, transport: string) => `/doc/k${n}/c/?EIO=4&transport=${transport}`;
const connectPacket = (token: string) => `40${JSON.stringify({ token })}`;

export const socketTraffic = (editors: number): readonly Traffic[] => [
	{ name: "editors", clients: editors, once: edit },
	{ name: "sockets with a bad token", clients: 2, once: tryToOpen },
	{ name: "polling with a bad token", clients: 2, once: tryToPoll },
];

async function edit(site: Site, n: number): Promise<string | undefined> {
	const socket = openSocket(site, n);
	socket.send(connectPacket(signToken({ ...CLAIMS, n })));
	if (!(await socket.receive((frame) => frame.startsWith('40{"sid"')))) return "the socket was not admitted";
	for (let sent = 0; sent < MESSAGES && !site.isOver; sent++) {
		// Without the shift, all editors of the start would reconnect at once for ever.
		await pause(PAUSE_MS * (0.5 + ((n * 7 + sent) % 11) / 10));
		const text = `${n}:${sent}:${"é".repeat((n + sent) % 500)}`;
		socket.send(`42["message",${JSON.stringify({ type: "echo", data: text })}]`);
		if (!(await socket.receive((frame) => frame.includes(`"${text}"`)))) return "a message did not come back";
		site.messages++;
	}
	await socket.close();
	return undefined;
}

async function tryToOpen(site: Site, n: number): Promise<string | undefined> {
	const socket = openSocket(site, n);
	socket.send(connectPacket(forgeToken({ ...CLAIMS, n })));
	const isRefused = await socket.receive((frame) => frame.startsWith("44{"));
	await socket.close();
	await pause(100);
	return isRefused ? undefined : "the socket was not refused";
}

async function tryToPoll(site: Site, n: number): Promise<string | undefined> {
	const path = handshake(n, "polling");
	const opened = await askSite(site, { host: SOCKETS_HOST, path });
	const session = `${path}&sid=${/"sid":"([^"]*)"/.exec(opened.text)?.[1]}`;
	const body = connectPacket(forgeToken({ ...CLAIMS, n }));
	await askSite(site, { host: SOCKETS_HOST, method: "POST", path: session, body });
	const { text } = await askSite(site, { host: SOCKETS_HOST, path: session });
	await pause(100);
	return text.startsWith("44{") ? undefined : `the answer is ${text.slice(0, 40)} instead of a refusal`;
}

/** A client of engine.io: it answers pings, and hands on all other frames. */
function openSocket(site: Site, n: number) {
	const url = `${site.url.origin.replace("http", "ws")}${handshake(n, "websocket")}`;
	const socket = new WebSocket(url, { headers: { Host: SOCKETS_HOST }, perMessageDeflate: false });
	const frames: string[] = [];
	let onFrame: () => void = () => undefined;
	let isClosed = false;
	const opened = new Promise<void>((resolve) => {
		socket.once("open", () => {
			site.requests++;
			resolve();
		});
		socket.once("close", () => {
			isClosed = true;
			onFrame();
			resolve();
		});
	});
	socket.on("error", () => undefined);
	socket.on("message", (data) => {
		const frame = String(data);
		if (frame === "2") return socket.send("3");
		frames.push(frame);
		onFrame();
	});
	return {
		send: (frame: string) => void opened.then(() => socket.readyState === socket.OPEN && socket.send(frame)),
		/** @returns whether such a frame came */
		receive: async (isIt: (frame: string) => boolean): Promise<boolean> => {
			const untilMs = performance.now() + PATIENCE_MS;
			while (performance.now() < untilMs) {
				if (frames.splice(0).some(isIt)) return true;
				if (isClosed) return false;
				await new Promise<void>((resolve) => {
					const timer = setTimeout(resolve, untilMs - performance.now());
					onFrame = () => {
						clearTimeout(timer);
						resolve();
					};
				});
			}
			return false;
		},
		close: async () => {
			socket.close();
			await new Promise((resolve) => (isClosed ? resolve(undefined) : socket.once("close", resolve)));
		},
	};
}
