/**
 * The one `access_token` of a WOPI request's query. A proof covers the token that the WOPI host reads, so every
 * reader has to find the same one.
 *
 * A host that compares names without case, or decodes them, could read a second parameter. Such a query is
 * refused, not interpreted.
 */

/**
 * @param href URL as called
 * @returns decoded once, `+` stays `+`; "" is a token; `undefined` where it is missing, repeated or unreadable
 */
export function readAccessToken(href: string): string | undefined {
	const [, query = ""] = splitQuery(href);
	const tokens = query.split("&").filter((pair) => {
		const name = decode(pair.split("=", 1)[0] ?? "");
		// A name that does not decode could be this one to a lenient reader.
		return name === undefined || name.toLowerCase() === NAME;
	});
	const [only = ""] = tokens;
	if (tokens.length !== 1 || !only.startsWith(`${NAME}=`)) return undefined;
	return decode(only.slice(NAME.length + 1));
}

const NAME = "access_token";

/** @returns what is before the first `?`, and what is behind it up to a fragment */
export function splitQuery(href: string): readonly [before: string, query: string | undefined] {
	const mark = href.indexOf("?");
	return mark === -1 ? [href, undefined] : [href.slice(0, mark), href.slice(mark + 1).split("#", 1)[0]];
}

function decode(text: string): string | undefined {
	try {
		return decodeURIComponent(text);
	} catch {
		return undefined;
	}
}
