/**
 * One parameter of a query that the Document Server reads in any case of letters.
 *
 * The server reads the query by `qs` and lower-cases the names, so of several spellings one wins, and
 * brackets make an array. The edge picks no winner: it takes a parameter only where it stands once, in a
 * spelling that every reader takes. Source: Express 4 query parser, the server's `lowercaseQueryString`.
 */

/** `qs` reads no more of them. */
const PARAMETERS_LIMIT = 1000;

/**
 * @param query without `?`, undecoded
 * @param name in lower case
 * @param others names of other parameters that hold this name
 * @returns the decoded value; `undefined` where there is none, or where readers could differ
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
		const decodedName = decode(equals === -1 ? part : part.slice(0, equals));
		if (decodedName === undefined) return undefined;
		const lower = decodedName.toLowerCase();
		if (!lower.includes(name) || others.includes(lower)) continue;
		const isPlain = lower === name && equals !== -1 && !/(?:\]|%5d)=/i.test(part);
		if (!isPlain || value !== undefined || index >= PARAMETERS_LIMIT) return undefined;
		value = decode(part.slice(equals + 1));
		if (value === undefined) return undefined;
	}
	return value;
}

/** As `qs` does; `undefined` where it would leave the text as it is. */
function decode(text: string): string | undefined {
	try {
		return decodeURIComponent(text.replaceAll("+", " "));
	} catch {
		return undefined;
	}
}
