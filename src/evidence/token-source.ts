/**
 * Finds the one token that the Document Server would look at, and nothing besides.
 *
 * The parameters of a call are its JSON body if that is truthy, else its query; a truthy `token` among
 * them decides alone, else the header does. Source: the server's `getRequestParams`, `checkJwtHeader`.
 */
import parseQuery from "qs/lib/parse.js";
import type { TokenPlace } from "../policy/routes.ts";

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

export interface FoundToken {
	/** Whatever is there, of any type; `undefined` when there is none. */
	readonly token: unknown;
	/** The `key` parameter, which the command service repeats in its refusal; `undefined` when there is none. */
	readonly key: unknown;
}

export function findToken(places: readonly TokenPlace[], call: CallParts, header: TokenHeader): FoundToken {
	let key: unknown;
	for (const place of places) {
		if (place === "header") {
			const token = readHeader(call.headers, header);
			if (token) return { token, key };
			continue;
		}
		const params = place === "params" ? readParams(call) : readQuery(call.query);
		key = params.key;
		if (params.token) return { token: params.token, key };
	}
	return { token: undefined, key };
}

/** A JSON body that is `5` or `"x"` has no parameters, and still hides the query. */
function readParams({ body, query }: CallParts): Readonly<Record<string, unknown>> {
	const params = parseJson(body);
	return params ? Object(params) : readQuery(query);
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

/** The server's own parser, as Express calls it: brackets nest, repeated names make arrays, 1000 parts. */
function readQuery(query: string): Readonly<Record<string, unknown>> {
	return query === "" ? {} : parseQuery(query, { allowPrototypes: true });
}

function readHeader(headers: Headers, { name, prefix }: TokenHeader): string | undefined {
	const value = headers.get(name);
	return value?.startsWith(prefix) ? value.slice(prefix.length) : undefined;
}
