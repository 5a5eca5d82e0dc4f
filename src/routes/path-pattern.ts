/**
 * A row of a route table, with its path made ready to be matched.
 *
 * `:name` is one segment, `*` anything, a last `/*` also nothing; no ASCII case. nginx's `.*` (PCRE) stops
 * at LF, and its location has no `$`; a service's router takes one more `/`.
 */
import type { Route } from "./document-server-routes.ts";

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
