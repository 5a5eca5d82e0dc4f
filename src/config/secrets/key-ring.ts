/**
 * Keys and key rings. A key is one secret, with a name for the log. A ring holds the keys that are accepted for one
 * kind of credential.
 *
 * Each CryptoKey is imported once per isolate, when the first token needs its hash. The key that matched last is tried
 * first, because most clients of an isolate use the same key.
 */

export type HmacHash = "SHA-256" | "SHA-384" | "SHA-512";

/** Unix times in seconds, both inclusive. */
export interface Validity {
	readonly notBefore?: number;
	readonly notAfter?: number;
}

export interface Key {
	/** The log shows the name, never the secret. */
	readonly name: string;
	readonly secret: string;
	/** The secret in UTF-8. */
	readonly bytes: Uint8Array<ArrayBuffer>;
	readonly validity: Validity;
	/** A promise until the key is imported. */
	readonly hmac: (hash: HmacHash) => CryptoKey | Promise<CryptoKey>;
}

export interface KeyRing {
	/** An empty ring accepts nothing. */
	readonly keys: readonly Key[];
	/** The keys that are valid at this time, in the order to try them: the key of this name first. */
	readonly candidates: (nowSeconds: number, name?: unknown) => readonly Key[];
	/** Call this with the key that matched. */
	readonly remember: (key: Key) => void;
}

/** @param secret not empty: the samples in public documentation are signed with the empty secret */
export function createKey(name: string, secret: string, validity: Validity = {}): Key {
	const imported = new Map<HmacHash, CryptoKey | Promise<CryptoKey>>();
	const bytes = new TextEncoder().encode(secret) as Uint8Array<ArrayBuffer>;
	const importAs = async (hash: HmacHash) => {
		const key = await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash }, false, [
			"sign",
			"verify",
		]);
		imported.set(hash, key);
		return key;
	};
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
	const isOneUndatedKey = keys.length < 2 && keys.every(({ validity }) => Object.keys(validity).length === 0);
	let last = keys[0];
	return {
		keys,
		candidates: (nowSeconds, name) => {
			if (isOneUndatedKey) return keys;
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
