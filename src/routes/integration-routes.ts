/**
 * The route table of an integration: the requests of the Document Server to Nextcloud, Moodle or a WOPI host.
 *
 * The host's configuration names the paths; each listed path becomes one row. An integration may run on any web
 * server, so a path is protected if any reading of it is protected. Sources: ONLYOFFICE API, Callback handler and
 * Signature (outgoing requests).
 */
import { lenientPaths } from "../request/lenient-paths.ts";
import type { Target } from "../request/target.ts";
import { type Refusal, refuse } from "../verdict.ts";
import { compileListedRoute, type ListedRoute } from "./listed-path.ts";
import { GET, OPEN, OPEN_ROUTE, POST, type Requirement, type Route, requiresToken } from "./route.ts";

const CALLBACK_TOKEN = requiresToken("outbox", ["body", "outbox"], ["header", "outbox"]);
const DOWNLOAD_TOKEN = requiresToken("outbox", ["header", "outbox"]);
const PROOF: Requirement = { kind: "wopi-proof" };

/** The rows without their paths. */
// biome-ignore format: a table
export const INTEGRATION_ROUTES = {
	// A proof does not cover the method, so every method needs one.
	"wopi-call":     { id: "wopi-call",     reader: "docService",                requires: PROOF,          reply: "wopi-host" },
	// The server never signs these. The row gives them a name in the log.
	"wopi-file-url": { id: "wopi-file-url", reader: "docService",                requires: OPEN,           reply: "wopi-host" },

	callback:        { id: "callback",      reader: "docService", methods: POST, requires: CALLBACK_TOKEN, reply: "integration" },
	download:        { id: "download",      reader: "docService", methods: GET,  requires: DOWNLOAD_TOKEN, reply: "integration" },
} as const satisfies Readonly<Record<string, Omit<Route, "path">>>;

/**
 * The characters of a listed path. Other characters are written `:name` or `*`: a percent-encoded character would
 * match in one spelling only.
 */
export const PATH_PATTERN = /^(?!(?:.*\*){3})(?:\/|(?:\/(?!\.\.?(?:\/|$))[\w.~@:*-]+)+\/?)$/;

/** @param sessions the downloads that people open too, with the integration's own session */
export const integrationRoutes = (
	callbacks: readonly string[],
	downloads: readonly string[],
	sessions: readonly string[] = [],
): ListedRoute[] => [
	...callbacks.map((path) => compileListedRoute({ ...INTEGRATION_ROUTES.callback, path })),
	...downloads.map((path) => {
		const { requires, ...row } = INTEGRATION_ROUTES.download;
		return compileListedRoute({
			...row,
			requires: { ...requires, orSession: sessions.includes(path) },
			path,
		});
	}),
];

/** @param fileUrls paths that a WOPI host gives out as `FileUrl` or `TemplateSource` */
export const wopiRoutes = (calls: readonly string[], fileUrls: readonly string[]): ListedRoute[] => [
	...calls.map((path) => compileListedRoute({ ...INTEGRATION_ROUTES["wopi-call"], path })),
	...fileUrls.map((path) => compileListedRoute({ ...INTEGRATION_ROUTES["wopi-file-url"], path })),
];

/**
 * The row that covers path and method, else a row that covers the path, else the open route. A row that requires a
 * proof wins over rows that require a token. An open row comes last.
 *
 * @returns `path_ambiguous` for too many layers of encoding. Also if one reader finds a WOPI path and another a path with a
 * token: no credential is good for both
 */
export function findIntegrationRoute(target: Target, rows: readonly ListedRoute[]): Route | Refusal {
	const { method, path, uri, docService, canonical } = target;
	const lenient = lenientPaths(path);
	if (lenient === undefined) return refuse("path_ambiguous");
	const readings = [...new Set([path, uri, docService.path, canonical, ...lenient])];
	const covering = rows.filter(({ pattern }) => readings.some((reading) => pattern.test(reading)));
	const requiring = (kind: Requirement["kind"]) =>
		covering.filter(({ route }) => route.requires.kind === kind);
	const [proofs, tokens] = [requiring("wopi-proof"), requiring("token")];
	const coversAsSent = (found: readonly ListedRoute[]) => found.some(({ pattern }) => pattern.test(path));
	if (proofs.length > 0 && tokens.length > 0 && !(coversAsSent(proofs) && coversAsSent(tokens)))
		return refuse("path_ambiguous");
	// The handler's methods are not known: a protected path is protected in every method, and the check refuses
	// the methods that its row does not name.
	const row = proofs[0] ?? tokens.find(({ route }) => route.methods?.includes(method)) ?? tokens[0];
	return (row ?? covering[0])?.route ?? OPEN_ROUTE;
}
