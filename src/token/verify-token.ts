/**
 * Is this JWT one that the Document Server accepts?
 *
 * WebCrypto checks the signature; header and payload are decoded as the server decodes them, and what it
 * compares as text (padding, white space, spare bits of the signature) is refused before that. The claims
 * are checked by the server's rules and in its order: signature, nbf, exp; nothing else is looked at.
 * Stricter than the server only with a header that has `crit`. Never throws on a token.
 * Sources: RFC 7515 §5.2, RFC 7519 §4.1.4-5, `jsonwebtoken` 9 `verify.js` and `decode.js`.
 */
import { Buffer } from "node:buffer";
import type { Host } from "../config/host.ts";
import type { HmacHash, Key, KeyRing } from "../config/secrets/key-ring.ts";
import { isRecord, parseJson } from "../encoding/json.ts";
import { type Acceptance, type Refusal, refuse } from "../verdict.ts";

/** The algorithms that the server takes for a shared secret, with the characters of their signature. */
export const ALGORITHMS: Readonly<Record<string, { readonly hash: HmacHash; readonly signature: RegExp }>> = {
	// 32, 48 and 64 bytes: the last character of the first and third carries spare bits, which are zero.
	HS256: { hash: "SHA-256", signature: /^[\w-]{42}[AEIMQUYcgkosw048]$/ },
	HS384: { hash: "SHA-384", signature: /^[\w-]{64}$/ },
	HS512: { hash: "SHA-512", signature: /^[\w-]{85}[AQgw]$/ },
};
const ENCODED = /^[\w-]+$/;
/** Characters from which on Buffer's way back is quicker than that expression. */
const LONG_TEXT = 1000;
/** Most tokens have one of a few headers: those of good ones are kept as they were read. */
const KNOWN_HEADERS_LIMIT = 50;
const KNOWN_HEADER_CHARACTERS = 200;
const knownHeaders = new Map<string, Claims>();

export type Claims = Readonly<Record<string, unknown>>;
export type TokenVerdict = (Acceptance & { readonly claims: Claims }) | Refusal;

export interface TokenRules {
	/** Unix time in whole seconds. */
	readonly nowSeconds: number;
	readonly toleranceSeconds: number;
	/** Whether a token without `exp` is refused. */
	readonly requireExp: boolean;
	/** Age by `iat` beyond which it is refused; 0: none. */
	readonly maxAgeSeconds: number;
	/** A longer token is refused unread: each key of the ring would have to hash it. */
	readonly maxBytes: number;
}

/** A host's rules, now. */
export function tokenRules(host: Host, nowSeconds: number): TokenRules {
	const { clockToleranceSeconds: toleranceSeconds, maxTokenAgeSeconds: maxAgeSeconds, requireExp } = host;
	return { nowSeconds, toleranceSeconds, maxAgeSeconds, requireExp, maxBytes: host.limits.tokenBytes };
}

/** @param token whatever stood where a token belongs; "", null and the like are no token */
export async function verifyToken(token: unknown, keys: KeyRing, rules: TokenRules): Promise<TokenVerdict> {
	if (!token) return refuse("token_missing", "jwt must be provided");
	if (typeof token !== "string") return refuse("token_malformed", "jwt must be a string");
	if (token.length > rules.maxBytes) return refuse("token_too_long", "invalid token");
	const parts = token.split(".", 4);
	const [encodedHeader = "", encodedPayload = "", signature = ""] = parts;
	if (parts.length !== 3) return refuse("token_malformed", "jwt malformed");
	const header = readHeader(encodedHeader);
	const payload = decode(encodedPayload);
	const isEncoded = header && payload && (signature === "" || ENCODED.test(signature));
	if (!isEncoded) return INVALID_TOKEN;
	// The server asks for a signature before it looks at the algorithm.
	if (signature === "") return refuse("token_malformed", "jwt signature is required");
	const { alg } = header;
	const algorithm = typeof alg === "string" && Object.hasOwn(ALGORITHMS, alg) ? ALGORITHMS[alg] : undefined;
	if (algorithm === undefined) return refuse("token_algorithm", "invalid algorithm");
	if (!algorithm.signature.test(signature)) return INVALID_SIGNATURE;

	const signed = ENCODER.encode(token.slice(0, token.lastIndexOf(".")));
	const claimed = Buffer.from(signature, "base64url");
	for (const key of keys.candidates(rules.nowSeconds, header.kid)) {
		if (!(await crypto.subtle.verify("HMAC", await key.hmac(algorithm.hash), claimed, signed))) continue;
		keys.remember(key);
		const isUsual = encodedHeader.length <= KNOWN_HEADER_CHARACTERS;
		if (isUsual && knownHeaders.size < KNOWN_HEADERS_LIMIT) knownHeaders.set(encodedHeader, header);
		return checkPayload(readPayload(payload, header.typ), key, rules);
	}
	return INVALID_SIGNATURE;
}

const ENCODER = new TextEncoder();
const INVALID_TOKEN = refuse("token_malformed", "invalid token");
const INVALID_SIGNATURE = refuse("token_signature", "invalid signature");

/** As the server's `jws`: one character per byte. Nothing is understood that a `crit` could name (RFC 7515 §4.1.11). */
export function readHeader(encoded: string): Claims | undefined {
	const known = knownHeaders.get(encoded);
	if (known) return known;
	const header = parseJson(decode(encoded)?.toString("latin1"));
	return isRecord(header) && header.crit === undefined ? header : undefined;
}

/** @returns `undefined` for what is no base64url: Buffer passes over that. */
function decode(encoded: string): Buffer | undefined {
	const bytes = Buffer.from(encoded, "base64url");
	const isExact = encoded.length > LONG_TEXT && bytes.toString("base64url") === encoded;
	return isExact || ENCODED.test(encoded) ? bytes : undefined;
}

/** As Node's `Buffer.toString()`: bad UTF-8 becomes U+FFFD, a byte order mark stays. */
const UTF8 = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });

/**
 * The payload as the server's libraries read it: JSON if the header says exactly `JWT`, else text; and a
 * text that holds a JSON object or array is that.
 *
 * @returns `undefined` where the server cannot read it
 */
function readPayload(bytes: Uint8Array, typ: unknown): unknown {
	const text = UTF8.decode(bytes);
	const payload = typ === "JWT" ? parseJson(text) : text;
	const nested = typeof payload === "string" ? parseJson(payload) : undefined;
	return typeof nested === "object" && nested !== null ? nested : payload;
}

/** Only an object has claims; any other truthy payload is accepted as it is, and says nothing. */
function checkPayload(payload: unknown, key: Key, rules: TokenRules): TokenVerdict {
	const { nowSeconds, toleranceSeconds, requireExp, maxAgeSeconds } = rules;
	if (!payload) return refuse("token_claims");
	const claims: Claims = typeof payload === "object" ? (payload as Claims) : {};
	const { nbf, exp } = claims;
	if (nbf !== undefined) {
		if (typeof nbf !== "number") return refuse("token_claims", "invalid nbf value");
		if (nbf > nowSeconds + toleranceSeconds) return refuse("token_not_yet_valid");
	}
	if (exp !== undefined) {
		if (typeof exp !== "number") return refuse("token_claims", "invalid exp value");
		if (nowSeconds >= exp + toleranceSeconds) return refuse("token_expired", "jwt expired");
	}
	const isTooOld =
		maxAgeSeconds > 0 && !(nowSeconds - Number(claims.iat) <= maxAgeSeconds + toleranceSeconds);
	if (isTooOld || (requireExp && exp === undefined)) return refuse("token_lifetime");
	const { iat } = claims;
	return { ok: true, key: key.name, claims, ...(typeof iat === "number" && { issuedAt: iat }) };
}
