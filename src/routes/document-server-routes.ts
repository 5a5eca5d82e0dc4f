/**
 * The route table: what each route of a Document Server asks for, and in whose words it refuses.
 *
 * Rows are tried from the top; the first that fits the path and the method decides; what fits no row is
 * open. Paths are written as in the server's own router (Express): no case, one optional slash at the
 * end, `:name` is one segment, `*` is anything. Sources: the server's `DocService/sources/server.js`
 * and its nginx `ds-docservice.conf`.
 */

export type RouteId =
	| "cached-file"
	| "storage-file"
	| "command"
	| "convert"
	| "builder"
	| "download-file"
	| "closed"
	| "upload"
	| "download-as"
	| "save-file"
	| "print-file"
	| "ai-proxy"
	| "socket"
	| "wopi-page"
	| "wopi-convert"
	| "wopi"
	| "callback"
	| "download"
	| "wopi-call"
	| "wopi-file-url"
	| "open";

/** `services.CoAuthoring.secret.*`. */
export type TokenSecret = "inbox" | "browser" | "session" | "outbox";

/**
 * Where DocService, or an integration, looks for a token. `params`: the JSON body, else the query; `body`:
 * the JSON body; `cmd.…`: a member of the JSON in the query's `cmd`.
 */
export type TokenPlace = "params" | "body" | "query" | "header" | "cmd.tokenDownload" | "cmd.tokenSession";

/** What a handler asks of the claims of a good session token. */
export type ClaimsRule = "upload" | "download-as" | "save-file" | "print-file" | "ai-proxy";

export type Evidence =
	| { readonly kind: "none" }
	| { readonly kind: "closed"; readonly reason: "path_closed" | "wopi_closed" }
	/** The Document Server calls whom the request names: the host has to be listed. */
	| { readonly kind: "wopi-page"; readonly asks: "editor" | "conversion" | "handler" }
	/** The server asks for nothing: the edge asks for a conversion token, where it opens this at all. */
	| { readonly kind: "wopi-convert" }
	/** `service`: DocService answers this path itself, so its own reading of the link has to agree. */
	| { readonly kind: "secure-link"; readonly readers: "nginx" | "nginx and service" }
	| { readonly kind: "socket" }
	/** A proof that one of the configured Document Servers made this request (WOPI proof keys). */
	| { readonly kind: "wopi-proof" }
	| TokenEvidence;

export interface TokenEvidence {
	readonly kind: "token";
	/** `token.enable.*`: off, `browser` asks for none, and checks the one that is sent; the others check nothing. */
	readonly enabledBy: "inbox" | "browser" | "outbox";
	/** In the server's order: the first that holds a token decides alone, but of `outbox` each that does. */
	readonly places: readonly (readonly [TokenPlace, TokenSecret])[];
	/** Whether a request without a token passes unchecked if it brings a cookie, for the integration to judge. */
	readonly orSession?: boolean;
}

/** Whose refusal it is: nginx's error page, the answer of one of DocService's handlers, an integration's, a WOPI host's. */
export type ReplyStyle =
	| "nginx"
	| "forbidden"
	| "command"
	| "convert-json"
	| "convert-xml"
	| "builder"
	| "ai-proxy"
	| "socket"
	| "integration"
	| "wopi-host";

export interface Route {
	readonly id: RouteId;
	/** `nginx`: decided on `$uri` before DocService is asked; `service`: on the path DocService routes. */
	readonly reader: "nginx" | "service";
	readonly path: string;
	/** Without: all. Of a route that names its methods, others are open: the server answers 404. */
	readonly methods?: readonly string[];
	readonly evidence: Evidence;
	/** What is asked of the claims of its session token. */
	readonly claims?: ClaimsRule;
	readonly reply: ReplyStyle;
}

const CLOSED: Evidence = { kind: "closed", reason: "path_closed" };
const WOPI_CLOSED: Evidence = { kind: "closed", reason: "wopi_closed" };
const wopiPage = (asks: "editor" | "conversion" | "handler"): Evidence => ({ kind: "wopi-page", asks });
const WOPI_CONVERT: Evidence = { kind: "wopi-convert" };
const OPEN: Evidence = { kind: "none" };
const SOCKET: Evidence = { kind: "socket" };
const NGINX_LINK: Evidence = { kind: "secure-link", readers: "nginx" };
const SERVICE_LINK: Evidence = { kind: "secure-link", readers: "nginx and service" };

export const token = (
	enabledBy: TokenEvidence["enabledBy"],
	...places: TokenEvidence["places"]
): TokenEvidence => ({
	kind: "token",
	enabledBy,
	places,
});
const API_TOKEN = token("inbox", ["params", "inbox"], ["header", "inbox"]);
const QUERY_TOKEN = token("inbox", ["query", "inbox"], ["header", "inbox"]);
const UPLOAD_TOKEN = token("browser", ["header", "session"], ["query", "session"]);
const DOWNLOAD_TOKEN = token("browser", ["cmd.tokenDownload", "browser"], ["cmd.tokenSession", "session"]);
const SAVE_TOKEN = token("browser", ["cmd.tokenSession", "session"]);
const PRINT_TOKEN = token("browser", ["query", "session"]);
const AI_TOKEN = token("browser", ["header", "session"]);

export const GET = ["GET", "HEAD"];
export const POST = ["POST"];
const GET_POST = ["GET", "HEAD", "POST"];
const PREFLIGHT = ["OPTIONS"];

// biome-ignore format: a table
export const ROUTES: readonly Route[] = [
	// nginx answers these itself.
	{ id: "cached-file",   reader: "nginx",   path: "/cache/files*/*",                                    evidence: NGINX_LINK,   reply: "nginx" },
	{ id: "closed",        reader: "service", path: "/internal/*",                                        evidence: CLOSED,       reply: "nginx" },
	{ id: "closed",        reader: "service", path: "/info/*",                                            evidence: CLOSED,       reply: "nginx" },

	// DocService serves files itself under these, and cached files when a version prefix was in front.
	{ id: "storage-file",  reader: "service", path: "/storage-cache/files/:folder*",                      evidence: SERVICE_LINK, reply: "forbidden" },
	{ id: "storage-file",  reader: "service", path: "/cache/files/:folder*",                              evidence: SERVICE_LINK, reply: "forbidden" },

	// Services that integrations call.
	{ id: "command",       reader: "service", path: "/command",                         methods: POST,     evidence: API_TOKEN,   reply: "command" },
	{ id: "command",       reader: "service", path: "/coauthoring/CommandService.ashx", methods: GET_POST, evidence: API_TOKEN,   reply: "command" },
	{ id: "convert",       reader: "service", path: "/converter",                       methods: POST,     evidence: API_TOKEN,   reply: "convert-json" },
	{ id: "convert",       reader: "service", path: "/ConvertService.ashx",             methods: GET_POST, evidence: API_TOKEN,   reply: "convert-xml" },
	{ id: "builder",       reader: "service", path: "/docbuilder",                      methods: POST,     evidence: API_TOKEN,   reply: "builder" },
	{ id: "download-file", reader: "service", path: "/downloadfile/:docid",             methods: GET,      evidence: QUERY_TOKEN, reply: "forbidden" },
	{ id: "download-file", reader: "service", path: "/downloadfile/:docid",             methods: POST,     evidence: API_TOKEN,   reply: "forbidden" },

	// The browser's own endpoints.
	{ id: "upload",        reader: "service", path: "/upload/:docid*",             methods: POST, claims: "upload",      evidence: UPLOAD_TOKEN,   reply: "forbidden" },
	{ id: "download-as",   reader: "service", path: "/downloadas/:docid",          methods: POST, claims: "download-as", evidence: DOWNLOAD_TOKEN, reply: "forbidden" },
	{ id: "save-file",     reader: "service", path: "/savefile/:docid",            methods: POST, claims: "save-file",   evidence: SAVE_TOKEN,     reply: "forbidden" },
	{ id: "print-file",    reader: "service", path: "/printfile/:docid/:filename", methods: GET,  claims: "print-file",  evidence: PRINT_TOKEN,    reply: "forbidden" },
	{ id: "ai-proxy",      reader: "service", path: "/ai-proxy/*",                 methods: PREFLIGHT,                   evidence: OPEN,           reply: "ai-proxy" },
	{ id: "ai-proxy",      reader: "service", path: "/ai-proxy/*",                           claims: "ai-proxy",     evidence: AI_TOKEN,       reply: "ai-proxy" },

	// WOPI: the server fetches the source that a page's query names. None of these asks for a token by itself.
	{ id: "open",          reader: "service", path: "/hosting/discovery",                          methods: GET,  evidence: OPEN,                   reply: "forbidden" },
	{ id: "open",          reader: "service", path: "/hosting/capabilities",                       methods: GET,  evidence: OPEN,                   reply: "forbidden" },
	{ id: "wopi-page",     reader: "service", path: "/hosting/wopi/convert-and-edit-handler",      methods: ["GET"], evidence: wopiPage("handler"), reply: "forbidden" },
	{ id: "wopi-page",     reader: "service", path: "/hosting/wopi/convert-and-edit/:ext/:target", methods: POST, evidence: wopiPage("conversion"), reply: "forbidden" },
	{ id: "wopi-page",     reader: "service", path: "/hosting/wopi/:type/:mode",                   methods: POST, evidence: wopiPage("editor"),     reply: "forbidden" },
	{ id: "wopi-convert",  reader: "service", path: "/cool/convert-to/*",                          methods: POST, evidence: WOPI_CONVERT,           reply: "forbidden" },
	{ id: "wopi-convert",  reader: "service", path: "/lool/convert-to/*",                          methods: POST, evidence: WOPI_CONVERT,           reply: "forbidden" },
	// The rest of it, and the test host that the server has for its developers.
	{ id: "wopi",          reader: "service", path: "/hosting/*",                                                 evidence: WOPI_CLOSED,            reply: "forbidden" },
	{ id: "wopi",          reader: "service", path: "/wopi/*",                                                    evidence: WOPI_CLOSED,            reply: "forbidden" },
	{ id: "wopi",          reader: "service", path: "/cool/*",                                                    evidence: WOPI_CLOSED,            reply: "forbidden" },
	{ id: "wopi",          reader: "service", path: "/lool/*",                                                    evidence: WOPI_CLOSED,            reply: "forbidden" },

	// The editor's socket (engine.io).
	{ id: "socket",        reader: "service", path: "/doc/*",                                             evidence: SOCKET,       reply: "socket" },
];

/** Everything else: web-apps, sdkjs, fonts, dictionaries, welcome, healthcheck, WOPI, … */
export const OPEN_ROUTE: Route = { id: "open", reader: "service", path: "*", evidence: OPEN, reply: "nginx" };
