/**
 * The keys that somebody holds who copied the secrets with a line break at their end: `echo secret | wrangler secret put`
 * or a file read as it is. A signature by such a key is refused. Only the log tells the mistake (`LOG_NEAR_MISS`).
 */
import { createKey, createRing, type KeyRing } from "./key-ring.ts";

/** Kept as long as the ring, so that each key is imported once. */
const known = new WeakMap<KeyRing, KeyRing>();

export function withLineBreaks(ring: KeyRing): KeyRing {
	const made =
		known.get(ring) ??
		createRing(ring.keys.map(({ name, secret, validity }) => createKey(name, `${secret}\n`, validity)));
	known.set(ring, made);
	return made;
}
