/**
 * A client of the editor's socket, and the messages that it sends.
 */
import { WebSocket } from "ws";
import { signToken } from "../credentials.ts";
import { CONNECTED } from "../servers/echo-origin.ts";

const PATH = "/doc/k/c/?EIO=4&transport=websocket";
const TOKEN = signToken({ document: { key: "k", url: "https://files.example.com/a.docx" } });
const CONNECT = `40{"token":"${TOKEN}"}`;

/** Opens a socket, and waits until the server has accepted its token. */
export function admit(edgeUrl: string): Promise<WebSocket> {
	const socket = new WebSocket(edgeUrl.replace("http", "ws") + PATH, { perMessageDeflate: false });
	return new Promise((resolve, reject) => {
		const onClose = (code: number) => reject(new Error(`the socket was not admitted: it ended with ${code}`));
		const onMessage = (packet: Buffer) => {
			if (packet.toString() !== CONNECTED) return;
			socket.off("message", onMessage).off("close", onClose).off("error", reject);
			resolve(socket);
		};
		socket.on("message", onMessage).on("close", onClose).on("error", reject);
		socket.once("open", () => socket.send(CONNECT));
	});
}

/** A bounded number at a time: the listen queue of a server is short. */
export async function admitMany(edgeUrl: string, count: number): Promise<WebSocket[]> {
	const sockets: WebSocket[] = [];
	while (sockets.length < count) {
		const batch = Math.min(AT_ONCE, count - sockets.length);
		sockets.push(...(await Promise.all(Array.from({ length: batch }, () => admit(edgeUrl)))));
	}
	return sockets;
}

const AT_ONCE = 20;

/** Messages as editors send them: a cursor is short, a change is JSON inside JSON, so it has escaped quotes. */
export const cursorMessage = (bytes: number): string =>
	sized(bytes, (cursor) => event({ type: "cursor", cursor }));

export function changesMessage(bytes: number): string {
	const changes = Array<string>(Math.floor((bytes * 0.9) / CHANGE.length)).fill(CHANGE);
	return sized(bytes, (rest) => event({ type: "saveChanges", changes: JSON.stringify([...changes, rest]) }));
}

const CHANGE = "78;AgAAADEA//8BAG+68oHQfAAA6gAAAAEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==";
const event = (data: object) => `42${JSON.stringify(["message", data])}`;
const sized = (bytes: number, messageOf: (rest: string) => string) =>
	messageOf("A".repeat(bytes - messageOf("").length));
