/**
 * The other route table: what the Document Server calls at an integration (storage), at paths that the
 * host's configuration names. Sources: ONLYOFFICE API, Callback handler and Signature (outgoing requests).
 *
 * An integration may be written in anything, so a path is guarded if any reading of it is; which methods a
 * handler looks at is not known either, so others than the row's are for the check to refuse.
 */
import { nginxUri } from "../target/nginx-uri.ts";
import type { Target } from "../target/target.ts";
import { type CompiledRoute, compileRoute } from "./path-pattern.ts";
import { GET, OPEN_ROUTE, POST, type Route, token } from "./routes.ts";

/** Each once per path that the host lists. */
// biome-ignore format: a table
export const STORAGE_ROUTES = {
	callback: { id: "callback", reader: "service", methods: POST, evidence: token("outbox", ["body", "outbox"], ["header", "outbox"]), reply: "integration" },
	download: { id: "download", reader: "service", methods: GET,  evidence: token("outbox", ["header", "outbox"]),                     reply: "integration" },
} as const satisfies Readonly<Record<string, Omit<Route, "path">>>;

/**
 * What a list of paths may name. Everything else a segment could hold is written `:name` or `*`: encoded,
 * it would be matched in one spelling only. More than two `*` would take long on a long path.
 */
export const PATH_PATTERN = /^(?!(?:.*\*){3})(?:\/|(?:\/(?!\.\.?(?:\/|$))[\w.~@:*-]+)+\/?)$/;

export const storageRoutes = (callbacks: readonly string[], downloads: readonly string[]) => [
	...callbacks.map((path) => compileRoute({ ...STORAGE_ROUTES.callback, path })),
	...downloads.map((path) => compileRoute({ ...STORAGE_ROUTES.download, path })),
];

/** The row that covers path and method, else one that covers the path, else the open one. */
export function findStorageRoute(target: Target, rows: readonly CompiledRoute[]): Route {
	const { method, path, uri, service, canonical } = target;
	// Java drops `;parameters`; others take `\` for `/`, cut at a decoded `?` or `#`, or drop line breaks: as
	// the URL parser does. Some decode twice.
	const plain = uri.replace(/;[^/]*/g, "").replace(/\/+/g, "/");
	const lenient = new URL(`http://h${plain}`).pathname;
	const readings = [path, uri, service.path, canonical, lenient, nginxUri(lenient) ?? uri];
	const covering = rows.filter(({ pattern }) => readings.some((reading) => pattern.test(reading)));
	const row = covering.find(({ route }) => route.methods?.includes(method)) ?? covering[0];
	return row?.route ?? OPEN_ROUTE;
}

/** Headers that some servers (IIS, older PHP frameworks) route by in place of the path. No client sends them. */
export const namesOtherPath = (headers: Headers): boolean =>
	headers.has("X-Original-URL") || headers.has("X-Rewrite-URL");
