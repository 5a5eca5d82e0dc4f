/**
 * A fixed clock, and key rings of given secrets.
 */
import { createKey, createRing, type KeyRing } from "../../../src/config/secrets/key-ring.ts";

export const ring = (...secrets: string[]): KeyRing =>
	createRing(secrets.map((secret, i) => createKey(`key-${i}`, secret)));

/** 2026-11-21T00:00:00Z */
export const NOW_SECONDS = 1_795_219_200;

/** UTF-8 bytes, in the form of a body that was read. */
export const encode = (text: string) => Uint8Array.from(new TextEncoder().encode(text));
