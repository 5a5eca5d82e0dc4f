/**
 * Which row of the route table a target falls under: the Document Server's, or that of an integration.
 *
 * The server's own reading of the path decides. When only the lenient reading reaches a guarded row (a
 * proxy that decodes or merges the path would take it there), the request is refused: the Document
 * Server itself answers 404 to that spelling.
 */
import { lenientPaths } from "../request/lenient-paths.ts";
import type { Target } from "../request/target.ts";
import { type Refusal, refuse } from "../verdict.ts";
import { type CompiledRoute, compileRoute } from "./path-pattern.ts";
import { OPEN_ROUTE, ROUTES, type Route } from "./document-server-routes.ts";
import { findStorageRoute } from "./integration-routes.ts";

export interface RouteMatch {
	readonly route: Route;
	/** The path's first named segment, a document's, still percent-encoded; "" where the route names none. */
	readonly docid: string;
}

/** @param storage rows of the integration behind the edge; `undefined`: a Document Server is */
export function findRoute(target: Target, storage?: readonly CompiledRoute[]): RouteMatch | Refusal {
	if (storage) {
		const route = findStorageRoute(target, storage);
		return "ok" in route ? route : { route, docid: "" };
	}
	// Node reads a decoded backslash as a slash: what it makes of dots behind one is nobody's route.
	if (DOT_SEGMENT.test(target.service.path)) return refuse("path_ambiguous");
	const atNginx = match("nginx", target.method, target.uri);
	if (atNginx.route !== OPEN_ROUTE) return atNginx;
	const closed = IS_PLAIN.test(target.path) ? undefined : findClosed(target);
	if (closed) return closed;
	const atService = match("service", target.method, target.service.path);
	if (target.service.path === target.canonical) return atService;
	const rewritten = match("service", target.method, target.canonical);
	if (rewritten.route === atService.route) return atService;
	if (rewritten.route.evidence.kind === "closed") return rewritten;
	const seenBy = { service: atService.route.evidence.kind, proxy: rewritten.route.evidence.kind };
	const guardedOnlyRewritten = seenBy.service === "none" && seenBy.proxy !== "none";
	// Both nginx and DocService read a storage file's path: they must see the same file.
	const seenAsOtherFile = seenBy.service === "secure-link";
	return guardedOnlyRewritten || seenAsOtherFile ? refuse("path_ambiguous") : atService;
}

/** nginx allows these paths from its own host, which is where the edge seems to be behind a tunnel. */
function findClosed({ path, canonical }: Target): RouteMatch | Refusal | undefined {
	const readings = lenientPaths(path)?.concat(lenientPaths(canonical) ?? []);
	if (readings === undefined) return refuse("path_ambiguous");
	const row = CLOSED.find(({ pattern }) => readings.some((reading) => pattern.test(reading)));
	return row && { route: row.route, docid: "" };
}

/** Every reader takes such a path for the same. */
const IS_PLAIN = /^(?:\/[\w-](?:[\w.-]*[\w-])?)*\/?$/;
const DOT_SEGMENT = /(?:^|\/)\.\.?(?:\/|$)/;

function match(reader: Route["reader"], method: string, path: string): RouteMatch {
	for (const { route, pattern } of COMPILED) {
		if (route.reader !== reader || (route.methods && !route.methods.includes(method))) continue;
		const found = pattern.exec(path);
		if (found) return { route, docid: found[1] ?? "" };
	}
	return { route: OPEN_ROUTE, docid: "" };
}

const COMPILED = ROUTES.map(compileRoute);
const CLOSED = COMPILED.filter(({ route }) => route.evidence.kind === "closed");
