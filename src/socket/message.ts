/**
 * Reads one socket.io 5 message of the editor's socket, as far as the edge needs it. A message is the content of an
 * engine.io packet of type 4.
 *
 * The edge repeats the oddities of the server's parser: a missing or blank type is CONNECT, and white space counts as
 * digits of the id. Sources: `engine.io-parser` decodePacket, `socket.io-parser` decodeString.
 */
import { type ScannedJson, scanJson } from "../encoding/json-scan.ts";

/** engine.io's packet type for packets that hold a socket.io message. */
export const ENGINE_MESSAGE = "4";
/** engine.io's separator between the packets of one polling body. */
export const PACKET_SEPARATOR = "\x1e";

export type SocketMessage =
	| {
			readonly kind: "connect";
			readonly namespace: string;
			/** The members `session` and `token` of its JSON. */
			readonly auth: ScannedJson["members"];
			/** Index in the text at which the JSON begins. */
			readonly payloadAt: number;
	  }
	| {
			readonly kind: "event";
			/** The first two elements of its JSON. */
			readonly args: ScannedJson["members"];
			/** Whether binary frames follow that belong to the message. */
			readonly hasAttachments: boolean;
			/** Index in the text at which the JSON begins. */
			readonly payloadAt: number;
	  }
	| { readonly kind: "disconnect"; readonly namespace: string }
	| { readonly kind: "other" };

const CONNECT = 0;
const DISCONNECT = 1;
const EVENT = 2;
const BINARY_EVENT = 5;
const BINARY_ACK = 6;
const NAMESPACE = /^(\/[^,]*),?/;
const ID = /^[\d\s]+/;
const NOTHING: ScannedJson["members"] = new Map();

/**
 * @param text the packet after engine.io's `4`
 * @returns `undefined` if the server's parser throws on it: the server then closes
 */
export function readMessage(text: string): SocketMessage | undefined {
	const type = Number(text.charAt(0));
	if (!Number.isInteger(type) || type < CONNECT || type > BINARY_ACK) return undefined;
	let rest = text.slice(1);
	let attachments = 0;
	if (type === BINARY_EVENT || type === BINARY_ACK) {
		const dash = rest.indexOf("-");
		attachments = dash === -1 ? Number.NaN : Number(rest.slice(0, dash));
		// Until 4.2.6 the server's parser accepts any number. It reads a message with 0 attachments as a plain event.
		if (Number.isNaN(attachments)) return undefined;
		rest = rest.slice(dash + 1);
	}
	const [prefix = "", namespace = "/"] = NAMESPACE.exec(rest) ?? [];
	rest = rest.slice(prefix.length);
	rest = rest.replace(ID, "");
	const payloadAt = text.length - rest.length;
	const payload = rest === "" ? undefined : scanJson(text, payloadAt, ["session", "token", 0, 1]);
	if (rest !== "" && payload === undefined) return undefined;
	const opening = payload && text[payload.start];

	if (type === CONNECT) {
		if (opening !== undefined && opening !== "{") return undefined;
		return { kind: "connect", namespace, auth: payload?.members ?? NOTHING, payloadAt };
	}
	if (type === DISCONNECT) return { kind: "disconnect", namespace };
	if (type !== EVENT && type !== BINARY_EVENT) return { kind: "other" };
	if (payload === undefined) return { kind: "other" };
	if (opening !== "[") return undefined;
	return { kind: "event", args: payload.members, hasAttachments: attachments > 0, payloadAt };
}
