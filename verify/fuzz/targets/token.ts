/**
 * `verifyToken`. An accepted token is signed once more with Node's HMAC; a token that is signed here may be refused for
 * its claims only; a re-signed token is good at the origin and has the same claims. Base64url is read by Node's Buffer too.
 *
 * In an input, `$SIGN` at the end stands for the right signature of the rest.
 */
import { createHmac } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { decodeBase64Url, readBase64 } from "../../../src/encoding/base64.ts";
import { parseJson } from "../../../src/encoding/json.ts";
import { signTokenForOrigin } from "../../../src/token/sign-for-origin.ts";
import { tokenRules, verifyToken } from "../../../src/token/verify-token.ts";
import { HOST, NOW_SECONDS, ORIGIN_HOST, TOKEN_KEY, TOKEN_SECRETS } from "../hosts.ts";
import { type FuzzTarget, hold } from "../target.ts";
import { vectorTokens } from "../vectors.ts";

const RULES = tokenRules(HOST, NOW_SECONDS);
const HASHES: Readonly<Record<string, string>> = { HS256: "sha256", HS384: "sha384", HS512: "sha512" };
const SIGN = "$SIGN";
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const parts = (header: object, payload: unknown) => `${encode(header)}.${encode(payload)}.${SIGN}`;
const JWT = { alg: "HS256", typ: "JWT" };

export const tokenTarget: FuzzTarget = {
	name: "token",
	seeds: () => [
		...vectorTokens(),
		parts(JWT, { c: "version" }),
		parts({ alg: "HS384" }, '{"exp":4102444800}'),
		parts({ ...JWT, alg: "HS512", kid: "second" }, { iat: 1, nbf: 1, exp: 4102444800.5 }),
		parts(JWT, { exp: "1" }),
		parts(JWT, { nbf: 4102444800 }),
		parts(JWT, [1]),
		parts({ ...JWT, crit: ["x"] }, {}),
	],
	// biome-ignore format: a list
	words: [
		SIGN, ".", "..", "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9", encode({ alg: "none" }),
		encode({ alg: "HS512" }), encode({ alg: ["HS256"] }), encode({ alg: "HS256", typ: "jwt" }),
		encode({ exp: 1 }), encode({ exp: "x" }), encode({ nbf: 9e9 }), encode("{}"), encode(null),
		encode(0), "=", "==", "+", "/", "-", "_", "A", "\n", " ", "Bearer ",
	],
	longest: 60_000,
	bound: { constant: 500_000, perCharacter: 60 },
	call: (input) => verifyToken(input, HOST.keys.inbox, RULES),
	check: async (input) => {
		checkBase64(input);
		const { token, isSigned } = signed(input);
		const verdict = await verifyToken(token, HOST.keys.inbox, RULES);
		if (!verdict.ok) {
			const isOfSignature = verdict.reason === "token_signature";
			hold("a token with the right signature is not refused for it", !(isSigned && isOfSignature));
			return `${verdict.reason} ${verdict.message ?? ""}`;
		}
		const text = token.slice(0, token.lastIndexOf("."));
		const signature = token.slice(text.length + 1);
		const hash = HASHES[algorithmOf(token)];
		const isRight = (secret: string) =>
			hash !== undefined && createHmac(hash, secret).update(text).digest("base64url") === signature;
		hold("an accepted token is signed", TOKEN_SECRETS.some(isRight));
		const [originKey] = ORIGIN_HOST.keys.inbox.keys;
		const reSigned = originKey ? await signTokenForOrigin(token, originKey) : "";
		const atOrigin = await verifyToken(reSigned, ORIGIN_HOST.keys.inbox, RULES);
		const isEqual = atOrigin.ok && isDeepStrictEqual(atOrigin.claims, verdict.claims);
		hold("a re-signed token is good at the origin, with the same claims", isEqual);
		return `accepted ${algorithmOf(token)} ${typeof verdict.claims} ${"issuedAt" in verdict}`;
	},
};

const algorithmOf = (token: string): string =>
	String(Object(parseJson(Buffer.from(token.split(".")[0] ?? "", "base64url").toString("latin1"))).alg);

function signed(input: string): { token: string; isSigned: boolean } {
	if (!input.endsWith(SIGN)) return { token: input, isSigned: false };
	const text = input.slice(0, -SIGN.length).replace(/\.$/, "");
	const hash = HASHES[algorithmOf(text)] ?? "sha256";
	const signature = createHmac(hash, TOKEN_KEY.secret).update(text).digest("base64url");
	return { token: `${text}.${signature}`, isSigned: true };
}

function checkBase64(input: string): void {
	const isPlain = /^[\w-]*$/.test(input);
	const decoded = decodeBase64Url(input);
	if (isPlain) {
		const byNode = Buffer.from(input, "base64url").toString("latin1");
		hold("base64url is decoded as Node's Buffer decodes it", decoded === byNode);
	} else hold("a text with another character is not base64url", decoded === undefined);
	const strict = readBase64(input);
	const written = strict && btoa(Buffer.from(strict).toString("latin1"));
	hold("strict base64 has one spelling for one value", strict === undefined || written === input);
}
