/**
 * Reads a query parameter whose name the Document Server compares without case.
 *
 * The server parses the query with `qs` and lower-cases the names. If a name has several spellings, the server uses
 * only one of the values. Brackets make an array. The edge does not guess: it takes a parameter only if the query has
 * the name once, in one plain spelling. Source: Express 4 query parser, the server's `lowercaseQueryString`.
 */
import { decodeComponent } from "../encoding/percent.ts";

/** `qs` ignores all parameters after these. */
const PARAMETERS_LIMIT = 1000;

/**
 * @param query without `?`, not decoded
 * @param name in lower case
 * @param others names of other parameters that contain this name
 * @returns the decoded value; `undefined` if there is none, or if two readers could differ
 */
export function oneParameter(
	query: string,
	name: string,
	others: readonly string[] = [],
): string | undefined {
	let value: string | undefined;
	for (const [index, part] of query.split("&").entries()) {
		if (part === "") continue;
		const equals = part.indexOf("=");
		const decodedName = decodeSpaced(equals === -1 ? part : part.slice(0, equals));
		if (decodedName === undefined) return undefined;
		const lower = decodedName.toLowerCase();
		if (!lower.includes(name) || others.includes(lower)) continue;
		const isPlainlyWritten = lower === name && equals !== -1 && !/(?:\]|%5d)=/i.test(part);
		if (!isPlainlyWritten || value !== undefined || index >= PARAMETERS_LIMIT) return undefined;
		value = decodeSpaced(part.slice(equals + 1));
		if (value === undefined) return undefined;
	}
	return value;
}

/** Decodes as `qs` does. @returns `undefined` where `qs` would keep the text */
const decodeSpaced = (text: string): string | undefined => decodeComponent(text.replaceAll("+", " "));
