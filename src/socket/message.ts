/**
 * One packet of the editor's socket: engine.io 4 around socket.io 5, as far as the edge has to read it.
 *
 * Reads what the server reads, oddities included: a missing or blank type is CONNECT, white space counts
 * as digits of a packet's id. Sources: `engine.io-parser` decodePacket, `socket.io-parser` decodeString.
 */
import { type ScannedJson, scanJson } from "../encoding/json-scan.ts";

/** engine.io's packet types; the message type carries socket.io. */
export const ENGINE_MESSAGE = "4";
/** Between the packets of one polling body. */
export const PACKET_SEPARATOR = "\x1e";

export type SocketMessage =
	| {
			readonly kind: "connect";
			readonly namespace: string;
			/** Its `session` and `token`. */
			readonly auth: ScannedJson["members"];
			/** Where the JSON begins in the text. */
			readonly payloadAt: number;
	  }
	/** `hasAttachments`: binary frames belong to it and follow. */
	| {
			readonly kind: "event";
			/** The first two. */
			readonly args: ScannedJson["members"];
			readonly hasAttachments: boolean;
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
 * @param text what follows engine.io's `4`
 * @returns `undefined` where the server's parser throws and the server closes
 */
export function readMessage(text: string): SocketMessage | undefined {
	const type = Number(text.charAt(0));
	if (!Number.isInteger(type) || type < CONNECT || type > BINARY_ACK) return undefined;
	let rest = text.slice(1);
	let attachments = 0;
	if (type === BINARY_EVENT || type === BINARY_ACK) {
		const dash = rest.indexOf("-");
		attachments = dash === -1 ? Number.NaN : Number(rest.slice(0, dash));
		// Until 4.2.6 the server's parser takes any number, and none for 0: then it is an event like others.
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
