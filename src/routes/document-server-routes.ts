/**
 * The route table of a Document Server: what each route requires, and in whose words it refuses.
 *
 * Rows are tried from the top. The first row that covers path and method decides. A request that no row covers is
 * open. Paths are written as in the server's own router (Express): no case, one optional slash at the end, `:name`
 * is one segment, `*` is anything. Sources: the server's `DocService/sources/server.js`, its nginx
 * `ds-docservice.conf`.
 */
import {
	API_TOKEN,
	GET,
	OPEN,
	POST,
	type Requirement,
	type Route,
	requiresToken,
	type WopiPage,
} from "./route.ts";

const NGINX_LINK: Requirement = { kind: "secure-link", readers: "nginx" };
const BOTH_LINKS: Requirement = { kind: "secure-link", readers: "nginx and DocService" };
const CLOSED: Requirement = { kind: "closed", reason: "path_closed" };
const BY_EXPOSURE: Requirement = { kind: "by-exposure" };
const SOCKET: Requirement = { kind: "socket" };
const QUERY_TOKEN = requiresToken("inbox", ["query", "inbox"], ["header", "inbox"]);
const UPLOAD_TOKEN = requiresToken("browser", ["header", "session"], ["query", "session"]);
const DOWNLOAD_TOKEN = requiresToken(
	"browser",
	["cmd.tokenDownload", "browser"],
	["cmd.tokenSession", "session"],
);
const SAVE_TOKEN = requiresToken("browser", ["cmd.tokenSession", "session"]);
const PRINT_TOKEN = requiresToken("browser", ["query", "session"]);
/** The server takes an OPTIONS request with any bearer for a call of the provider. */
const AI_TOKEN: Requirement = { ...requiresToken("browser", ["header", "session"]), orPreflight: true };
const wopiPage = (page: WopiPage): Requirement => ({ kind: "wopi-page", page });
const WOPI_CONVERT: Requirement = { kind: "wopi-convert" };
const WOPI_CLOSED: Requirement = { kind: "closed", reason: "wopi_closed" };

const GET_POST = ["GET", "HEAD", "POST"];

// biome-ignore format: a table
export const ROUTES: readonly Route[] = [
	// nginx serves these files itself.
	{ id: "cached-file",   reader: "nginx",      path: "/cache/files*/*",                 requires: NGINX_LINK, reply: "nginx" },

	// nginx opens these paths only to its own host. Behind a tunnel, nginx takes the edge for that host.
	{ id: "closed",        reader: "docService", path: "/internal/*",                     requires: CLOSED,     reply: "nginx" },
	{ id: "closed",        reader: "docService", path: "/info/*",                         requires: CLOSED,     reply: "nginx" },

	// DocService serves these files itself. `/cache/files` gets there behind a version prefix.
	{ id: "storage-file",  reader: "docService", path: "/storage-cache/files/:folder*",   requires: BOTH_LINKS, reply: "forbidden" },
	{ id: "storage-file",  reader: "docService", path: "/cache/files/:folder*",           requires: BOTH_LINKS, reply: "forbidden" },

	// Integrations call these.
	{ id: "command",       reader: "docService", path: "/command",                         methods: POST,     requires: API_TOKEN,   reply: "command" },
	{ id: "command",       reader: "docService", path: "/coauthoring/CommandService.ashx", methods: GET_POST, requires: API_TOKEN,   reply: "command" },
	{ id: "convert",       reader: "docService", path: "/converter",                       methods: POST,     requires: API_TOKEN,   reply: "convert-json" },
	{ id: "convert",       reader: "docService", path: "/ConvertService.ashx",             methods: GET_POST, requires: API_TOKEN,   reply: "convert-xml" },
	{ id: "builder",       reader: "docService", path: "/docbuilder",                      methods: POST,     requires: API_TOKEN,   reply: "builder" },
	{ id: "download-file", reader: "docService", path: "/downloadfile/:document",          methods: GET,      requires: QUERY_TOKEN, reply: "forbidden" },
	{ id: "download-file", reader: "docService", path: "/downloadfile/:document",          methods: POST,     requires: API_TOKEN,   reply: "forbidden" },

	// The editor in the browser calls these.
	{ id: "upload",        reader: "docService", path: "/upload/:document*",             methods: POST, claims: "upload",      requires: UPLOAD_TOKEN,   reply: "forbidden" },
	{ id: "download-as",   reader: "docService", path: "/downloadas/:document",          methods: POST, claims: "download-as", requires: DOWNLOAD_TOKEN, reply: "forbidden" },
	{ id: "save-file",     reader: "docService", path: "/savefile/:document",            methods: POST, claims: "save-file",   requires: SAVE_TOKEN,     reply: "forbidden" },
	{ id: "print-file",    reader: "docService", path: "/printfile/:document/:filename", methods: GET,  claims: "print-file",  requires: PRINT_TOKEN,    reply: "forbidden" },
	{ id: "ai-proxy",      reader: "docService", path: "/ai-proxy/*",                                   claims: "ai-proxy",    requires: AI_TOKEN,       reply: "ai-proxy" },

	// WOPI: the server fetches the source that a page's query names. The server itself requires no token here.
	{ id: "open",          reader: "docService", path: "/hosting/discovery",                          methods: GET,     requires: OPEN,                   reply: "forbidden" },
	{ id: "open",          reader: "docService", path: "/hosting/capabilities",                       methods: GET,     requires: OPEN,                   reply: "forbidden" },
	{ id: "wopi-page",     reader: "docService", path: "/hosting/wopi/convert-and-edit-handler",      methods: ["GET"], requires: wopiPage("handler"),    reply: "forbidden" },
	{ id: "wopi-page",     reader: "docService", path: "/hosting/wopi/convert-and-edit/:ext/:target", methods: POST,    requires: wopiPage("conversion"), reply: "forbidden" },
	{ id: "wopi-page",     reader: "docService", path: "/hosting/wopi/:type/:mode",                   methods: POST,    requires: wopiPage("editor"),     reply: "forbidden" },
	{ id: "wopi-convert",  reader: "docService", path: "/cool/convert-to/*",                          methods: POST,    requires: WOPI_CONVERT,           reply: "forbidden" },
	{ id: "wopi-convert",  reader: "docService", path: "/lool/convert-to/*",                          methods: POST,    requires: WOPI_CONVERT,           reply: "forbidden" },
	// The rest of WOPI, and the test host that the server has for its developers.
	{ id: "wopi",          reader: "docService", path: "/hosting/*",                                                    requires: WOPI_CLOSED,            reply: "forbidden" },
	{ id: "wopi",          reader: "docService", path: "/wopi/*",                                                       requires: WOPI_CLOSED,            reply: "forbidden" },
	{ id: "wopi",          reader: "docService", path: "/cool/*",                                                       requires: WOPI_CLOSED,            reply: "forbidden" },
	{ id: "wopi",          reader: "docService", path: "/lool/*",                                                       requires: WOPI_CLOSED,            reply: "forbidden" },

	// The editor's socket (engine.io).
	{ id: "socket",        reader: "docService", path: "/doc/*",                          requires: SOCKET,     reply: "socket" },

	// Browsers and integrations need these.
	{ id: "open",          reader: "docService", path: "/",                                  requires: OPEN, reply: "nginx" },
	{ id: "open",          reader: "docService", path: "/web-apps/*",                        requires: OPEN, reply: "nginx" },
	{ id: "open",          reader: "docService", path: "/sdkjs/*",                           requires: OPEN, reply: "nginx" },
	{ id: "open",          reader: "docService", path: "/sdkjs-plugins/*",                   requires: OPEN, reply: "nginx" },
	{ id: "open",          reader: "docService", path: "/fonts/*",                           requires: OPEN, reply: "nginx" },
	{ id: "open",          reader: "docService", path: "/dictionaries/*",                    requires: OPEN, reply: "nginx" },
	{ id: "open",          reader: "docService", path: "/document_editor_service_worker.js", requires: OPEN, reply: "nginx" },
	{ id: "open",          reader: "docService", path: "/plugins.json",                      requires: OPEN, reply: "nginx" },
	{ id: "open",          reader: "docService", path: "/themes.json",                       requires: OPEN, reply: "nginx" },
	{ id: "open",          reader: "docService", path: "/robots.txt",                        requires: OPEN, reply: "nginx" },
	{ id: "open",          reader: "docService", path: "/healthcheck",                       requires: OPEN, reply: "nginx" },
	{ id: "open",          reader: "docService", path: "/baseurl",                           requires: OPEN, reply: "nginx" },
];

/**
 * Routes that no browser and no integration needs. `EXPOSURE = "public"` closes them in every spelling. They are looked up
 * apart from the other routes, so none of them can hide a protected route.
 */
// biome-ignore format: a table
export const EXPOSURE_ROUTES: readonly Route[] = [
	{ id: "example",        reader: "docService", path: "/example/*",      requires: BY_EXPOSURE, reply: "nginx" },
	{ id: "welcome",        reader: "docService", path: "/welcome/*",      requires: BY_EXPOSURE, reply: "nginx" },
	{ id: "admin",          reader: "docService", path: "/admin/*",        requires: BY_EXPOSURE, reply: "nginx" },
	{ id: "admin",          reader: "docService", path: "/api/v1/admin/*", requires: BY_EXPOSURE, reply: "nginx" },
	{ id: "meta",           reader: "docService", path: "/meta/*",         requires: BY_EXPOSURE, reply: "nginx" },
	{ id: "dummy-callback", reader: "docService", path: "/dummyCallback",  requires: BY_EXPOSURE, reply: "nginx" },
	{ id: "index",          reader: "docService", path: "/index.html",     requires: BY_EXPOSURE, reply: "nginx" },
];

/** Every route of the server's sources. */
export const SERVER_ROUTES: readonly Route[] = [...ROUTES, ...EXPOSURE_ROUTES];
