/**
 * Generates tokens of the editor's socket, and JSON objects that hold them: with escapes in names and values, and with a
 * name twice.
 */
import fc from "fast-check";
import jsonwebtoken from "jsonwebtoken";
import { FAR } from "../../test/node/support/cached-files.ts";
import { TOKEN_SECRETS } from "../../test/node/support/vectors.ts";
import { PAST } from "./credentials.ts";
import { weighted } from "./edits.ts";

const CLAIMS = {
	document: { key: "doc1", url: "http://files.test/a.docx" },
	editorConfig: { user: { id: "u" } },
};
const sign = (claims: object, secret = TOKEN_SECRETS.browser) =>
	jsonwebtoken.sign({ iat: PAST, ...claims }, secret);
export const GOOD = sign({ ...CLAIMS, exp: FAR });
export const GOOD_SESSION = sign({ ...CLAIMS, exp: FAR }, TOKEN_SECRETS.session);

/** Values of a token's member, as JSON. Both good ones are bad where the other secret counts. */
const TOKENS: readonly (readonly [weight: number, json: string])[] = [
	[14, JSON.stringify(GOOD)],
	[8, JSON.stringify(GOOD_SESSION)],
	[3, JSON.stringify(sign({ ...CLAIMS, exp: PAST }))],
	[1, JSON.stringify(sign({ ...CLAIMS, exp: PAST }, TOKEN_SECRETS.session))],
	[2, JSON.stringify(sign({ ...CLAIMS, nbf: FAR }))],
	[3, JSON.stringify(sign(CLAIMS, "another secret"))],
	[1, JSON.stringify(jsonwebtoken.sign({ ...CLAIMS, iat: PAST }, null, { algorithm: "none" }))],
	[1, JSON.stringify(sign({ c: "no document" }))],
	[1, JSON.stringify(`${GOOD} `)],
	[1, JSON.stringify(GOOD.slice(0, -1))],
	...['""', '"a.b.c"', "null", "0", "5", "true", "false", "[]", "{}", `[${JSON.stringify(GOOD)}]`].map(
		(json) => [1, json] as const,
	),
];
/** Some characters of a string as escapes: `\u0074oken`. */
const ESCAPED = weighted<(json: string) => string>(
	[8, (json) => json],
	[
		1,
		(json) => json.replace(/^"([a-z])/i, (_, first: string) => `"\\u00${first.charCodeAt(0).toString(16)}`),
	],
	[1, (json) => json.replace(/[aeo]/, (one) => `\\u00${one.charCodeAt(0).toString(16).toUpperCase()}`)],
	[1, (json) => json.replace("/", "\\/")],
);
export const json = (choices: typeof TOKENS) =>
	fc.tuple(weighted(...choices), ESCAPED).map(([text, write]) => write(text));
const name = (text: string) => ESCAPED.map((write) => write(JSON.stringify(text)));
export const member = (key: string, value: fc.Arbitrary<string>) =>
	fc.tuple(name(key), value).map((pair) => pair.join(":"));
export const ofMembers = (...members: fc.Arbitrary<string>[]) =>
	fc
		.tuple(
			fc
				.shuffledSubarray(members, { minLength: Math.max(0, members.length - 1) })
				.chain((some) => fc.tuple(...some)),
			weighted([9, ","], [1, " ,\n"]),
		)
		.map(([texts, comma]) => `{${texts.join(comma)}}`);

export const TOKEN = json(TOKENS);
