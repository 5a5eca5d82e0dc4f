/**
 * Re-signs a verified token with the key that the origin holds. Claims, algorithm and type stay, so the token opens
 * nothing more and lasts no longer.
 */
import { CompactSign } from "jose";
import type { Key } from "../config/secrets/key-ring.ts";
import { bytesOf, decodeBase64Url } from "../encoding/base64.ts";
import { ALGORITHMS, readHeader } from "./verify-token.ts";

/** @param token verified */
export async function signTokenForOrigin(token: string, key: Key): Promise<string> {
	const [encodedHeader = "", encodedPayload = ""] = token.split(".");
	const header = readHeader(encodedHeader);
	const alg = String(header?.alg);
	const payload = bytesOf(decodeBase64Url(encodedPayload) ?? "");
	const hash = ALGORITHMS[alg]?.hash ?? "SHA-256";
	return new CompactSign(payload)
		.setProtectedHeader({ alg, ...(header?.typ !== undefined && { typ: header.typ as string }) })
		.sign(await key.hmac(hash));
}
