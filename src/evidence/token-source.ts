/**
 * Finds the one token that the Document Server would look at, and nothing besides.
 *
 * The parameters of a call are its JSON body if that is truthy, else its query; a truthy token among them
 * decides alone, else the next place is looked at. Source: the server's `getRequestParams`,
 * `checkJwtHeader`, and the handlers in `canvasservice.js` and `fileuploaderservice.js`.
 */
import parseQuery from "qs/lib/parse.js";
import { parseJson } from "../json.ts";
import type { TokenEvidence, TokenPlace, TokenSecret } from "../policy/routes.ts";
import { type Refusal, refuse } from "../verdict.ts";

export interface TokenHeader {
	readonly name: string;
	/** With its space: `Bearer `. Compared exactly. */
	readonly prefix: string;
}

export interface CallParts {
	/** Without `?`. */
	readonly query: string;
	readonly headers: Headers;
	/** Text of the body; "" when it was not to be read. */
	readonly body: string;
}

/** Where a token was: `params` is either of body and query. */
export type TokenOrigin = Exclude<TokenPlace, "params"> | "body";

export interface FoundToken {
	/** Whatever is there, of any type; `undefined` when there is none. */
	readonly token: unknown;
	/** The secret that has to have signed it. */
	readonly secret: TokenSecret;
	readonly from: TokenOrigin;
	/** The `key` parameter, which the command service repeats in its refusal; `undefined` when there is none. */
	readonly key?: unknown;
	/** Whether the body is JSON, of any kind. */
	readonly bodyIsJson: boolean;
}

/** @returns `cmd_malformed` where a token would be in the `cmd` parameter, and that is no JSON */
export function findToken(
	places: TokenEvidence["places"],
	call: CallParts,
	header: TokenHeader,
): FoundToken | Refusal {
	// A JSON body that is `5` or `"x"` has no parameters, and still hides the query.
	const body = call.body === "" ? undefined : parseJson(call.body);
	const bodyIsJson = body !== undefined;
	let key: unknown;
	let nothing: FoundToken = { token: undefined, secret: "inbox", from: "header", bodyIsJson };
	for (const [place, secret] of places) {
		const from: TokenOrigin = place === "params" ? (body ? "body" : "query") : place;
		let token: unknown;
		if (from === "header") {
			token = readHeader(call.headers, header);
		} else if (from === "body" || from === "query") {
			({ token, key } = from === "body" ? Object(body) : readQuery(call.query));
		} else {
			const cmd = parseJson(readQuery(call.query).cmd);
			if (cmd === undefined) return refuse("cmd_malformed");
			token = Object(cmd)[from.slice("cmd.".length)];
		}
		if (token) return { token, secret, from, key, bodyIsJson };
		nothing = { token: undefined, secret, from, key, bodyIsJson };
	}
	return nothing;
}

/** The server's own parser, as Express calls it: brackets nest, repeated names make arrays, 1000 parts. */
function readQuery(query: string): Readonly<Record<string, unknown>> {
	return query === "" ? {} : parseQuery(query, { allowPrototypes: true });
}

function readHeader(headers: Headers, { name, prefix }: TokenHeader): string | undefined {
	const value = headers.get(name);
	return value?.startsWith(prefix) ? value.slice(prefix.length) : undefined;
}
