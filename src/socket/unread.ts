/**
 * Tells which frames of an admitted client pass unread. Nearly all frames do, and each pays for these tests: they look at
 * two characters, and search only events.
 *
 * A test may send a harmless frame to the gate. It must never keep from the gate a CONNECT, a DISCONNECT, an `auth`
 * message, or an answer to a packet of the edge.
 */
import type { Frame } from "./gate.ts";

const ENGINE_MESSAGE = 0x34;
const EVENT = 0x32;
const ACK = 0x33;
const CONNECT_ERROR = 0x34;
const BINARY_EVENT = 0x35;
const BINARY_ACK = 0x36;

/** Every JSON text with the string `auth` matches: the string is there as it is, or one of its letters is escaped. */
const MAY_SPELL_AUTH = /"auth"|\\u00(?:61|75|74|68)/i;

/** Whether a text may hold the string `auth`. It is searched in one pass, in any text of any length. */
export const maySpellAuth = (text: string): boolean => MAY_SPELL_AUTH.test(text);

/**
 * The types are listed that need no look. The gate reads every other one, because the server takes a missing or blank
 * type for CONNECT.
 *
 * @param frame of the client
 */
export function passesToOrigin(frame: Frame): boolean {
	if (typeof frame !== "string" || frame.charCodeAt(0) !== ENGINE_MESSAGE) return true;
	const type = frame.charCodeAt(1);
	if (type === EVENT || type === BINARY_EVENT) return !maySpellAuth(frame);
	return type === ACK || type === CONNECT_ERROR || type === BINARY_ACK;
}

/**
 * CONNECT and DISCONNECT change the state, and a CONNECT_ERROR may answer a packet of the edge.
 *
 * @param frame of the server
 */
export function passesToClient(frame: Frame): boolean {
	if (typeof frame !== "string" || frame.charCodeAt(0) !== ENGINE_MESSAGE) return true;
	const type = frame.charCodeAt(1);
	return type === EVENT || type === ACK || type === BINARY_EVENT || type === BINARY_ACK;
}
