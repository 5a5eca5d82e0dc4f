/**
 * Makes the path and query that are sent to the origin.
 */
import type { Target } from "../request/target.ts";

/**
 * Without a new query, the target is sent as it was parsed. Behind a version prefix nginx decodes the path, and
 * DocService takes the text after a decoded `?` for the query. The new query replaces that text too. The rest of the
 * path is encoded byte by byte: a decoded backslash becomes `%5c`, so no new segment appears.
 */
export function requestTarget(
	{ path: sent, args, uri, docService }: Target,
	query: string | undefined,
): string {
	if (query === undefined) return args === "" ? sent : `${sent}?${args}`;
	if (docService.query === args) return `${sent}?${query}`;
	const path = uri.split(/[?#]/, 1)[0] ?? "";
	const encoded = path.replace(
		/[^\w./~-]/g,
		(byte) => `%${byte.charCodeAt(0).toString(16).padStart(2, "0")}`,
	);
	return `${encoded}?${query}`;
}
