/**
 * A secret made ready for use: its name for the log, its text for links, its HMAC keys for tokens.
 *
 * A CryptoKey is imported when the first token asks for its hash, and kept for the isolate's life.
 */

export type HmacHash = "SHA-256" | "SHA-384" | "SHA-512";

export interface Key {
	/** Shown in the log; never the secret itself. */
	readonly name: string;
	readonly secret: string;
	readonly hmac: (hash: HmacHash) => Promise<CryptoKey>;
}

/** The keys that are accepted for one purpose, in the order they are tried. Empty: nothing is accepted. */
export type KeyRing = readonly Key[];

/** @param secret not empty: an empty HMAC key verifies the samples of public documentation. */
export function createKey(name: string, secret: string): Key {
	const imported = new Map<HmacHash, Promise<CryptoKey>>();
	const importAs = (hash: HmacHash) =>
		crypto.subtle.importKey("raw", new TextEncoder().encode(secret), { name: "HMAC", hash }, false, [
			"verify",
		]);
	return {
		name,
		secret,
		hmac: (hash) => {
			const known = imported.get(hash) ?? importAs(hash);
			imported.set(hash, known);
			return known;
		},
	};
}
