/**
 * Compares what two servers did with the same sequence of packets: what their clients saw, and what reached a handler.
 *
 * Both may refuse in two ways. By polling a refused packet ends the session at the server and not at the edge
 * (`docs/limits.md`). And where the server ends a session because of a packet's form, the edge may first find the bad
 * token in it, and answer with the refusal of the token. After such a refusal the two sessions go on differently.
 */
import { isDeepStrictEqual } from "node:util";
import type { Handled } from "../test/node/support/document-server.ts";
import type { SocketSequence } from "./generators/socket-sequences.ts";

export interface Conversation {
	/** What the client saw. */
	readonly packets: readonly string[];
	readonly handled: readonly Handled[];
}

/** @returns what differs; `undefined` if the edge did the same as the server */
export function findDifference(
	sequence: SocketSequence,
	edge: Conversation,
	server: Conversation,
): string | undefined {
	if (!isOrdered(sequence) || isUnopened(edge, server)) return undefined;
	const at = firstDifference(edge.packets, server.packets);
	const isRefusal = refusesToken(edge.packets, at) && HAS_ENDED.test(server.packets[at] ?? "");
	if (at !== -1 && !isRefusal) return described("packets", edge.packets, server.packets);
	const handled = isRefusal ? edge.handled.slice(0, server.handled.length) : edge.handled;
	const isSame = isDeepStrictEqual(plain(handled), plain(server.handled));
	return isSame ? undefined : described("handled", edge.handled, server.handled);
}

/**
 * Whether only one outcome is possible. Frames of a WebSocket that are sent at once reach the server in one piece or in
 * several, and a token is verified in between or not. A client that waits for responses knows no such chance.
 */
function isOrdered({ groups }: SocketSequence): boolean {
	return groups.every((group) => group.filter((packet) => typeof packet === "string").length === 1);
}

/**
 * engine.io accepts the WebSocket of a client of another version, and then writes its HTTP refusal into the WebSocket.
 * The edge does not accept it.
 */
const isUnopened = (edge: Conversation, server: Conversation): boolean =>
	isDeepStrictEqual(edge.packets, ['HTTP 400 {"code":5,"message":"Unsupported protocol version"}']) &&
	isDeepStrictEqual(server.packets, ["closed 1006"]) &&
	edge.handled.length + server.handled.length === 0;

/** @returns the index, -1 if there is none */
function firstDifference(edge: readonly string[], server: readonly string[]): number {
	const longer = edge.length > server.length ? edge : server;
	return longer.findIndex((_, at) => edge[at] !== server[at]);
}

/** Whether the edge refuses a token at this place, or has refused one just before. */
function refusesToken(packets: readonly string[], at: number): boolean {
	return TOKEN_REFUSAL.test(packets[at] ?? "") || packets[at - 1] === DISCONNECT;
}

const TOKEN_REFUSAL = /^(?:44\{"message":"not authorized"|42\["message",\{"type":"disconnectReason")/;
const DISCONNECT = "41";
/** engine.io ends a polling session with a noop for the waiting GET, and a WebSocket without a code. */
const HAS_ENDED = /^(?:6$|closed 1005$)/;

const described = (what: string, edge: readonly unknown[], server: readonly unknown[]): string =>
	`other ${what}, through the edge ${JSON.stringify(edge)}, at the server ${JSON.stringify(server)}`;

/** Acknowledgements are functions, and no two are equal. */
const plain = (values: readonly unknown[]): unknown => JSON.parse(JSON.stringify(values));
