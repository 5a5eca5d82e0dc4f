/**
 * One packet of the editor's socket: engine.io 4 around socket.io 5, as far as the edge has to read it.
 *
 * Reads what the server reads, oddities included: a missing or blank type is CONNECT, white space counts
 * as digits of a packet's id. Sources: `engine.io-parser` decodePacket, `socket.io-parser` decodeString.
 */
import { isRecord } from "../json.ts";

/** engine.io's packet types; the message type carries socket.io. */
export const ENGINE_MESSAGE = "4";
/** Between the packets of one polling body. */
export const PACKET_SEPARATOR = "\x1e";

export type SocketPacket =
	| {
			readonly kind: "connect";
			readonly namespace: string;
			readonly auth: Readonly<Record<string, unknown>>;
			/** Where the JSON begins in the text. */
			readonly payloadAt: number;
	  }
	/** `hasAttachments`: binary frames belong to it and follow. */
	| {
			readonly kind: "event";
			readonly args: readonly unknown[];
			readonly hasAttachments: boolean;
			readonly payloadAt: number;
	  }
	| { readonly kind: "other" };

const CONNECT = 0;
const EVENT = 2;
const BINARY_EVENT = 5;
const BINARY_ACK = 6;
const NAMESPACE = /^(\/[^,]*),?/;
const ID = /^[\d\s]+/;

/**
 * @param text what follows engine.io's `4`
 * @returns `undefined` where the server's parser throws and the server closes
 */
export function readSocketPacket(text: string): SocketPacket | undefined {
	const type = Number(text.charAt(0));
	if (!Number.isInteger(type) || type < CONNECT || type > BINARY_ACK) return undefined;
	let rest = text.slice(1);
	if (type === BINARY_EVENT || type === BINARY_ACK) {
		const dash = rest.indexOf("-");
		const attachments = dash === -1 ? Number.NaN : Number(rest.slice(0, dash));
		if (!Number.isInteger(attachments) || attachments < 1) return undefined;
		rest = rest.slice(dash + 1);
	}
	const [prefix = "", namespace = "/"] = NAMESPACE.exec(rest) ?? [];
	rest = rest.slice(prefix.length);
	rest = rest.replace(ID, "");
	const payloadAt = text.length - rest.length;
	const payload = parsePayload(rest);
	if (payload === "malformed") return undefined;

	if (type === CONNECT) {
		if (payload.value === undefined) return { kind: "connect", namespace, auth: {}, payloadAt };
		return isRecord(payload.value)
			? { kind: "connect", namespace, auth: payload.value, payloadAt }
			: undefined;
	}
	if (type !== EVENT && type !== BINARY_EVENT) return { kind: "other" };
	if (!Array.isArray(payload.value)) return payload.value === undefined ? { kind: "other" } : undefined;
	return { kind: "event", args: payload.value, hasAttachments: type === BINARY_EVENT, payloadAt };
}

function parsePayload(text: string): { readonly value: unknown } | "malformed" {
	if (text === "") return { value: undefined };
	try {
		return { value: JSON.parse(text) };
	} catch {
		return "malformed";
	}
}
