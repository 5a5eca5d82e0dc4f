/**
 * The measured WOPI proofs, and their keys in the form of the binding `WOPI_PROOF_KEYS`.
 */
import wopi from "../../vectors/wopi.json" with { type: "json" };

export interface ProofVector {
	readonly id: string;
	readonly method: string;
	/** The URL that arrived at the WOPI host. */
	readonly url: string;
	readonly headers: Readonly<Record<string, string>>;
	/** The name of a set for `keySet`. */
	readonly keys: string;
	/** The clock of the verifier, Unix milliseconds. */
	readonly now: number;
	readonly valid: boolean;
	readonly by?: string;
	readonly reason?: "token" | "timestamp" | "old" | "future" | "missing" | "signature";
}

const isProof = ({ kind }: { kind: string }) => kind === "proofs";
export const proofVectors = wopi.cases.filter(isProof) as unknown as readonly ProofVector[];

export interface PublicKey {
	readonly modulus: string;
	readonly exponent: string;
}
const publicKeys: Readonly<Record<string, PublicKey>> = wopi.public_keys;

export function publicKey(name: string): PublicKey {
	const { modulus = "", exponent = "" } = publicKeys[name] ?? {};
	return { modulus, exponent };
}

/** The binding's entry for one server. */
export function keySet(name: string): { current: PublicKey; old?: PublicKey } {
	const sets: Readonly<Record<string, { current: string; old?: string }>> = wopi.key_sets;
	const { current = "", old } = sets[name] ?? {};
	return { current: publicKey(current), ...(old !== undefined && { old: publicKey(old) }) };
}
