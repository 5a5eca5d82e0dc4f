/**
 * Who may talk through the editor's socket: the tokens in its CONNECT packet and its later `auth` message.
 *
 * The same rule in both: the session token if there is one, else the one the editor was opened with, and
 * never the other after the first. Refusals are the server's own packets. Source: the server's
 * `DocsCoServer.js`, `io.use` and `auth`.
 */
import type { Host } from "../config/host.ts";
import { type Acceptance, accept, type Refusal, refuse } from "../verdict.ts";
import { allowsUrls } from "./claim-urls.ts";
import { replaceJsonString } from "./json-splice.ts";
import { originKeyFor, resignToken } from "./resign.ts";
import { readSocketPacket } from "./socket-packet.ts";
import { tokenRules, verifyToken } from "./token.ts";

/** What a packet asks for that needs a token. */
export interface Credential {
	readonly asks: "connect" | "auth";
	readonly secret: "session" | "browser";
	/** Of any type; falsy where there is none. */
	readonly token: unknown;
	/** Where it stands: in the packet's JSON, which begins here. */
	readonly payloadAt: number;
	readonly path: readonly (string | number)[];
}

/** Cheap and never wrong: a JSON text that spells `auth` in any way has one of these in it. */
const MAY_SPELL_AUTH = /"auth"|\\u/;

/**
 * The credential in a socket.io packet, `undefined` when it needs none.
 *
 * @param text what follows engine.io's `4`
 */
export function findCredential(text: string): Credential | undefined {
	const packet = mayHoldCredential(text) ? readSocketPacket(text) : undefined;
	if (packet?.kind === "connect") {
		const { namespace, auth, payloadAt } = packet;
		// The server has no other namespace, and says so itself.
		if (namespace !== "/") return undefined;
		return auth.session
			? { asks: "connect", secret: "session", token: auth.session, payloadAt, path: ["session"] }
			: { asks: "connect", secret: "browser", token: auth.token, payloadAt, path: ["token"] };
	}
	if (packet?.kind !== "event" || packet.args[0] !== "message") return undefined;
	const { payloadAt } = packet;
	const { type, token, user, jwtSession, jwtOpen } = Object(packet.args[1]);
	if (type !== "auth" || !token || !user) return undefined;
	return jwtSession
		? { asks: "auth", secret: "session", token: jwtSession, payloadAt, path: [1, "jwtSession"] }
		: { asks: "auth", secret: "browser", token: jwtOpen, payloadAt, path: [1, "jwtOpen"] };
}

/** A blank type is CONNECT to the server. */
function mayHoldCredential(text: string): boolean {
	return /^(?:[0\s]|$)/.test(text) || (/^[25]/.test(text) && MAY_SPELL_AUTH.test(text));
}

/** An accepted packet, as it goes to the origin: its token signed again where the origin holds another key. */
export type AcceptedPacket = Acceptance & { readonly text: string };

/** @param text of the packet that the credential was found in */
export async function checkCredential(
	text: string,
	{ token, secret, payloadAt, path }: Credential,
	host: Host,
	nowSeconds: number,
): Promise<AcceptedPacket | Refusal> {
	if (!token && !host.tokenEnabled.browser) return { ...accept(), text };
	const verdict = await verifyToken(token, host.keys[secret], tokenRules(host, nowSeconds));
	if (!verdict.ok) return verdict;
	if (host.urlHosts && !allowsUrls(verdict.claims, host.urlHosts))
		return refuse("token_url_host", "invalid token");
	const originKey = originKeyFor(host, secret, verdict);
	if (originKey === undefined) return { ...verdict, text };
	const resigned = await resignToken(String(token), originKey);
	const payload = replaceJsonString(text.slice(payloadAt), path, resigned);
	return { ...verdict, text: text.slice(0, payloadAt) + payload };
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
