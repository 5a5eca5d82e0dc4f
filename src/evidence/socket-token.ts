/**
 * Who may talk through the editor's socket: the tokens in its CONNECT packet and its later `auth` message.
 *
 * The same rule in both: the session token if there is one, else the one the editor was opened with, and
 * never the other after the first. Refusals are the server's own packets. Source: the server's
 * `DocsCoServer.js`, `io.use` and `auth`.
 */
import type { KeyRing } from "../config/key-ring.ts";
import { accept, type Refusal, type Verdict } from "../verdict.ts";
import { readSocketPacket, type SocketPacket } from "./socket-packet.ts";
import { type TokenRules, verifyToken } from "./token.ts";

export interface SocketRules {
	readonly keys: { readonly browser: KeyRing; readonly session: KeyRing };
	/** `token.enable.browser`: off, no token is asked for, and one that is sent is checked. */
	readonly tokenRequired: boolean;
	readonly toleranceSeconds: number;
}

/** What a packet asks for that needs a token. */
export type Credential =
	| { readonly asks: "connect"; readonly session: unknown; readonly token: unknown }
	| { readonly asks: "auth"; readonly session: unknown; readonly token: unknown };

/** Cheap and never wrong: a JSON text that spells `auth` in any way has one of these in it. */
const MAY_SPELL_AUTH = /"auth"|\\u/;

/**
 * The credential in a socket.io packet, `undefined` when it needs none.
 *
 * @param text what follows engine.io's `4`
 * @param packet for callers that have read it already
 */
export function findCredential(
	text: string,
	packet: SocketPacket | undefined = mayHoldCredential(text) ? readSocketPacket(text) : undefined,
): Credential | undefined {
	if (packet?.kind === "connect") {
		// The server has no other namespace, and says so itself.
		if (packet.namespace !== "/") return undefined;
		return { asks: "connect", session: packet.auth.session, token: packet.auth.token };
	}
	if (packet?.kind !== "event" || packet.args[0] !== "message") return undefined;
	const data = Object(packet.args[1]);
	if (data.type !== "auth" || !data.token || !data.user) return undefined;
	return { asks: "auth", session: data.jwtSession, token: data.jwtOpen };
}

/** A blank type is CONNECT to the server. */
function mayHoldCredential(text: string): boolean {
	return /^(?:[0\s]|$)/.test(text) || (/^[25]/.test(text) && MAY_SPELL_AUTH.test(text));
}

export async function checkCredential(
	{ session, token }: Credential,
	rules: SocketRules,
	nowSeconds: number,
): Promise<Verdict> {
	const presented = session || token;
	if (!presented && !rules.tokenRequired) return accept();
	const tokenRules: TokenRules = { nowSeconds, toleranceSeconds: rules.toleranceSeconds };
	return verifyToken(presented, session ? rules.keys.session : rules.keys.browser, tokenRules);
}

/** The server's answer to a refused credential, engine.io's type included. */
export function refusalPackets(asks: Credential["asks"], refusal: Pick<Refusal, "message">): string[] {
	const { message } = refusal;
	const data = {
		code: message === undefined ? null : message === "jwt expired" ? EXPIRED : INVALID,
		description: message === undefined ? null : `token:${message}`,
	};
	if (asks === "connect") return [`44${JSON.stringify({ message: "not authorized", data })}`];
	return [`42${JSON.stringify(["message", { type: "disconnectReason", ...data }])}`, "41"];
}

/** The server's `JWT_EXPIRED_CODE` and `JWT_ERROR_CODE`. */
const EXPIRED = 4005;
const INVALID = 4006;
