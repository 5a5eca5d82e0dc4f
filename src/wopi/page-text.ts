/**
 * The text that a WOPI page prints into a script element: the query and the form of whoever asks.
 *
 * Whatever ends or opens a script there would run under the Document Server's own origin, from a form on any
 * page of the web. Source: the server's page template, which prints names and values unescaped.
 */

/** A lone `<` stays: some hosts leave the placeholders of the discovery in their links. */
const ENDS_SCRIPT = /<[/!]|<script/i;
/** A form is JSON in one of its fields, and JSON may write `<` as an escape. */
const OPENS_TAG = /<|\\u003c/i;
/** A part of a form may say that it is in another charset, or base64, and hide all of these. */
const RECODED = /charset\*?\s*=\s*["']?(?!utf-?8)|content-transfer-encoding/i;

/** @param query without `?`, undecoded */
export const isSafeQuery = (query: string): boolean =>
	!ENDS_SCRIPT.test(query) && !ENDS_SCRIPT.test(decodeLoosely(query));

/** Whether the server reads a body of this type as a form; of others it reads nothing. */
export const isForm = (contentType: string): boolean => /urlencoded|multipart/i.test(contentType);

/** @param body the form as text; what the escapes of one kind hide is looked for in the other kind too */
export function isSafeForm(body: string, contentType: string): boolean {
	if (OPENS_TAG.test(body) || OPENS_TAG.test(decodeLoosely(body))) return false;
	return !/multipart/i.test(contentType) || !RECODED.test(body);
}

/** Each escape for itself: what does not decode stays, and hides nothing behind it. */
function decodeLoosely(text: string): string {
	const spaced = text.replaceAll("+", " ");
	return spaced.replace(/%([\da-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
