/**
 * Makes the WOPI proofs of a Document Server with Node's crypto. It shares no code with the edge, which verifies with
 * WebCrypto: a common mistake would stay hidden. Source: Microsoft's WOPI documentation, "Proof keys"; the server's
 * `wopiUtils.js`.
 */
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";

const MODULUS_BITS = 2048;
const EPOCH_TICKS = 621_355_968_000_000_000n;

export interface ProofKeyPair {
	readonly privateKey: KeyObject;
	/** In the form of the discovery and of `WOPI_PROOF_KEYS`. */
	readonly publicKey: { readonly modulus: string; readonly exponent: string };
}

export function makeProofKey(): ProofKeyPair {
	const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: MODULUS_BITS });
	const { n = "", e = "" } = publicKey.export({ format: "jwk" }) as { n?: string; e?: string };
	return {
		privateKey,
		publicKey: { modulus: Buffer.from(n, "base64url").toString("base64"), exponent: e },
	};
}

export interface Proven {
	/** The URL that the server calls. */
	readonly url: string;
	/** The access token, decoded. */
	readonly token: string;
	/** Unix time in milliseconds. */
	readonly at: number;
}

export type ProofHeaders = Record<"X-WOPI-Proof" | "X-WOPI-ProofOld" | "X-WOPI-TimeStamp", string>;

export function prove({ url, token, at }: Proven, current: ProofKeyPair, old = current): ProofHeaders {
	const ticks = BigInt(at) * 10_000n + EPOCH_TICKS;
	const time = Buffer.alloc(8);
	time.writeBigUInt64BE(ticks);
	const blocks = [Buffer.from(token), Buffer.from(url.toUpperCase()), time].flatMap((block) => {
		const length = Buffer.alloc(4);
		length.writeUInt32BE(block.length);
		return [length, block];
	});
	const message = Buffer.concat(blocks);
	const proofOf = ({ privateKey }: ProofKeyPair) =>
		sign("RSA-SHA256", message, privateKey).toString("base64");
	return {
		"X-WOPI-Proof": proofOf(current),
		"X-WOPI-ProofOld": proofOf(old),
		"X-WOPI-TimeStamp": String(ticks),
	};
}
