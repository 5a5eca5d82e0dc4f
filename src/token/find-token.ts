/**
 * Finds the one token that the Document Server would check.
 *
 * The parameters of an API call are its JSON body if the body is truthy, else its query. If they hold a truthy token,
 * the server checks only that token. Otherwise it searches the next place. Source: the server's `getRequestParams`,
 * `checkJwtHeader`, the handlers in `canvasservice.js` and `fileuploaderservice.js`.
 */
import parseQuery from "qs/lib/parse.js";
import { parseJson } from "../encoding/json.ts";
import {
	isTruthyAt,
	type ScannedJson,
	type Span,
	scanJson,
	stringOrTruth,
	valueAt,
} from "../encoding/json-scan.ts";
import type { TokenPlace, TokenRequirement, TokenSecret } from "../routes/route.ts";
import { type Refusal, refuse } from "../verdict.ts";

export interface TokenHeader {
	readonly name: string;
	/** With its space: `Bearer `. The server compares the prefix exactly. */
	readonly prefix: string;
}

/** The session endpoints read this header, whatever `token.inbox.header` says. */
const SESSION_HEADER: TokenHeader = { name: "Authorization", prefix: "Bearer " };

/** A longer `key` is not echoed in a refusal. Real keys have up to 240 characters. */
const ECHO_LIMIT_CHARACTERS = 64 * 1024;

export interface RequestParts {
	/** Without `?`. */
	readonly query: string;
	readonly headers: Headers;
	/** The body's text; "" if the route does not read it. */
	readonly body: string;
	/** A longer token in a body is refused before it is decoded. */
	readonly tokenLimit: number;
}

/** Where a token was found: `params` is either the body or the query. */
export type FoundPlace = Exclude<TokenPlace, "params"> | "body";

export interface FoundToken {
	/** A truthy value of any type; `undefined` if no place holds one. */
	readonly token: unknown;
	/** The secret that the token has to be signed with. */
	readonly secret: TokenSecret;
	readonly place: FoundPlace;
	/** The header that may hold a token of this secret. */
	readonly header: TokenHeader;
	/** The `key` parameter, which the command service repeats in its refusal; `undefined` if there is none. */
	readonly echoedKey?: unknown;
	/** The parsed `cmd` parameter, on routes that look for a token there. */
	readonly cmd?: unknown;
	/** Whether the body is JSON of any kind. */
	readonly bodyIsJson: boolean;
}

/** @returns `cmd_malformed` if the token would be in `cmd` and `cmd` is not JSON; `token_too_long` */
export function findToken(
	places: TokenRequirement["places"],
	parts: RequestParts,
	inboxHeader: TokenHeader,
): FoundToken | Refusal {
	const body = parts.body === "" ? undefined : scanJson(parts.body, 0, ["token", "key"]);
	const bodyIsJson = body !== undefined;
	// A JSON body like `5` or `"x"` has no parameters, but the server does not read the query beside it.
	const hidesQuery = body !== undefined && isTruthyAt(parts.body, body);
	let echoedKey: unknown;
	let cmd: unknown;
	let last: FoundToken | undefined;
	for (const [searched, secret] of places) {
		const place: FoundPlace = searched === "params" ? (hidesQuery ? "body" : "query") : searched;
		const header = secret === "session" ? SESSION_HEADER : inboxHeader;
		let token: unknown;
		if (place === "header") {
			token = readHeader(parts.headers, header);
		} else if (place === "query") {
			({ token, key: echoedKey } = readQuery(parts.query));
		} else if (place === "body") {
			const span = body?.members.get("token");
			if (span && isLongString(parts.body, span, parts.tokenLimit))
				return refuse("token_too_long", "invalid token");
			token = span && stringOrTruth(parts.body, span);
			echoedKey = body && readKey(parts.body, body);
		} else {
			cmd ??= parseJson(readQuery(parts.query).cmd);
			if (cmd === undefined) return refuse("cmd_malformed");
			token = Object(cmd)[place.slice("cmd.".length)];
		}
		const found = { token, secret, place, header, echoedKey, cmd, bodyIsJson };
		if (token) return found;
		last = { ...found, token: undefined };
	}
	return last ?? { token: undefined, secret: "inbox", place: "header", header: inboxHeader, bodyIsJson };
}

/** Length of the longest escape of one character: `\u0061`. */
const ESCAPE_CHARACTERS = 6;

const isLongString = (text: string, { start, end }: Span, limit: number): boolean =>
	text[start] === '"' && end - start > limit * ESCAPE_CHARACTERS;

function readKey(text: string, { members }: ScannedJson): unknown {
	const span = members.get("key");
	return span && span.end - span.start <= ECHO_LIMIT_CHARACTERS ? valueAt(text, span) : undefined;
}

/** Express calls the same parser: brackets nest, repeated names make arrays, and only the first 1000 parts count. */
function readQuery(query: string): Readonly<Record<string, unknown>> {
	return query === "" ? {} : parseQuery(query, { allowPrototypes: true });
}

function readHeader(headers: Headers, { name, prefix }: TokenHeader): string | undefined {
	const value = headers.get(name);
	return value?.startsWith(prefix) ? value.slice(prefix.length) : undefined;
}
