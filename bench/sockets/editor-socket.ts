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
export const cursorMessage = (bytes: number) =>
	padded('42["message",{"type":"cursor","cursor":"', "A", '"}]', bytes);
export const changesMessage = (bytes: number) =>
	padded(
		'42["message",{"type":"saveChanges","changes":"[',
		'\\"78;AgAAADEA//8BAG+68oHQfAAA6gAAAAEAAAAAAAAA\\",',
		']"}]',
		bytes,
	);

function padded(start: string, unit: string, end: string, bytes: number): string {
	const room = bytes - start.length - end.length;
	const units = unit.repeat(Math.floor(room / unit.length));
	return start + units + " ".repeat(room - units.length) + end;
}
