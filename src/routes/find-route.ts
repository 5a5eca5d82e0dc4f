/**
 * Finds the row that covers a target, in the table of the Document Server or of an integration.
 *
 * In front of a Document Server, the server's own reading of the path decides. Some spellings reach a protected row, or
 * another one, only behind a reader that decodes or merges paths. The edge refuses them. Such a reader is a proxy, and the
 * server's nginx at `/ai-proxy`: it passes that path decoded. In front of an integration, any reading protects.
 */
import { lenientReadings } from "../request/lenient-paths.ts";
import type { Target } from "../request/target.ts";
import { type Refusal, refuse } from "../verdict.ts";
import { ROUTES } from "./document-server-routes.ts";
import { findIntegrationRoute } from "./integration-routes.ts";
import type { ListedRoute } from "./listed-path.ts";
import { compileRoute } from "./path-pattern.ts";
import { OPEN_ROUTE, type Route } from "./route.ts";

export interface RouteMatch {
	readonly route: Route;
	/** The document's segment of the path, percent-encoded; "" where the route names none. */
	readonly documentKey: string;
}

/** @param integration rows of the integration behind the edge; `undefined` in front of a Document Server */
export function findRoute(target: Target, integration?: readonly ListedRoute[]): RouteMatch | Refusal {
	if (integration) {
		const route = findIntegrationRoute(target, integration);
		return "ok" in route ? route : { route, documentKey: "" };
	}
	const { method, path, uri, docService, canonical } = target;
	// Node reads a decoded backslash as a slash. It would then find a dot segment that nginx has not resolved.
	if (DOT_SEGMENT.test(docService.path)) return refuse("path_ambiguous");
	const atNginx = match("nginx", method, uri);
	if (atNginx.route !== OPEN_ROUTE) return atNginx;
	const closed = READ_ALIKE.test(path) ? undefined : findClosed(target);
	if (closed) return closed;
	const atDocService = match("docService", method, docService.path);
	if (docService.path === canonical) return atDocService;
	const behindProxy = match("docService", method, canonical);
	if (behindProxy.route === atDocService.route) return atDocService;
	if (behindProxy.route.requires.kind === "closed") return behindProxy;
	const isOtherBehindProxy = behindProxy.route.requires.kind !== "open";
	// nginx and DocService both read the path of a file that DocService serves: they must see the same file.
	const isOtherFile = atDocService.route.requires.kind === "secure-link";
	return isOtherBehindProxy || isOtherFile ? refuse("path_ambiguous") : atDocService;
}

/** The closed paths are closed in every spelling: behind a tunnel nginx takes the edge for its own host. */
function findClosed(target: Target): RouteMatch | Refusal | undefined {
	const readings = lenientReadings(target);
	if (readings === undefined) return refuse("path_ambiguous");
	const row = CLOSED.find(({ pattern }) => readings.some((reading) => pattern.test(reading)));
	return row && { route: row.route, documentKey: "" };
}

/** Paths that every reader reads alike. */
export const READ_ALIKE = /^(?:\/[\w-](?:[\w.-]*[\w-])?)*\/?$/;
const DOT_SEGMENT = /(?:^|\/)\.\.?(?:\/|$)/;

function match(reader: Route["reader"], method: string, path: string): RouteMatch {
	for (const { route, pattern } of COMPILED) {
		if (route.reader !== reader || (route.methods && !route.methods.includes(method))) continue;
		const found = pattern.exec(path);
		if (found) return { route, documentKey: found[1] ?? "" };
	}
	return { route: OPEN_ROUTE, documentKey: "" };
}

const COMPILED = ROUTES.map(compileRoute);
const CLOSED = COMPILED.filter(({ route }) => route.requires.kind === "closed");
