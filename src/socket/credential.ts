/**
 * Finds and checks the credentials of the editor's socket: tokens in its CONNECT and in its later `auth` message.
 *
 * In both messages the edge checks the session token if there is one, else the token that the editor was opened with. A
 * bad session token is refused, even if the other token is good. Refusals are the server's own packets.
 * Source: the server's `DocsCoServer.js`, `io.use` and `auth`.
 */
import { allowsUrls } from "../claims/url-hosts.ts";
import type { Host } from "../config/host.ts";
import { originKeyFor } from "../config/secrets/origin-key.ts";
import { findDenial } from "../deny/after-credential.ts";
import { type CredentialFacts, socketFacts } from "../deny/credential-facts.ts";
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
import { maySpellAuth } from "./unread.ts";

/** The token of a message that the server accepts only with a token. */
export interface Credential {
	/** The message that holds the token. */
	readonly carrier: "connect" | "auth";
	readonly secret: "session" | "browser";
	/** A string or a truth value; falsy if there is no token. */
	readonly token: unknown;
	/** Index in the text at which the message's JSON begins. */
	readonly payloadAt: number;
	/** The path of the token in that JSON. */
	readonly path: readonly (string | number)[];
	/** The `docid` of an `auth` message. It counts at the server where the token names no document. */
	readonly docid?: unknown;
}

/**
 * @param text the message: the packet after engine.io's `4`
 * @param limitBytes a longer message is not read
 * @returns `undefined` if the message needs no credential; `socket_packet_size` if a longer message may hold one
 */
export function findCredential(text: string, limitBytes: number): Credential | Refusal | undefined {
	if (!mayHoldCredential(text)) return undefined;
	if (text.length > limitBytes) return refuse("socket_packet_size");
	const message = readMessage(text);
	if (message?.kind === "connect") {
		const { namespace, auth, payloadAt } = message;
		// The server has no other namespace and refuses the CONNECT itself.
		return namespace === "/" ? credentialOf(text, auth, payloadAt, CONNECT) : undefined;
	}
	if (message?.kind !== "event") return undefined;
	const { args, payloadAt } = message;
	const [event, data] = [args.get(0), args.get(1)];
	if (!event || !data || !isString(text, event, "message")) return undefined;
	const argument = text.slice(data.start, data.end);
	const members = scanJson(argument, 0, ["type", "token", "user", "docid", "jwtSession", "jwtOpen"])?.members;
	const [type, token, user, docid] = ["type", "token", "user", "docid"].map((name) => members?.get(name));
	if (!members || !type || !token || !user || !isString(argument, type, "auth")) return undefined;
	const isAuth = isTruthyAt(argument, token) && isTruthyAt(argument, user);
	if (!isAuth) return undefined;
	const named = docid && docid.end - docid.start <= DOCID_LIMIT ? valueAt(argument, docid) : undefined;
	return { ...credentialOf(argument, members, payloadAt, AUTH), docid: named };
}

/** A document's key has up to 128 characters, each perhaps escaped. */
const DOCID_LIMIT = 1024;

/** The names of both tokens in one carrier, and the path to them in its JSON. */
interface TokenNames {
	readonly carrier: Credential["carrier"];
	readonly session: string;
	readonly open: string;
	readonly path: Credential["path"];
}
const CONNECT: TokenNames = { carrier: "connect", session: "session", open: "token", path: [] };
const AUTH: TokenNames = { carrier: "auth", session: "jwtSession", open: "jwtOpen", path: [1] };

function credentialOf(
	text: string,
	members: ScannedJson["members"],
	payloadAt: number,
	{ carrier, session, open, path }: TokenNames,
): Credential {
	const tokenOf = (name: string) => {
		const span = members.get(name);
		return span && stringOrTruth(text, span);
	};
	const token = tokenOf(session);
	return token
		? { carrier, secret: "session", token, payloadAt, path: [...path, session] }
		: { carrier, secret: "browser", token: tokenOf(open), payloadAt, path: [...path, open] };
}

/** Whether the value is this string, with or without escapes. A value that is too long for this is not parsed. */
function isString(text: string, span: Span, value: string): boolean {
	const isShort = span.end - span.start <= value.length * ESCAPE_CHARACTERS + '""'.length;
	return isShort && valueAt(text, span) === value;
}

/** Length of the longest escape of one character: `\u0061`. */
const ESCAPE_CHARACTERS = 6;

/** Selects CONNECT, and events that may be `auth`. The server reads a missing or blank type as CONNECT. */
function mayHoldCredential(text: string): boolean {
	return /^(?:[0\s]|$)/.test(text) || (/^[25]/.test(text) && maySpellAuth(text));
}

/** An accepted message as it goes to the origin: its token is re-signed if the origin holds another key. */
export type AcceptedMessage = Acceptance & {
	readonly text: string;
	/** The facts that an open socket is asked about later. */
	readonly facts: CredentialFacts;
};

/** @param text the message in which the credential was found */
export async function checkCredential(
	text: string,
	{ token, secret, payloadAt, path, docid }: Credential,
	host: Host,
	nowSeconds: number,
): Promise<AcceptedMessage | Refusal> {
	if (!token && !host.tokenEnabled.browser) {
		const facts = socketFacts({}, [docid]);
		return findDenial(facts, host.deny, "invalid token") ?? { ...accept(), text, facts };
	}
	const verdict = await verifyToken(token, host.keys[secret], tokenRules(host, nowSeconds));
	if (!verdict.ok) return verdict;
	if (host.urlHosts && !allowsUrls(verdict.claims, host.urlHosts))
		return refuse("token_url_host", "invalid token");
	if (isPageToken(verdict.claims) && !namesListedHosts(verdict.claims, host.wopi))
		return refuse("wopi_source", "invalid token");
	const facts = socketFacts(verdict, [docid]);
	const denied = findDenial(facts, host.deny, "invalid token");
	if (denied) return denied;
	const originKey = originKeyFor(host, secret, verdict);
	if (originKey === undefined) return { ...verdict, text, facts };
	const reSigned = await signTokenForOrigin(String(token), originKey);
	const payload = replaceJsonString(text.slice(payloadAt), path, reSigned);
	return { ...verdict, text: text.slice(0, payloadAt) + payload, facts };
}

/** @returns the engine.io packets that the server sends for a refused credential */
export function refusalPackets(carrier: Credential["carrier"], refusal: Pick<Refusal, "message">): string[] {
	const { message } = refusal;
	const data = {
		code: message === undefined ? null : message === "jwt expired" ? EXPIRED : INVALID,
		description: message === undefined ? null : `token:${message}`,
	};
	if (carrier === "connect") return [`44${JSON.stringify({ message: "not authorized", data })}`];
	return [`42${JSON.stringify(["message", { type: "disconnectReason", ...data }])}`, "41"];
}

/** The server's `JWT_EXPIRED_CODE` and `JWT_ERROR_CODE`. */
const EXPIRED = 4005;
const INVALID = 4006;
