/**
 * Compiles the path of a row into a regular expression.
 *
 * `:name` is one segment, `*` is anything. ASCII case does not count. DocService's router (Express) accepts one more `/` at
 * the end, and `/info/*` also covers `/info`. nginx's `.*` (PCRE) stops at a line feed, and its locations have no `$`.
 */
import type { Route } from "./route.ts";

export interface CompiledRoute {
	readonly route: Route;
	/** Its groups are the named segments. */
	readonly pattern: RegExp;
}

export function compileRoute(route: Route): CompiledRoute {
	const isNginx = route.reader === "nginx";
	const source = route.path
		.replace(/(?<=.)\/$/, "")
		.replace(/\/\*$/, isNginx ? "/" : "(?:/*)?")
		.replaceAll(".", "\\.")
		.replace(/:\w+/g, "([^/]+)")
		.replaceAll("*", isNginx ? "[^\\n]*" : "[^]*");
	return { route, pattern: new RegExp(isNginx ? `^${source}` : `^${source}/?$`, "i") };
}
