/**
 * Finds which signature of a WOPI request fits which key.
 *
 * A server signs with its current and its old key. If server and edge are one rotation apart, one of three pairs fits.
 * ProofOld with the old key is never accepted: a leaked key would stay good after two rotations.
 * Source: Microsoft's WOPI documentation, "Proof keys".
 */
import { PROOF_EXPONENT, type ProofKey, type ProofKeySet } from "../config/wopi-proof-keys.ts";
import { readBase64 } from "../encoding/base64.ts";

export interface Proofs {
	/** `X-WOPI-Proof`, `X-WOPI-ProofOld`. */
	readonly proof: string | null;
	readonly proofOld: string | null;
}

export interface Pair {
	readonly signature: keyof Proofs;
	readonly key: "current" | "old";
}

/** The pair without a rotation is first, so most requests cost one verification. */
export const ACCEPTED_PAIRS: readonly Pair[] = [
	{ signature: "proof", key: "current" },
	{ signature: "proofOld", key: "current" },
	{ signature: "proof", key: "old" },
];

/** @returns the name of the pair for the log: `proof/current`, with the server's name in front if there are several */
export async function findPair(
	message: Uint8Array<ArrayBuffer>,
	proofs: Proofs,
	sets: readonly ProofKeySet[],
	pairs: readonly Pair[] = ACCEPTED_PAIRS,
): Promise<string | undefined> {
	for (const { signature, key } of pairs) {
		const text = proofs[signature];
		const bytes = text === null ? undefined : readBase64(text);
		if (bytes === undefined) continue;
		for (const set of sets) {
			const proofKey = set[key];
			// A signature has the length of its modulus (RFC 8017 §8.2.2).
			if (proofKey?.bytes !== bytes.length) continue;
			if (!(await crypto.subtle.verify(ALGORITHM, await importKey(proofKey), bytes, message))) continue;
			return `${set.name === "" ? "" : `${set.name}/`}${signature}/${key}`;
		}
	}
	return undefined;
}

const ALGORITHM = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" } as const;

/** Each key is imported once: a host keeps the same key objects. */
const imported = new WeakMap<ProofKey, Promise<CryptoKey>>();

function importKey(key: ProofKey): Promise<CryptoKey> {
	const known = imported.get(key);
	if (known) return known;
	const jwk = { kty: "RSA", n: key.modulus, e: PROOF_EXPONENT };
	const promise = crypto.subtle.importKey("jwk", jwk, ALGORITHM, false, ["verify"]);
	imported.set(key, promise);
	return promise;
}
