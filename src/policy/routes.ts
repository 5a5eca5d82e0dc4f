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
	| "session"
	| "socket"
	| "open";

/** Where DocService looks for a token, in its order. `params`: the JSON body, else the query. */
export type TokenPlace = "params" | "query" | "header";

export type Evidence =
	| { readonly kind: "none" }
	| { readonly kind: "closed" }
	/** `service`: DocService answers this path itself, so its own reading of the link has to agree. */
	| { readonly kind: "secure-link"; readonly readers: "nginx" | "nginx and service" }
	| TokenEvidence;

export interface TokenEvidence {
	readonly kind: "token";
	readonly secret: "inbox";
	readonly places: readonly TokenPlace[];
}

/** Whose refusal it is: nginx's error page, or the answer of one of DocService's handlers. */
export type ReplyStyle = "nginx" | "forbidden" | "command" | "convert-json" | "convert-xml" | "builder";

export interface Route {
	readonly id: RouteId;
	/** `nginx`: decided on `$uri` before DocService is asked; `service`: on the path DocService routes. */
	readonly reader: "nginx" | "service";
	readonly path: string;
	/** Without: all. Of a route that names its methods, others are open: the server answers 404. */
	readonly methods?: readonly string[];
	readonly evidence: Evidence;
	readonly reply: ReplyStyle;
}

const CLOSED: Evidence = { kind: "closed" };
const OPEN: Evidence = { kind: "none" };
const NGINX_LINK: Evidence = { kind: "secure-link", readers: "nginx" };
const SERVICE_LINK: Evidence = { kind: "secure-link", readers: "nginx and service" };
const API_TOKEN: Evidence = { kind: "token", secret: "inbox", places: ["params", "header"] };
const QUERY_TOKEN: Evidence = { kind: "token", secret: "inbox", places: ["query", "header"] };

const GET = ["GET", "HEAD"];
const POST = ["POST"];
const GET_POST = ["GET", "HEAD", "POST"];

// biome-ignore format: a table
export const ROUTES: readonly Route[] = [
	// nginx answers these itself.
	{ id: "cached-file",   reader: "nginx",   path: "/cache/files*/*",                                 evidence: NGINX_LINK,   reply: "nginx" },
	{ id: "closed",        reader: "service", path: "/internal/*",                                     evidence: CLOSED,       reply: "nginx" },
	{ id: "closed",        reader: "service", path: "/info/*",                                         evidence: CLOSED,       reply: "nginx" },

	// DocService serves files itself under these, and cached files when a version prefix was in front.
	{ id: "storage-file",  reader: "service", path: "/storage-cache/files/:folder*",                   evidence: SERVICE_LINK, reply: "forbidden" },
	{ id: "storage-file",  reader: "service", path: "/cache/files/:folder*",                           evidence: SERVICE_LINK, reply: "forbidden" },

	// Services that integrations call.
	{ id: "command",       reader: "service", path: "/command",                      methods: POST,     evidence: API_TOKEN,    reply: "command" },
	{ id: "command",       reader: "service", path: "/coauthoring/CommandService.ashx", methods: GET_POST, evidence: API_TOKEN, reply: "command" },
	{ id: "convert",       reader: "service", path: "/converter",                    methods: POST,     evidence: API_TOKEN,    reply: "convert-json" },
	{ id: "convert",       reader: "service", path: "/ConvertService.ashx",          methods: GET_POST, evidence: API_TOKEN,    reply: "convert-xml" },
	{ id: "builder",       reader: "service", path: "/docbuilder",                   methods: POST,     evidence: API_TOKEN,    reply: "builder" },
	{ id: "download-file", reader: "service", path: "/downloadfile/:docid",          methods: GET,      evidence: QUERY_TOKEN,  reply: "forbidden" },
	{ id: "download-file", reader: "service", path: "/downloadfile/:docid",          methods: POST,     evidence: API_TOKEN,    reply: "forbidden" },

	// The browser's own endpoints and the editor's socket: open until the edge reads session tokens.
	{ id: "session",       reader: "service", path: "/upload/:docid*",               methods: POST,     evidence: OPEN,         reply: "forbidden" },
	{ id: "session",       reader: "service", path: "/downloadas/:docid",            methods: POST,     evidence: OPEN,         reply: "forbidden" },
	{ id: "session",       reader: "service", path: "/savefile/:docid",              methods: POST,     evidence: OPEN,         reply: "forbidden" },
	{ id: "session",       reader: "service", path: "/printfile/:docid/:filename",   methods: GET,      evidence: OPEN,         reply: "forbidden" },
	{ id: "session",       reader: "service", path: "/ai-proxy/*",                                      evidence: OPEN,         reply: "forbidden" },
	{ id: "socket",        reader: "service", path: "/doc/*",                                           evidence: OPEN,         reply: "forbidden" },
];

/** Everything else: web-apps, sdkjs, fonts, dictionaries, welcome, healthcheck, WOPI, … */
export const OPEN_ROUTE: Route = { id: "open", reader: "service", path: "*", evidence: OPEN, reply: "nginx" };
