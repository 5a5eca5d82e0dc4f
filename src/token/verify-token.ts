/**
 * Verifies a JWT as the Document Server does.
 *
 * WebCrypto checks the signature. Header and payload are decoded as the server decodes them. The server compares the
 * signature as text, so padding, white space and spare bits are refused first. The checks run in the server's order:
 * signature, nbf, exp. The edge also refuses a header with `crit`, which the server accepts. Never throws on a token.
 * Sources: RFC 7515 §5.2, `jsonwebtoken` 9 `verify.js` and `decode.js`.
 */
import type { Claims } from "../claims/merged-claims.ts";
import type { Host } from "../config/host.ts";
import type { HmacHash, Key, KeyRing } from "../config/secrets/key-ring.ts";
import { withLineBreaks } from "../config/secrets/line-break.ts";
import { bytesOf, decodeBase64Url } from "../encoding/base64.ts";
import { isRecord, parseJson } from "../encoding/json.ts";
import { type Acceptance, type Refusal, refuse } from "../verdict.ts";
import { checkTimes, type TimeRules } from "./time-claims.ts";

/** The algorithms that the server accepts for a shared secret, each with the form of its signature. */
export const ALGORITHMS: Readonly<Record<string, { readonly hash: HmacHash; readonly signature: RegExp }>> = {
	// The signatures have 32, 48 and 64 bytes. With 32 or 64, the last character has spare bits, which must be zero.
	HS256: { hash: "SHA-256", signature: /^[\w-]{42}[AEIMQUYcgkosw048]$/ },
	HS384: { hash: "SHA-384", signature: /^[\w-]{64}$/ },
	HS512: { hash: "SHA-512", signature: /^[\w-]{85}[AQgw]$/ },
};
const BASE64URL = /^[\w-]+$/;
/** Nearly all tokens have one of a few headers, so headers of good tokens are kept parsed. */
const KNOWN_HEADERS_LIMIT = 50;
const KNOWN_HEADER_CHARACTERS = 200;
const knownHeaders = new Map<string, Claims>();

export type TokenVerdict = (Acceptance & { readonly claims: Claims }) | Refusal;

export interface TokenRules extends TimeRules {
	/** A longer token is refused unread: each key of the ring would have to hash it. */
	readonly maxBytes: number;
	/** Whether a wrong signature is compared with each secret and a line break. */
	readonly triesLineBreak?: boolean;
}

export function tokenRules(host: Host, nowSeconds: number): TokenRules {
	const { clockToleranceSeconds: toleranceSeconds, maxTokenAgeSeconds: maxAgeSeconds, requireExp } = host;
	const { limits, logging } = host;
	return {
		nowSeconds,
		toleranceSeconds,
		maxAgeSeconds,
		requireExp,
		maxBytes: limits.tokenBytes,
		triesLineBreak: logging.nearMiss,
	};
}

/** @param token the value that stands where a token belongs; a falsy one is a missing token */
export async function verifyToken(token: unknown, keys: KeyRing, rules: TokenRules): Promise<TokenVerdict> {
	if (!token) return refuse("token_missing", "jwt must be provided");
	if (typeof token !== "string") return refuse("token_malformed", "jwt must be a string");
	if (token.length > rules.maxBytes) return refuse("token_too_long", "invalid token");
	const parts = token.split(".", 4);
	const [encodedHeader = "", encodedPayload = "", signature = ""] = parts;
	if (parts.length !== 3) return refuse("token_malformed", "jwt malformed");
	const header = readHeader(encodedHeader);
	const payload = decodeBase64Url(encodedPayload);
	const isSignature = signature === "" || BASE64URL.test(signature);
	if (header === undefined || encodedPayload === "" || payload === undefined || !isSignature)
		return INVALID_TOKEN;
	// The server asks for a signature before it looks at the algorithm.
	if (signature === "") return refuse("token_malformed", "jwt signature is required");
	const { alg } = header;
	const algorithm = typeof alg === "string" && Object.hasOwn(ALGORITHMS, alg) ? ALGORITHMS[alg] : undefined;
	if (algorithm === undefined) return refuse("token_algorithm", "invalid algorithm");
	if (!algorithm.signature.test(signature)) return INVALID_SIGNATURE;

	const signed = ENCODER.encode(token.slice(0, token.lastIndexOf(".")));
	const claimed = bytesOf(decodeBase64Url(signature) ?? "");
	for (const key of keys.candidates(rules.nowSeconds, header.kid)) {
		const hmac = key.hmac(algorithm.hash);
		const cryptoKey = hmac instanceof Promise ? await hmac : hmac;
		if (!(await crypto.subtle.verify("HMAC", cryptoKey, claimed, signed))) continue;
		keys.remember(key);
		rememberHeader(encodedHeader, header);
		return checkPayload(readPayload(payload, header.typ), key, rules);
	}
	return rules.triesLineBreak ? tryLineBreaks(token, keys, rules) : INVALID_SIGNATURE;
}

/** The token stays refused, whatever is found. */
async function tryLineBreaks(token: string, keys: KeyRing, rules: TokenRules): Promise<Refusal> {
	const verdict = await verifyToken(token, withLineBreaks(keys), { ...rules, triesLineBreak: false });
	const isStillWrong = !verdict.ok && verdict.reason === "token_signature";
	return isStillWrong ? INVALID_SIGNATURE : { ...INVALID_SIGNATURE, nearMiss: "line_break" };
}

const ENCODER = new TextEncoder();
const INVALID_TOKEN = refuse("token_malformed", "invalid token");
const INVALID_SIGNATURE = refuse("token_signature", "invalid signature");

/**
 * Decodes as the server's `jws` does: one character per byte. A header with `crit` is refused, because the edge
 * understands no extension (RFC 7515 §4.1.11).
 */
export function readHeader(encoded: string): Claims | undefined {
	const known = knownHeaders.get(encoded);
	if (known) return known;
	const header = parseJson(decodeBase64Url(encoded));
	return isRecord(header) && header.crit === undefined ? header : undefined;
}

function rememberHeader(encoded: string, header: Claims): void {
	const isShort = encoded.length <= KNOWN_HEADER_CHARACTERS;
	if (isShort && knownHeaders.size < KNOWN_HEADERS_LIMIT) knownHeaders.set(encoded, header);
}

/** Decodes as Node's `Buffer.toString()`: bad UTF-8 becomes U+FFFD, a byte order mark stays. */
const UTF8 = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });
const NOT_ASCII = /[^\0-\x7f]/;

/**
 * Reads the payload as the server's libraries do: as JSON if the header says exactly `JWT`, else as text. If the result
 * is a text that holds a JSON object or array, the text is parsed again.
 *
 * @param binary one character per byte
 * @returns `undefined` if the server cannot read it
 */
function readPayload(binary: string, typ: unknown): unknown {
	const text = NOT_ASCII.test(binary) ? UTF8.decode(bytesOf(binary)) : binary;
	const payload = typ === "JWT" ? parseJson(text) : text;
	const nested = typeof payload === "string" ? parseJson(payload) : undefined;
	return typeof nested === "object" && nested !== null ? nested : payload;
}

/** Only an object has claims. The server accepts any other truthy payload, without claims. */
function checkPayload(payload: unknown, key: Key, rules: TokenRules): TokenVerdict {
	if (!payload) return refuse("token_claims");
	const claims: Claims = typeof payload === "object" ? (payload as Claims) : {};
	const refusal = checkTimes(claims, rules);
	if (refusal) return refusal;
	const { iat } = claims;
	return { ok: true, keyName: key.name, claims, ...(typeof iat === "number" && { issuedAt: iat }) };
}
