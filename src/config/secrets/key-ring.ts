/**
 * Secrets made ready for use: a key has a name for the log, a text for links and HMAC keys for tokens; a
 * ring is the keys that are accepted for one purpose.
 *
 * A CryptoKey is imported when the first token asks for its hash, and kept for the isolate's life. The key
 * that matched last is tried first: most clients of an isolate hold the same one.
 */

export type HmacHash = "SHA-256" | "SHA-384" | "SHA-512";

/** Unix times in seconds, both inclusive. */
export interface Validity {
	readonly notBefore?: number;
	readonly notAfter?: number;
}

export interface Key {
	/** Shown in the log; never the secret itself. */
	readonly name: string;
	readonly secret: string;
	/** The same in UTF-8. */
	readonly bytes: Uint8Array<ArrayBuffer>;
	readonly validity: Validity;
	readonly hmac: (hash: HmacHash) => Promise<CryptoKey>;
}

export interface KeyRing {
	/** Empty: nothing is accepted. */
	readonly keys: readonly Key[];
	/** The keys that are valid at that time, in the order to try them: the one of that name first. */
	readonly candidates: (nowSeconds: number, name?: unknown) => readonly Key[];
	/** This one matched. */
	readonly remember: (key: Key) => void;
}

/** @param secret not empty: an empty HMAC key verifies the samples of public documentation. */
export function createKey(name: string, secret: string, validity: Validity = {}): Key {
	const imported = new Map<HmacHash, Promise<CryptoKey>>();
	const bytes = new TextEncoder().encode(secret) as Uint8Array<ArrayBuffer>;
	const importAs = (hash: HmacHash) =>
		crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash }, false, ["sign", "verify"]);
	return {
		name,
		secret,
		bytes,
		validity,
		hmac: (hash) => {
			const known = imported.get(hash) ?? importAs(hash);
			imported.set(hash, known);
			return known;
		},
	};
}

export function createRing(keys: readonly Key[]): KeyRing {
	const isPlain = keys.length < 2 && keys.every(({ validity }) => Object.keys(validity).length === 0);
	let last = keys[0];
	return {
		keys,
		candidates: (nowSeconds, name) => {
			if (isPlain) return keys;
			const named = keys.find((key) => key.name === name);
			const ordered = new Set([named, last, ...keys].filter((key) => key !== undefined));
			return [...ordered].filter(({ validity }) => isValid(validity, nowSeconds));
		},
		remember: (key) => {
			last = key;
		},
	};
}

export function isValid({ notBefore, notAfter }: Validity, nowSeconds: number): boolean {
	return (notBefore ?? -Infinity) <= nowSeconds && nowSeconds <= (notAfter ?? Infinity);
}
