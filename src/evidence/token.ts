/**
 * Is this JWT one that the Document Server accepts?
 *
 * jose checks the signature; what it decodes more loosely than the server compares (padding, white
 * space, spare bits, a BOM) is refused before and after it. Claims are checked by the server's rules and
 * in its order: signature, nbf, exp; nothing else is looked at. Never throws on a token.
 * Sources: RFC 7515 §5.2, RFC 7519 §4.1.4-5, `jsonwebtoken` 9 `verify.js`.
 */
import { type CompactJWSHeaderParameters, compactVerify, errors } from "jose";
import type { HmacHash, Key, KeyRing } from "../config/key-ring.ts";
import { type Acceptance, type Refusal, refuse } from "../verdict.ts";

/** The algorithms that the server takes for a shared secret, with the characters of their signature. */
const ALGORITHMS: Readonly<Record<string, { readonly hash: HmacHash; readonly signature: RegExp }>> = {
	// 32, 48 and 64 bytes: the last character of the first and third carries spare bits, which are zero.
	HS256: { hash: "SHA-256", signature: /^[\w-]{42}[AEIMQUYcgkosw048]$/ },
	HS384: { hash: "SHA-384", signature: /^[\w-]{64}$/ },
	HS512: { hash: "SHA-512", signature: /^[\w-]{85}[AQgw]$/ },
};
const COMPACT_JWS = /^([\w-]+)\.[\w-]+\.([\w-]*)$/;
/** EF BB BF in base64url: the server does not take a header with a byte order mark for JSON. */
const ENCODED_BOM = "77-_";

export type Claims = Readonly<Record<string, unknown>>;
export type TokenVerdict = (Acceptance & { readonly claims: Claims }) | Refusal;

export interface TokenRules {
	/** Unix time in whole seconds. */
	readonly nowSeconds: number;
	readonly toleranceSeconds: number;
}

/** @param token whatever stood where a token belongs; "" or nothing at all is the caller's `token_missing` */
export async function verifyToken(token: unknown, keys: KeyRing, rules: TokenRules): Promise<TokenVerdict> {
	if (typeof token !== "string") return refuse("token_malformed");
	const [, header, signature] = COMPACT_JWS.exec(token) ?? [];
	if (header === undefined || signature === undefined) return refuse("token_malformed");
	if (header.startsWith(ENCODED_BOM)) return refuse("token_malformed");

	for (const key of keys) {
		try {
			const { payload } = await compactVerify(token, (protectedHeader) =>
				selectKey(protectedHeader, signature, key),
			);
			const claims = parseClaims(payload);
			return claims === undefined ? refuse("token_claims") : checkClaims(claims, key, rules);
		} catch (error) {
			const reason = reasonOf(error);
			if (reason !== "token_signature") return refuse(reason);
		}
	}
	return refuse("token_signature");
}

/** Called by jose with the parsed header, before it verifies. */
function selectKey({ alg }: CompactJWSHeaderParameters, signature: string, key: Key): Promise<CryptoKey> {
	const algorithm = Object.hasOwn(ALGORITHMS, alg) ? ALGORITHMS[alg] : undefined;
	if (algorithm === undefined) throw new errors.JOSEAlgNotAllowed();
	if (!algorithm.signature.test(signature)) throw new errors.JWSSignatureVerificationFailed();
	return key.hmac(algorithm.hash);
}

function reasonOf(error: unknown): "token_signature" | "token_algorithm" | "token_malformed" {
	if (error instanceof errors.JWSSignatureVerificationFailed) return "token_signature";
	if (error instanceof errors.JOSEAlgNotAllowed) return "token_algorithm";
	return "token_malformed";
}

/** A JSON object in UTF-8 without a byte order mark; every client sends one, others are refused. */
function parseClaims(payload: Uint8Array): Claims | undefined {
	try {
		const claims: unknown = JSON.parse(UTF8.decode(payload));
		return typeof claims === "object" && claims !== null && !Array.isArray(claims)
			? (claims as Claims)
			: undefined;
	} catch {
		return undefined;
	}
}
const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function checkClaims(claims: Claims, key: Key, { nowSeconds, toleranceSeconds }: TokenRules): TokenVerdict {
	const { nbf, exp } = claims;
	if (nbf !== undefined) {
		if (typeof nbf !== "number") return refuse("token_claims");
		if (nbf > nowSeconds + toleranceSeconds) return refuse("token_not_yet_valid");
	}
	if (exp !== undefined) {
		if (typeof exp !== "number") return refuse("token_claims");
		if (nowSeconds >= exp + toleranceSeconds) return refuse("token_expired");
	}
	return { ok: true, key: key.name, claims };
}
