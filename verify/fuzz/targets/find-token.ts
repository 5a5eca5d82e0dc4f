/**
 * `findToken` for every list of places in the route table. The other reading parses the whole body and the whole query
 * into objects, as the server does.
 *
 * An input has three lines: the query, the header `Authorization`, and the body.
 */
import { isDeepStrictEqual } from "node:util";
import parseQuery from "qs/lib/parse.js";
import { parseJson } from "../../../src/encoding/json.ts";
import { replaceTokenInBody } from "../../../src/rewrite/body.ts";
import { replaceParameter } from "../../../src/rewrite/query-parameter.ts";
import { ROUTES } from "../../../src/routes/document-server-routes.ts";
import { INTEGRATION_ROUTES } from "../../../src/routes/integration-routes.ts";
import type { TokenPlace, TokenRequirement } from "../../../src/routes/route.ts";
import { findToken, type RequestParts } from "../../../src/token/find-token.ts";
import { type FuzzTarget, hold } from "../target.ts";
import { vectorBodies } from "../vectors.ts";

const HEADER = { name: "Authorization", prefix: "Bearer " };
const TOKEN_LIMIT = 262_144;
const REPLACEMENT = "a.b.c";

const requirements = [...ROUTES, ...Object.values(INTEGRATION_ROUTES)].flatMap(({ requires }) =>
	requires.kind === "token" ? [requires] : [],
);
/** Each list once. */
const LISTS: readonly TokenRequirement["places"][] = [
	...new Map(requirements.map(({ places }) => [JSON.stringify(places), places])).values(),
];

export const findTokenTarget: FuzzTarget = {
	name: "find-token",
	seeds: () => [
		...vectorBodies().map((body) => `\n\n${body}`),
		"token=a.b.c&key=k\nBearer d.e.f\n",
		'cmd={"tokenDownload":"a.b.c","tokenSession":"d.e.f"}\n\n',
		"token[]=a&token[b]=c&token=d\nbearer x\n{}",
		'token=q\nBearer h\n{"token":"b","token":0,"key":{"a":[1]}}',
		"\n\n5",
		'\n\n"token"',
		'\n\n{"__proto__":{"token":"a"}}',
	],
	// biome-ignore format: a list
	words: [
		"\n", "token", '"token"', '"key"', "token=", "key=", "cmd=", '"tokenDownload"', '"tokenSession"',
		"Bearer ", "a.b.c", "[]", "[token]", "%5B", "%5D", "&", "=", "+", "%20", "__proto__",
		"constructor", "toString", "hasOwnProperty", '{"token":"a.b.c"}', '"\\u0074oken"', "null", "false",
		"true", "0", "-0", "0e5", '""', "[", "]", "{", "}", ",", ":",
	],
	longest: 60_000,
	bound: { constant: 300_000, perCharacter: 600 },
	call: (input) => LISTS.map((places) => findToken(places, partsOf(input), HEADER)),
	check: (input) => LISTS.map((places) => compare(places, partsOf(input))).join(" "),
};

function partsOf(input: string): RequestParts {
	const [query = "", header = "", ...body] = input.split("\n");
	const headers = new Headers();
	const value = header.replace(/[^\t -~\x80-\xff]/g, "");
	if (value.trim() !== "") headers.set(HEADER.name, value);
	return { query, headers, body: body.join("\n"), tokenLimit: TOKEN_LIMIT };
}

function compare(places: TokenRequirement["places"], parts: RequestParts): string {
	const found = findToken(places, parts, HEADER);
	const expected = asTheServer(places, parts);
	if ("ok" in found) {
		hold("only a `cmd` that is not JSON is refused", expected === found.reason);
		return found.reason;
	}
	if (typeof expected === "string") throw new Error("a `cmd` that is not JSON was accepted");
	const isSame =
		typeof expected.token === "string"
			? found.token === expected.token
			: Boolean(found.token) === Boolean(expected.token);
	hold("the token is the one that the server finds", isSame || (!found.token && !expected.token));
	hold("the token is found in the server's place", !found.token || found.place === expected.place);
	if (typeof found.token === "string") checkReplaced(places, parts, found.place);
	const key = found.place === "body" || found.place === "query" ? found.echoedKey : undefined;
	return `${found.token ? found.place : "none"} ${typeof found.token} ${typeof key} ${found.bodyIsJson}`;
}

interface Expected {
	readonly token: unknown;
	readonly place: TokenPlace | "body";
}

/** The server's `getRequestParams` and `checkJwtHeader`, over parsed objects. */
function asTheServer(
	places: TokenRequirement["places"],
	{ query, headers, body }: RequestParts,
): Expected | "cmd_malformed" {
	const parsed = parseJson(body);
	const queried = query === "" ? {} : parseQuery(query, { allowPrototypes: true });
	const header = headers.get(HEADER.name);
	for (const [searched] of places) {
		const place = searched === "params" ? (parsed ? "body" : "query") : searched;
		let token: unknown;
		if (place === "header")
			token = header?.startsWith(HEADER.prefix) ? header.slice(HEADER.prefix.length) : "";
		else if (place === "query") token = queried.token;
		else if (place === "body") token = ownMember(parsed, "token");
		else {
			const cmd = parseJson(queried.cmd);
			if (cmd === undefined) return "cmd_malformed";
			token = Object(cmd)[place.slice("cmd.".length)];
		}
		if (token) return { token, place };
	}
	return { token: undefined, place: "header" };
}

const ownMember = (value: unknown, name: string): unknown =>
	typeof value === "object" && value !== null && !Array.isArray(value) && Object.hasOwn(value, name)
		? (value as Record<string, unknown>)[name]
		: undefined;

/** A re-signed token stands where the old one stood, and everything else is as it was. */
function checkReplaced(places: TokenRequirement["places"], parts: RequestParts, place: string): void {
	if (place === "body") {
		const bytes = replaceTokenInBody({ text: parts.body, decoded: Buffer.from(parts.body) }, REPLACEMENT);
		const [before, after] = [parts.body, Buffer.from(bytes).toString()].map((text) => parseJson(text));
		const expected = { ...(before as object), token: REPLACEMENT };
		// A lone surrogate cannot be sent: its bytes become U+FFFD.
		if (parts.body.isWellFormed())
			hold("only the body's token is replaced", isDeepStrictEqual(after, expected));
	}
	if (place === "query") {
		const replaced = replaceParameter(parts.query, "token", () => REPLACEMENT);
		if ("ok" in replaced) return;
		const found = findToken(places, { ...parts, query: replaced.query }, HEADER);
		hold("only the query's token is replaced", !("ok" in found) && found.token === REPLACEMENT);
	}
}
