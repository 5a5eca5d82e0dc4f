/**
 * Is this JWT one that the Document Server accepts?
 *
 * jose checks the signature; what it decodes more loosely than the server compares (padding, white
 * space, spare bits, a BOM) is refused before it. The payload is read and its claims are checked by the
 * server's rules and in its order: signature, nbf, exp; nothing else is looked at. Stricter than the
 * server only where jose is: a header that names `crit` or is not UTF-8, base64url of length 4n+1.
 * Never throws on a token.
 * Sources: RFC 7515 §5.2, RFC 7519 §4.1.4-5, `jsonwebtoken` 9 `verify.js` and `decode.js`.
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
const ENCODED_BOM = "77u_";

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
			const verified = await compactVerify(token, (protectedHeader) =>
				selectKey(protectedHeader, signature, key),
			);
			return checkPayload(readPayload(verified.payload, verified.protectedHeader.typ), key, rules);
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

/** As Node's `Buffer.toString()`: bad UTF-8 becomes U+FFFD, a byte order mark stays. */
const UTF8 = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });

/**
 * The payload as the server's libraries read it: JSON if the header says exactly `JWT`, else text; and a
 * text that holds a JSON object or array is that.
 *
 * @returns `undefined` where the server cannot read it
 */
function readPayload(bytes: Uint8Array, typ: string | undefined): unknown {
	const text = UTF8.decode(bytes);
	const payload = typ === "JWT" ? parseJson(text) : text;
	const nested = typeof payload === "string" ? parseJson(payload) : undefined;
	return typeof nested === "object" && nested !== null ? nested : payload;
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

/** Only an object has claims; any other truthy payload is accepted as it is, and says nothing. */
function checkPayload(
	payload: unknown,
	key: Key,
	{ nowSeconds, toleranceSeconds }: TokenRules,
): TokenVerdict {
	if (!payload) return refuse("token_claims");
	const claims: Claims = typeof payload === "object" ? { ...payload } : {};
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
