/**
 * A Document Server as a WOPI host sees it: it signs requests with a private key. Source: Microsoft's WOPI
 * documentation, "Proof keys".
 */
import { Buffer } from "node:buffer";
import type { PublicKey } from "./wopi-vectors.ts";

const ALGORITHM = {
	name: "RSASSA-PKCS1-v1_5",
	hash: "SHA-256",
	modulusLength: 2048,
	publicExponent: new Uint8Array([1, 0, 1]),
};

export interface WopiServer {
	/** In the form of the discovery. */
	readonly publicKey: PublicKey;
	readonly sign: (message: Uint8Array<ArrayBuffer>) => Promise<string>;
}

let made: Promise<WopiServer> | undefined;
/** Returns the same server each time, because making a key takes long. */
export function makeServer(): Promise<WopiServer> {
	made ??= createServer();
	return made;
}

export async function createServer(): Promise<WopiServer> {
	const pair = (await crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"])) as CryptoKeyPair;
	const { n = "", e = "" } = (await crypto.subtle.exportKey("jwk", pair.publicKey)) as JsonWebKey;
	const modulus = toBase64(Buffer.from(n, "base64url"));
	return {
		publicKey: { modulus, exponent: e },
		sign: async (message) => {
			const signature = await crypto.subtle.sign(ALGORITHM, pair.privateKey, message);
			return toBase64(new Uint8Array(signature));
		},
	};
}

export const toBase64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");

export const toTicks = (unixMs: number) => BigInt(unixMs) * 10_000n + 621_355_968_000_000_000n;

/** The signed message. Source: Microsoft's text, not the code under test, whose mistakes it would repeat. */
export function messageOf(token: string, url: string, ticks: bigint): Uint8Array<ArrayBuffer> {
	const block = (bytes: Uint8Array) => [...numberOf(BigInt(bytes.length), 4), ...bytes];
	const utf8 = (text: string) => new TextEncoder().encode(text);
	return Uint8Array.from([
		...block(utf8(token)),
		...block(utf8(url.toUpperCase())),
		...block(Uint8Array.from(numberOf(ticks, 8))),
	]);
}

const numberOf = (value: bigint, bytes: number) =>
	Array.from({ length: bytes }, (_, i) => Number((value >> BigInt(8 * (bytes - 1 - i))) & 255n));
