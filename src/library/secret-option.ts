/**
 * The `secret` option of the library's middlewares, made into a key ring.
 */
import type { Context } from "hono";
import { createRing, type Key, type KeyRing } from "../config/secrets/key-ring.ts";
import { readSecret } from "../config/secrets/secret.ts";

/**
 * A text, or a list of texts. A text is one secret, or a JSON object of named secrets (`{"2026-11":"…"}`). A function
 * may read the option from Hono's context: `(c) => c.env.JWT_SECRET`.
 */
export type SecretOption = SecretText | ((c: Context) => SecretText | undefined);
type SecretText = string | readonly string[];

/** @returns reads the ring of a request; `undefined` for a missing, empty or malformed secret */
export function createRingReader(option: SecretOption): (c: Context) => KeyRing | undefined {
	/** One ring per secret: its keys are imported once. */
	const rings = new Map<string, KeyRing | undefined>();
	return (c) => {
		const secret = typeof option === "function" ? option(c) : option;
		const id = JSON.stringify(secret ?? null);
		const ring = rings.has(id) ? rings.get(id) : readRing(secret);
		rings.set(id, ring);
		return ring;
	};
}

function readRing(secret: SecretText | undefined): KeyRing | undefined {
	let isSound = true;
	const texts = typeof secret === "string" ? [secret] : (secret ?? []);
	const keys = texts.flatMap((text, at): Key[] =>
		readSecret(texts.length === 1 ? "secret" : `secret-${at + 1}`, text, () => {
			isSound = false;
		}),
	);
	return isSound && keys.length > 0 ? createRing(keys) : undefined;
}
