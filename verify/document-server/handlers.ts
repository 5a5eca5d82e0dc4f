/**
 * The handlers of the Document Server, in the order of its router, and what each has to have received.
 *
 * `never`: no request of a public host may reach the handler. Source: the server's `DocService/sources/server.js`, of
 * this and of earlier versions.
 */

/** A place in which a handler looks for its token, and the secret of that token. */
export type Place = readonly [
	where: "params" | "header" | "query" | "cmd.tokenDownload" | "cmd.tokenSession",
	secret: "inbox" | "session",
];

export interface Handler {
	readonly id: string;
	/** Absent: every method. */
	readonly method?: "GET" | "POST" | "PUT" | "DELETE";
	readonly path: string;
	/** `app.use`: everything below the path too. */
	readonly isMount?: boolean;
	readonly requires: "nothing" | "never" | "link" | readonly Place[];
	/** Whether a body parser runs before the handler. */
	readonly readsBody?: boolean;
}

const API: readonly Place[] = [
	["params", "inbox"],
	["header", "inbox"],
];
const UPLOAD: readonly Place[] = [
	["header", "session"],
	["query", "session"],
];
const DOWNLOAD: readonly Place[] = [
	["cmd.tokenDownload", "inbox"],
	["cmd.tokenSession", "session"],
];
const SAVE: readonly Place[] = [["cmd.tokenSession", "session"]];
const PRINT: readonly Place[] = [["query", "session"]];
/** A defect of the server lets every bearer pass here, by any method. */
const ASSISTANT: readonly Place[] = [["header", "session"]];

// biome-ignore format: a table
export const HANDLERS: readonly Handler[] = [
	{ id: "index",         method: "GET",    path: "/index.html",                        requires: "never" },
	{ id: "storage-file",  method: "GET",    path: "/cache/files/data",                  requires: "link", isMount: true },
	{ id: "storage-file",  method: "GET",    path: "/storage-cache/files/data",          requires: "link", isMount: true },
	{ id: "command",       method: "GET",    path: "/coauthoring/CommandService.ashx",   requires: API, readsBody: true },
	{ id: "command",       method: "POST",   path: "/coauthoring/CommandService.ashx",   requires: API, readsBody: true },
	{ id: "command",       method: "POST",   path: "/command",                           requires: API, readsBody: true },
	{ id: "convert",       method: "GET",    path: "/ConvertService.ashx",               requires: API, readsBody: true },
	{ id: "convert",       method: "POST",   path: "/ConvertService.ashx",               requires: API, readsBody: true },
	{ id: "convert",       method: "POST",   path: "/converter",                         requires: API, readsBody: true },
	{ id: "upload",        method: "POST",   path: "/upload/:docid*",                    requires: UPLOAD, readsBody: true },
	{ id: "download-as",   method: "POST",   path: "/downloadas/:docid",                 requires: DOWNLOAD, readsBody: true },
	{ id: "save-file",     method: "POST",   path: "/savefile/:docid",                   requires: SAVE, readsBody: true },
	{ id: "print-file",    method: "GET",    path: "/printfile/:docid/:filename",        requires: PRINT },
	{ id: "download-file", method: "GET",    path: "/downloadfile/:docid",               requires: API },
	{ id: "download-file", method: "POST",   path: "/downloadfile/:docid",               requires: API, readsBody: true },
	{ id: "healthcheck",   method: "GET",    path: "/healthcheck",                       requires: "nothing" },
	{ id: "baseurl",       method: "GET",    path: "/baseurl",                           requires: "nothing" },
	{ id: "robots",        method: "GET",    path: "/robots.txt",                        requires: "nothing" },
	{ id: "builder",       method: "POST",   path: "/docbuilder",                        requires: API, readsBody: true },
	{ id: "info",          method: "GET",    path: "/info/info.json",                    requires: "never" },
	{ id: "info",                            path: "/info/config",                       requires: "never", isMount: true },
	{ id: "info",          method: "GET",    path: "/info/plugin/settings",              requires: "never" },
	{ id: "info",          method: "POST",   path: "/info/plugin/models",                requires: "never", readsBody: true },
	{ id: "internal",      method: "PUT",    path: "/internal/cluster/inactive",         requires: "never" },
	{ id: "internal",      method: "DELETE", path: "/internal/cluster/inactive",         requires: "never" },
	{ id: "internal",      method: "GET",    path: "/internal/cluster/inactive",         requires: "never" },
	{ id: "internal",      method: "PUT",    path: "/internal/cluster/pre-stop",         requires: "never" },
	{ id: "internal",      method: "DELETE", path: "/internal/cluster/pre-stop",         requires: "never" },
	{ id: "internal",      method: "GET",    path: "/internal/connections/edit",         requires: "never" },
	{ id: "discovery",     method: "GET",    path: "/hosting/discovery",                 requires: "nothing" },
	{ id: "capabilities",  method: "GET",    path: "/hosting/capabilities",              requires: "nothing" },
	{ id: "wopi-convert",  method: "POST",   path: "/lool/convert-to/:format?",          requires: "never" },
	{ id: "wopi-convert",  method: "POST",   path: "/cool/convert-to/:format?",          requires: "never" },
	{ id: "wopi-page",     method: "POST",   path: "/hosting/wopi/:documentType/:mode",  requires: "never" },
	{ id: "wopi-page",     method: "POST",   path: "/hosting/wopi/convert-and-edit/:ext/:targetext", requires: "never" },
	{ id: "wopi-page",     method: "GET",    path: "/hosting/wopi/convert-and-edit-handler", requires: "never" },
	{ id: "wopi-file",     method: "GET",    path: "/wopi/files/:docid",                 requires: "never" },
	{ id: "wopi-file",     method: "POST",   path: "/wopi/files/:docid",                 requires: "never" },
	{ id: "wopi-file",     method: "GET",    path: "/wopi/files/:docid/contents",        requires: "never" },
	{ id: "wopi-file",     method: "POST",   path: "/wopi/files/:docid/contents",        requires: "never" },
	{ id: "ai-proxy",                        path: "/ai-proxy",                          requires: ASSISTANT, isMount: true, readsBody: true },
	{ id: "dummy-callback", method: "POST",  path: "/dummyCallback",                     requires: "never", readsBody: true },
	{ id: "plugins",       method: "GET",    path: "/plugins.json",                      requires: "nothing" },
	{ id: "themes",        method: "GET",    path: "/themes.json",                       requires: "nothing" },
	{ id: "meta",                            path: "/meta",                              requires: "never", isMount: true },
];
