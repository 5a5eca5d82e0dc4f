/**
 * The other route table: what the Document Server calls at an integration (storage), at paths that the
 * host's configuration names. Sources: ONLYOFFICE API, Callback handler and Signature (outgoing requests).
 *
 * An integration may be written in anything, so a path is guarded if any reading of it is; which methods a
 * handler looks at is not known either, so others than the row's are for the check to refuse.
 */
import { lenientPaths } from "../request/lenient-paths.ts";
import type { Target } from "../request/target.ts";
import { type Refusal, refuse } from "../verdict.ts";
import { type CompiledRoute, compileRoute } from "./path-pattern.ts";
import { type Evidence, GET, OPEN_ROUTE, POST, type Route, token } from "./document-server-routes.ts";

/** Each once per path that the host lists. */
// biome-ignore format: a table
export const STORAGE_ROUTES = {
	// Of a WOPI host. A proof does not cover the method, so every method needs one.
	"wopi-call":     { id: "wopi-call",     reader: "service", evidence: { kind: "wopi-proof" }, reply: "wopi-host" },
	// The server never signs these. They have a row so that the log tells them from all other open paths.
	"wopi-file-url": { id: "wopi-file-url", reader: "service", evidence: { kind: "none" },       reply: "wopi-host" },

	callback: { id: "callback", reader: "service", methods: POST, evidence: token("outbox", ["body", "outbox"], ["header", "outbox"]), reply: "integration" },
	download: { id: "download", reader: "service", methods: GET,  evidence: token("outbox", ["header", "outbox"]),                     reply: "integration" },
} as const satisfies Readonly<Record<string, Omit<Route, "path">>>;

/**
 * What a list of paths may name. Everything else a segment could hold is written `:name` or `*`: encoded,
 * it would be matched in one spelling only. More than two `*` would take long on a long path.
 */
export const PATH_PATTERN = /^(?!(?:.*\*){3})(?:\/|(?:\/(?!\.\.?(?:\/|$))[\w.~@:*-]+)+\/?)$/;

/** @param sessions those of the downloads that people open too, with the integration's own session */
export const storageRoutes = (
	callbacks: readonly string[],
	downloads: readonly string[],
	sessions: readonly string[] = [],
) => [
	...callbacks.map((path) => compileRoute({ ...STORAGE_ROUTES.callback, path })),
	...downloads.map((path) => {
		const { evidence, ...row } = STORAGE_ROUTES.download;
		return compileRoute({ ...row, evidence: { ...evidence, orSession: sessions.includes(path) }, path });
	}),
];

/** @param fileUrls paths that a WOPI host gives out as `FileUrl` or `TemplateSource` */
export const wopiRoutes = (calls: readonly string[], fileUrls: readonly string[]) => [
	...calls.map((path) => compileRoute({ ...STORAGE_ROUTES["wopi-call"], path })),
	...fileUrls.map((path) => compileRoute({ ...STORAGE_ROUTES["wopi-file-url"], path })),
];

/**
 * The row that covers path and method, else one that covers the path, else the open one. A row that asks
 * for a proof comes before those that ask for a token, an unchecked row after all.
 *
 * @returns `path_ambiguous` for a path of more layers of encoding than anybody uses, and for a spelling that
 * one reader takes to a WOPI path and another to a callback or download: neither credential is for both
 */
export function findStorageRoute(target: Target, rows: readonly CompiledRoute[]): Route | Refusal {
	const { method, path, uri, service, canonical } = target;
	const lenient = lenientPaths(path);
	if (lenient === undefined) return refuse("path_ambiguous");
	const readings = [path, uri, service.path, canonical, ...lenient];
	const covering = rows.filter(({ pattern }) => readings.some((reading) => pattern.test(reading)));
	const asking = (kind: Evidence["kind"]) => covering.filter(({ route }) => route.evidence.kind === kind);
	const [proofs, tokens] = [asking("wopi-proof"), asking("token")];
	const isPlain = (found: readonly CompiledRoute[]) => found.some(({ pattern }) => pattern.test(path));
	if (proofs.length > 0 && tokens.length > 0 && !(isPlain(proofs) && isPlain(tokens)))
		return refuse("path_ambiguous");
	const row = proofs[0] ?? tokens.find(({ route }) => route.methods?.includes(method)) ?? tokens[0];
	return (row ?? covering[0])?.route ?? OPEN_ROUTE;
}

/**
 * Headers that some servers (IIS, PHP frameworks) route by in place of the path, or of the method. CGI reads
 * `-` and `_` in a name alike.
 */
const OTHER_PATH = /^x.(?:original|rewrite).url$/;
const OTHER_METHOD = /^x.(?:http.method|http.method.override|method.override)$/;

export const namesOtherPath = (headers: Headers): boolean => hasHeader(headers, OTHER_PATH);
export const namesOtherMethod = (headers: Headers): boolean => hasHeader(headers, OTHER_METHOD);

function hasHeader(headers: Headers, pattern: RegExp): boolean {
	let has = false;
	headers.forEach((_, name) => {
		has ||= pattern.test(name);
	});
	return has;
}
