/**
 * Reads the `access_token` of a WOPI request. The proof covers this token, so the WOPI host has to read the same one.
 *
 * A host that decodes names, or compares them without case, could read another parameter. So a query with two possible
 * access tokens is refused.
 */
import { decodeComponent } from "../encoding/percent.ts";

/**
 * @param href the URL as it was called
 * @returns the token decoded once, which may be "" and keeps `+`; `undefined` if it is missing, repeated or unreadable
 */
export function readAccessToken(href: string): string | undefined {
	const [, query = ""] = splitQuery(href);
	const tokens = query.split("&").filter((pair) => {
		const name = decodeComponent(pair.split("=", 1)[0] ?? "");
		// A lenient reader could take a name that does not decode for `access_token`.
		return name === undefined || name.toLowerCase() === NAME;
	});
	const [only = ""] = tokens;
	if (tokens.length !== 1 || !only.startsWith(`${NAME}=`)) return undefined;
	return decodeComponent(only.slice(NAME.length + 1));
}

const NAME = "access_token";

/** @returns the part before the first `?`, and the query without its fragment; `undefined` if there is no query */
export function splitQuery(href: string): readonly [before: string, query: string | undefined] {
	const mark = href.indexOf("?");
	return mark === -1 ? [href, undefined] : [href.slice(0, mark), href.slice(mark + 1).split("#", 1)[0]];
}
