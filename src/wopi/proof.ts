/**
 * Checks that a configured Document Server made this WOPI request: with this token, for this URL, at this time.
 *
 * The proof does not cover the method, `X-WOPI-Override`, the body and the letter case of the URL. So the WOPI host
 * behind the edge still has to check the access token. Never throws on input. A refused request costs at most 2
 * spellings × 3 pairs × 8 servers = 48 RSA verifications.
 * Source: Microsoft's WOPI documentation, "Proof keys".
 */
import type { ProofKeySet } from "../config/wopi-proof-keys.ts";
import { refuse, type Verdict } from "../verdict.ts";
import { readAccessToken } from "./access-token.ts";
import { proofMessage, signedSpellings } from "./proof-message.ts";
import { findPair, type Proofs } from "./proof-pairs.ts";
import { isInTime, readTicks, toUnixMs } from "./proof-time.ts";

export const proofsOf = (headers: Headers): Proofs => ({
	proof: headers.get("X-WOPI-Proof"),
	proofOld: headers.get("X-WOPI-ProofOld"),
});

/**
 * @param href the URL as the Document Server called it: an inner hop would see another host or scheme
 * @param nowMs Unix time in milliseconds
 * @returns an acceptance names the pair that fits
 */
export async function checkWopiProof(
	headers: Headers,
	href: string,
	sets: readonly ProofKeySet[],
	nowMs: number,
): Promise<Verdict> {
	const proofs = proofsOf(headers);
	if (!proofs.proof && !proofs.proofOld) return refuse("wopi_proof_missing");
	const ticks = readTicks(headers.get("X-WOPI-TimeStamp"));
	const token = readAccessToken(href);
	if (ticks === undefined || token === undefined) return refuse("wopi_proof_malformed");
	if (!isInTime(ticks, nowMs)) return refuse("wopi_proof_expired");
	for (const spelling of signedSpellings(href)) {
		const keyName = await findPair(proofMessage({ token, href: spelling, ticks }), proofs, sets);
		if (keyName) return { ok: true, keyName, issuedAt: Math.floor(toUnixMs(ticks) / 1000) };
	}
	return refuse("wopi_proof_signature");
}
