/**
 * Percent-decoding (RFC 3986 §2.1) in two ways: strictly, as `decodeURIComponent`, and escape by escape.
 */

/** @returns `undefined` for a bad escape, or for escapes that are not UTF-8 */
export function decodeComponent(text: string): string | undefined {
	try {
		return decodeURIComponent(text);
	} catch {
		return undefined;
	}
}

/**
 * Decodes each `%XX` into one character of that code. A bad escape stays and does not stop the others, so nothing
 * can hide behind it.
 */
export const decodeEscapes = (text: string): string =>
	text.replace(/%([\da-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
