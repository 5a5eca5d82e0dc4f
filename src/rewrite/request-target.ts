/**
 * The path and query that are sent to the origin.
 */
import type { Target } from "../request/target.ts";

/**
 * Without a new query, the target is sent as it was parsed. Behind a version prefix, a decoded path may contain the
 * query. The new query then replaces it, and every byte of the path stays as nginx decoded it: a backslash stays a
 * backslash, so no new segment appears.
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
