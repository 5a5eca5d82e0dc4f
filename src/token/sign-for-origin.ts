/**
 * Signs again, with the key that the origin holds, what was accepted with another.
 *
 * A link keeps its uri and its expiry, a token its claims, its algorithm and its type. Nothing is signed
 * that was not verified, and nothing lasts longer than it did.
 */
import { Buffer } from "node:buffer";
import { CompactSign } from "jose";
import type { Host } from "../config/host.ts";
import type { Key } from "../config/secrets/key-ring.ts";
import type { RingKind } from "../config/secrets/rings.ts";
import type { Acceptance } from "../verdict.ts";
import { signSecureLink } from "../link/secure-link.ts";
import { ALGORITHMS, readHeader } from "./verify-token.ts";

/** The key to sign with, or `undefined` if the origin takes what was accepted as it is. */
export function originKeyFor(host: Host, ring: RingKind, { key }: Acceptance): Key | undefined {
	const origin = host.originKeys[ring];
	if (origin === undefined || key === undefined) return undefined;
	const accepted = host.keys[ring].keys.find(({ name }) => name === key);
	return accepted?.secret === origin.secret ? undefined : origin;
}

/** @param token verified */
export async function resignToken(token: string, key: Key): Promise<string> {
	const [encodedHeader = "", encodedPayload = ""] = token.split(".");
	const header = readHeader(encodedHeader);
	const alg = String(header?.alg);
	const payload = Buffer.from(encodedPayload, "base64url");
	const hash = ALGORITHMS[alg]?.hash ?? "SHA-256";
	return new CompactSign(payload)
		.setProtectedHeader({ alg, ...(header?.typ !== undefined && { typ: header.typ as string }) })
		.sign(await key.hmac(hash));
}

/**
 * @param query without `?`
 * @param uri nginx's `$uri`
 * @param expires as it stands in the query
 */
export function resignLink(query: string, uri: string, expires: string, key: Key): string {
	const parts = query.split("&");
	const at = parts.findIndex((part) => /^md5=/i.test(part));
	const name = parts[at]?.slice(0, "md5=".length);
	parts[at] = `${name}${signSecureLink(uri, expires, key)}`;
	return parts.join("&");
}
