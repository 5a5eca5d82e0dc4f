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

/**
 * Decodes base64url without padding (RFC 4648 §5). As in Node's Buffer, spare bits do not count, and a lone last
 * character has no bits for a byte.
 *
 * @returns one character per byte; `undefined` for any other character
 */
export function decodeBase64Url(text: string): string | undefined {
	// Plain base64 has these two in place of `-` and `_`.
	if (text.includes("+") || text.includes("/")) return undefined;
	const isLone = text.length % 4 === 1;
	if (isLone && !LETTER_AT_END.test(text)) return undefined;
	const whole = isLone ? text.slice(0, -1) : text;
	try {
		const bytes = atob(whole.replaceAll("-", "+").replaceAll("_", "/"));
		// `atob` skips white space and padding, which leaves fewer bytes than the length promises.
		return bytes.length === Math.floor((whole.length * 3) / 4) ? bytes : undefined;
	} catch {
		return undefined;
	}
}
const LETTER_AT_END = /[\w-]$/;

/** @param binary one character per byte */
export function bytesOf(binary: string): Uint8Array<ArrayBuffer> {
	const bytes = new Uint8Array(binary.length);
	for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at);
	return bytes;
}

export const toBase64Url = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64url");
