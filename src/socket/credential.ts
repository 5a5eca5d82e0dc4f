/**
 * Who may talk through the editor's socket: the tokens in its CONNECT packet and its later `auth` message.
 *
 * The same rule in both: the session token if there is one, else the one the editor was opened with, and
 * never the other after the first. Refusals are the server's own packets. Source: the server's
 * `DocsCoServer.js`, `io.use` and `auth`.
 */

import { allowsUrls } from "../claims/url-hosts.ts";
import type { Host } from "../config/host.ts";
import { originKeyFor } from "../config/secrets/origin-key.ts";
import {
	isTruthyAt,
	type ScannedJson,
	type Span,
	scanJson,
	stringOrTruth,
	valueAt,
} from "../encoding/json-scan.ts";
import { replaceJsonString } from "../rewrite/json-splice.ts";
import { signTokenForOrigin } from "../token/sign-for-origin.ts";
import { tokenRules, verifyToken } from "../token/verify-token.ts";
import { type Acceptance, accept, type Refusal, refuse } from "../verdict.ts";
import { isPageToken, namesListedHosts } from "../wopi/page-token.ts";
import { readMessage } from "./message.ts";

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

/** A JSON text in which some string is `auth` has one of these: quoted, or one of its letters escaped. */
const MAY_SPELL_AUTH = /"auth"|\\u00(?:61|75|74|68)/i;

/**
 * The credential in a socket.io packet, `undefined` when it needs none.
 *
 * @param text what follows engine.io's `4`
 * @param limitBytes a longer packet is not read
 * @returns `socket_packet_size` for a longer packet that may hold a credential
 */
export function findCredential(text: string, limitBytes: number): Credential | Refusal | undefined {
	if (!mayHoldCredential(text)) return undefined;
	if (text.length > limitBytes) return refuse("socket_packet_size");
	const packet = readMessage(text);
	if (packet?.kind === "connect") {
		const { namespace, auth, payloadAt } = packet;
		// The server has no other namespace, and says so itself.
		return namespace === "/" ? credentialOf(text, auth, payloadAt, CONNECT) : undefined;
	}
	if (packet?.kind !== "event") return undefined;
	const { args, payloadAt } = packet;
	const [event, data] = [args.get(0), args.get(1)];
	if (!event || !data || !isString(text, event, "message")) return undefined;
	const argument = text.slice(data.start, data.end);
	const members = scanJson(argument, 0, ["type", "token", "user", "jwtSession", "jwtOpen"])?.members;
	const [type, token, user] = ["type", "token", "user"].map((name) => members?.get(name));
	if (!members || !type || !token || !user || !isString(argument, type, "auth")) return undefined;
	const isAuth = isTruthyAt(argument, token) && isTruthyAt(argument, user);
	return isAuth ? credentialOf(argument, members, payloadAt, AUTH) : undefined;
}

interface Asking {
	readonly asks: Credential["asks"];
	/** Names of the tokens, and where they stand in the packet's JSON. */
	readonly session: string;
	readonly open: string;
	readonly path: Credential["path"];
}
const CONNECT: Asking = { asks: "connect", session: "session", open: "token", path: [] };
const AUTH: Asking = { asks: "auth", session: "jwtSession", open: "jwtOpen", path: [1] };

function credentialOf(
	text: string,
	members: ScannedJson["members"],
	payloadAt: number,
	{ asks, session, open, path }: Asking,
): Credential {
	const tokenOf = (name: string) => {
		const span = members.get(name);
		return span && stringOrTruth(text, span);
	};
	const token = tokenOf(session);
	return token
		? { asks, secret: "session", token, payloadAt, path: [...path, session] }
		: { asks, secret: "browser", token: tokenOf(open), payloadAt, path: [...path, open] };
}

/** Whether that string stands there, in any spelling. */
function isString(text: string, span: Span, value: string): boolean {
	const isShort = span.end - span.start <= value.length * ESCAPED_CHARACTERS + '""'.length;
	return isShort && valueAt(text, span) === value;
}

/** `\u0061` */
const ESCAPED_CHARACTERS = 6;

/** A blank type is CONNECT to the server. */
function mayHoldCredential(text: string): boolean {
	return /^(?:[0\s]|$)/.test(text) || (/^[25]/.test(text) && MAY_SPELL_AUTH.test(text));
}

/** An accepted packet, as it goes to the origin: its token signed again where the origin holds another key. */
export type AcceptedMessage = Acceptance & { readonly text: string };

/** @param text of the packet that the credential was found in */
export async function checkCredential(
	text: string,
	{ token, secret, payloadAt, path }: Credential,
	host: Host,
	nowSeconds: number,
): Promise<AcceptedMessage | Refusal> {
	if (!token && !host.tokenEnabled.browser) return { ...accept(), text };
	const verdict = await verifyToken(token, host.keys[secret], tokenRules(host, nowSeconds));
	if (!verdict.ok) return verdict;
	if (host.urlHosts && !allowsUrls(verdict.claims, host.urlHosts))
		return refuse("token_url_host", "invalid token");
	if (isPageToken(verdict.claims) && !namesListedHosts(verdict.claims, host.wopi))
		return refuse("wopi_source", "invalid token");
	const originKey = originKeyFor(host, secret, verdict);
	if (originKey === undefined) return { ...verdict, text };
	const resigned = await signTokenForOrigin(String(token), originKey);
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
