/**
 * The doctor opens the editor's socket as a browser does: by polling, then as a WebSocket. It sends a CONNECT with a good
 * token, and no `auth`, so the server opens no document. Protocols: engine.io 4, socket.io 5.
 */
import type { Finding } from "../import/document-server-files.ts";
import { urlBelow } from "../unanswered.ts";
import { findRefusal, goodToken } from "./check-secrets.ts";
import { bad, good } from "./probe.ts";
import { NO_DOCUMENT, type Site } from "./site.ts";

const socketPath = (transport: string) => `/doc/${NO_DOCUMENT}/c/?EIO=4&transport=${transport}`;

export async function* checkSocket(site: Site): AsyncGenerator<Finding> {
	const { name, token } = await goodToken(site, "browser", { document: { key: NO_DOCUMENT } });
	const connect = `40${JSON.stringify({ token })}`;
	const byPolling = await connectByPolling(site, connect);
	if (typeof byPolling !== "string") return yield byPolling;
	yield* judge(byPolling, name, "by polling");
	const byWebSocket = await connectByWebSocket(site.options.edge, connect);
	if (byWebSocket === "not opened")
		return yield bad(
			"the editor's socket opens by polling, and not as a WebSocket",
			"let every proxy pass the headers Upgrade and Connection to /doc/, with HTTP/1.1",
		);
	yield* judge(byWebSocket, name, "as a WebSocket");
}

/** @param packet the answer to CONNECT; "" if none came */
function* judge(packet: string, keyName: string, how: string): Generator<Finding> {
	if (packet.startsWith("40")) return yield good(`the editor's socket accepts a good token ${how}`);
	if (packet === "")
		return yield bad(
			`the editor's socket does not answer CONNECT ${how}`,
			"look for a proxy that holds responses back (proxy_buffering), and at the Document Server's log",
		);
	const [, description = "no description"] = /"description":"([\w: ]{1,80})"/.exec(packet) ?? [];
	yield bad(
		`the editor's socket refuses a token of ${keyName} ${how} (${description})`,
		"compare the browser secret of this machine, of the edge (JWT_SECRET_BROWSER) and of the server (services.CoAuthoring.secret.browser)",
	);
}

const POLLS_LIMIT = 3;

/** @returns the answer to CONNECT; or the finding, if the socket does not open */
async function connectByPolling({ ask }: Site, connect: string): Promise<string | Finding> {
	const opened = await ask(socketPath("polling"));
	const refusal = findRefusal(opened, "the editor's socket");
	if (refusal) return refusal;
	const [, sid] = /^0\{.*"sid":"([\w-]+)"/.exec(opened.body) ?? [];
	if (sid === undefined)
		return bad(
			`the origin does not open the editor's socket (${opened.status})`,
			"check that every proxy passes /doc/ to the Document Server",
		);
	const session = `${socketPath("polling")}&sid=${sid}`;
	const send = (body: string) =>
		ask(session, { method: "POST", headers: { "Content-Type": "text/plain;charset=UTF-8" }, body });
	await send(connect);
	for (let polls = 0; polls < POLLS_LIMIT; polls++) {
		const answer = findAnswer((await ask(session)).body.split("\x1e"));
		if (answer === undefined) continue;
		if (answer.startsWith("40")) await send("1");
		return answer;
	}
	return "";
}

/** `40`: connected. `44`: refused. */
const findAnswer = (packets: readonly string[]): string | undefined =>
	packets.find((packet) => /^4[04]/.test(packet));

const SOCKET_TIMEOUT_MS = 10_000;

/** @returns the answer to CONNECT; "" if none came in time */
function connectByWebSocket(edge: string, connect: string): Promise<string> {
	const socket = new WebSocket(urlBelow(edge, socketPath("websocket")).replace(/^http/, "ws"));
	return new Promise<string>((resolve) => {
		let isOpen = false;
		const timer = setTimeout(resolve, SOCKET_TIMEOUT_MS, "");
		const end = (answer: string) => {
			clearTimeout(timer);
			resolve(answer);
		};
		socket.onmessage = ({ data }) => {
			const packet = String(data);
			if (packet.startsWith("0")) socket.send(connect);
			const answer = findAnswer([packet]);
			if (answer !== undefined) end(answer);
		};
		socket.onopen = () => {
			isOpen = true;
		};
		socket.onerror = () => end(isOpen ? "" : "not opened");
		socket.onclose = () => end(isOpen ? "" : "not opened");
	}).finally(() => socket.close());
}
