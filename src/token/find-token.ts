/**
 * Finds the one token that the Document Server would look at, and nothing besides.
 *
 * The parameters of a call are its JSON body if that is truthy, else its query; a truthy token among them
 * decides alone, else the next place is looked at. Source: the server's `getRequestParams`,
 * `checkJwtHeader`, and the handlers in `canvasservice.js` and `fileuploaderservice.js`.
 */
import parseQuery from "qs/lib/parse.js";
import { parseJson } from "../encoding/json.ts";
import { isTruthyAt, type ScannedJson, type Span, scanJson, stringOrTruth, valueAt } from "../encoding/json-scan.ts";
import type { TokenEvidence, TokenPlace, TokenSecret } from "../routes/document-server-routes.ts";
import { type Refusal, refuse } from "../verdict.ts";

export interface TokenHeader {
	readonly name: string;
	/** With its space: `Bearer `. Compared exactly. */
	readonly prefix: string;
}

/** The session endpoints read their token here, whatever `token.inbox.header` says. */
const SESSION_HEADER: TokenHeader = { name: "Authorization", prefix: "Bearer " };

/** A longer `key` is not repeated in a refusal: real ones have up to 240 characters. */
const ECHO_LIMIT_CHARACTERS = 64 * 1024;

export interface CallParts {
	/** Without `?`. */
	readonly query: string;
	readonly headers: Headers;
	/** Text of the body; "" when it was not to be read. */
	readonly body: string;
	/** A token that is written longer than this is not read out of a body. */
	readonly tokenLimit: number;
}

/** Where a token was: `params` is either of body and query. */
export type TokenOrigin = Exclude<TokenPlace, "params"> | "body";

export interface FoundToken {
	/** Whatever is there, of any type; `undefined` when there is none. */
	readonly token: unknown;
	/** The secret that has to have signed it. */
	readonly secret: TokenSecret;
	readonly from: TokenOrigin;
	/** Where a token of that kind stands, if it is in a header. */
	readonly header: TokenHeader;
	/** The `key` parameter, which the command service repeats in its refusal; `undefined` when there is none. */
	readonly key?: unknown;
	/** The parsed `cmd` parameter, where the token would be in it. */
	readonly cmd?: unknown;
	/** Whether the body is JSON, of any kind. */
	readonly bodyIsJson: boolean;
}

/** @returns `cmd_malformed` where a token would be in the `cmd` parameter and that is not JSON; `token_too_long` */
export function findToken(
	places: TokenEvidence["places"],
	call: CallParts,
	inboxHeader: TokenHeader,
): FoundToken | Refusal {
	const body = call.body === "" ? undefined : scanJson(call.body, 0, ["token", "key"]);
	const bodyIsJson = body !== undefined;
	// A JSON body that is `5` or `"x"` has no parameters, and still hides the query.
	const hidesQuery = body !== undefined && isTruthyAt(call.body, body);
	let key: unknown;
	let cmd: unknown;
	let nothing: FoundToken | undefined;
	for (const [place, secret] of places) {
		const from: TokenOrigin = place === "params" ? (hidesQuery ? "body" : "query") : place;
		const header = secret === "session" ? SESSION_HEADER : inboxHeader;
		let token: unknown;
		if (from === "header") {
			token = readHeader(call.headers, header);
		} else if (from === "query") {
			({ token, key } = readQuery(call.query));
		} else if (from === "body") {
			const span = body?.members.get("token");
			if (span && isLongString(call.body, span, call.tokenLimit))
				return refuse("token_too_long", "invalid token");
			token = span && stringOrTruth(call.body, span);
			key = body && readKey(call.body, body);
		} else {
			cmd ??= parseJson(readQuery(call.query).cmd);
			if (cmd === undefined) return refuse("cmd_malformed");
			token = Object(cmd)[from.slice("cmd.".length)];
		}
		const found = { token, secret, from, header, key, cmd, bodyIsJson };
		if (token) return found;
		nothing = { ...found, token: undefined };
	}
	return nothing ?? { token: undefined, secret: "inbox", from: "header", header: inboxHeader, bodyIsJson };
}

/** Each character of a token is one in JSON, or an escape of up to six. */
const ESCAPED_CHARACTERS = 6;

const isLongString = (text: string, { start, end }: Span, limit: number): boolean =>
	text[start] === '"' && end - start > limit * ESCAPED_CHARACTERS;

function readKey(text: string, { members }: ScannedJson): unknown {
	const span = members.get("key");
	return span && span.end - span.start <= ECHO_LIMIT_CHARACTERS ? valueAt(text, span) : undefined;
}

/** The server's own parser, as Express calls it: brackets nest, repeated names make arrays, 1000 parts. */
function readQuery(query: string): Readonly<Record<string, unknown>> {
	return query === "" ? {} : parseQuery(query, { allowPrototypes: true });
}

function readHeader(headers: Headers, { name, prefix }: TokenHeader): string | undefined {
	const value = headers.get(name);
	return value?.startsWith(prefix) ? value.slice(prefix.length) : undefined;
}
