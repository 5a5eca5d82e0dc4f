/**
 * Strict base64 (RFC 4648 §4): one spelling for one value.
 *
 * Node's Buffer skips characters outside the alphabet, takes base64url and ignores spare bits. Two spellings of one
 * signature would pass, and another reader could see another signature.
 */
import { Buffer } from "node:buffer";

/** @returns `undefined` for "" and for a text that an encoder would not have written */
export function readBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
	const bytes = Buffer.from(text, "base64");
	return text !== "" && bytes.toString("base64") === text ? bytes : undefined;
}

/** RFC 4648 §5, without padding. Skips other characters: check them before. */
export const fromBase64Url = (text: string): Uint8Array<ArrayBuffer> => Buffer.from(text, "base64url");
export const toBase64Url = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64url");
