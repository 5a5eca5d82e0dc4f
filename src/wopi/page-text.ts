/**
 * Checks the text of a WOPI request: the server prints its query and form into a script element, unescaped.
 *
 * Text that ends this script or opens another one would run on the Document Server's site, and a form on any web page
 * can send it. Source: the server's page template.
 */
import { decodeEscapes } from "../encoding/percent.ts";

/** A lone `<` is allowed in a query: some hosts leave the placeholders of the discovery in their links. */
const ENDS_SCRIPT = /<[/!]|<script/i;
/** One field of the form is JSON, and JSON may write `<` as an escape. */
const OPENS_TAG = /<|\\u003c/i;
/** A part in another charset, or in base64, could hide any text from this check. */
const RECODED = /charset\*?\s*=\s*["']?(?!utf-?8)|content-transfer-encoding/i;

/** @param query without `?`, not decoded */
export const isSafeQuery = (query: string): boolean =>
	!ENDS_SCRIPT.test(query) && !ENDS_SCRIPT.test(decodeSpaced(query));

/** Whether the server reads a body of this type. */
export const isForm = (contentType: string): boolean => /urlencoded|multipart/i.test(contentType);

/** @param body the form as text; both the text itself and its percent-decoded form are checked */
export function isSafeForm(body: string, contentType: string): boolean {
	if (OPENS_TAG.test(body) || OPENS_TAG.test(decodeSpaced(body))) return false;
	return !/multipart/i.test(contentType) || !RECODED.test(body);
}

const decodeSpaced = (text: string): string => decodeEscapes(text.replaceAll("+", " "));
