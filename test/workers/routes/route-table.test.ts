/**
 * The route table of a Document Server, row by row: what a request to each route has to bring, and in whose words it is
 * refused. Protects against a row that is lost, or that asks for another credential than the server's handler does.
 */
import { describe, expect, it } from "vitest";
import { readTarget, type Target } from "../../../src/request/target.ts";
import { findRoute } from "../../../src/routes/find-route.ts";
import { INTEGRATION_ROUTES, integrationRoutes, wopiRoutes } from "../../../src/routes/integration-routes.ts";
import { type Requirement, readsBody } from "../../../src/routes/route.ts";

function textOf(requires: Requirement): string {
	switch (requires.kind) {
		case "closed":
			return requires.reason;
		case "secure-link":
			return `link, ${requires.readers}`;
		case "wopi-page":
			return `wopi-page, ${requires.page}`;
		case "token":
			return [
				`${requires.enabledBy} token: ${requires.places.map((place) => place.join(" ")).join(", ")}`,
				...(requires.orPreflight ? ["or a preflight"] : []),
			].join(", ");
		default:
			return requires.kind;
	}
}

const API = "inbox token: params inbox, header inbox";
const QUERY = "inbox token: query inbox, header inbox";
const AI = "browser token: header session, or a preflight";

type Row = readonly [
	methods: string,
	path: string,
	row: string,
	id: string,
	document: string,
	requires: string,
	reply: string,
	claims?: string,
];

// biome-ignore format: a table
const ROWS: readonly Row[] = [
	["GET HEAD POST OPTIONS", "/cache/files/data/k/a", "/cache/files*/*", "cached-file", "", "link, nginx", "nginx"],
	["GET POST", "/internal/x", "/internal/*", "closed", "", "path_closed", "nginx"],
	["GET POST", "/info/info.json", "/info/*", "closed", "", "path_closed", "nginx"],
	["GET POST", "/storage-cache/files/data/k/a", "/storage-cache/files/:folder*", "storage-file", "data", "link, nginx and DocService", "forbidden"],
	["GET POST", "/9.1.0-2/cache/files/data/k/a", "/cache/files/:folder*", "storage-file", "data", "link, nginx and DocService", "forbidden"],
	["POST", "/command", "/command", "command", "", API, "command"],
	["GET HEAD POST", "/coauthoring/CommandService.ashx", "/coauthoring/CommandService.ashx", "command", "", API, "command"],
	["POST", "/converter", "/converter", "convert", "", API, "convert-json"],
	["GET HEAD POST", "/ConvertService.ashx", "/ConvertService.ashx", "convert", "", API, "convert-xml"],
	["POST", "/docbuilder", "/docbuilder", "builder", "", API, "builder"],
	["GET HEAD", "/downloadfile/d%20k", "/downloadfile/:document", "download-file", "d%20k", QUERY, "forbidden"],
	["POST", "/downloadfile/k", "/downloadfile/:document", "download-file", "k", API, "forbidden"],
	["POST", "/upload/k/any", "/upload/:document*", "upload", "k", "browser token: header session, query session", "forbidden", "upload"],
	["POST", "/downloadas/k", "/downloadas/:document", "download-as", "k", "browser token: cmd.tokenDownload browser, cmd.tokenSession session", "forbidden", "download-as"],
	["POST", "/savefile/k", "/savefile/:document", "save-file", "k", "browser token: cmd.tokenSession session", "forbidden", "save-file"],
	["GET HEAD", "/printfile/k/a.pdf", "/printfile/:document/:filename", "print-file", "k", "browser token: query session", "forbidden", "print-file"],
	["GET POST PUT DELETE OPTIONS", "/ai-proxy/x", "/ai-proxy/*", "ai-proxy", "", AI, "ai-proxy", "ai-proxy"],
	["GET HEAD", "/hosting/discovery", "/hosting/discovery", "open", "", "open", "forbidden"],
	["GET HEAD", "/hosting/capabilities", "/hosting/capabilities", "open", "", "open", "forbidden"],
	["GET", "/hosting/wopi/convert-and-edit-handler", "/hosting/wopi/convert-and-edit-handler", "wopi-page", "", "wopi-page, handler", "forbidden"],
	["POST", "/hosting/wopi/convert-and-edit/doc/docx", "/hosting/wopi/convert-and-edit/:ext/:target", "wopi-page", "doc", "wopi-page, conversion", "forbidden"],
	["POST", "/hosting/wopi/word/edit", "/hosting/wopi/:type/:mode", "wopi-page", "word", "wopi-page, editor", "forbidden"],
	["POST", "/hosting/wopi/w/e", "/hosting/wopi/:type/:mode", "wopi-page", "w", "wopi-page, editor", "forbidden"],
	["POST", "/cool/convert-to/pdf", "/cool/convert-to/*", "wopi-convert", "", "wopi-convert", "forbidden"],
	["POST", "/lool/convert-to/pdf", "/lool/convert-to/*", "wopi-convert", "", "wopi-convert", "forbidden"],
	["POST PUT", "/hosting/discovery", "/hosting/*", "wopi", "", "wopi_closed", "forbidden"],
	["HEAD POST", "/hosting/wopi/convert-and-edit-handler", "/hosting/*", "wopi", "", "wopi_closed", "forbidden"],
	["GET POST", "/wopi/files/x", "/wopi/*", "wopi", "", "wopi_closed", "forbidden"],
	["GET POST", "/cool/x", "/cool/*", "wopi", "", "wopi_closed", "forbidden"],
	["GET POST", "/lool/x", "/lool/*", "wopi", "", "wopi_closed", "forbidden"],
	["GET POST", "/doc/k/c/", "/doc/*", "socket", "", "socket", "socket"],
	["GET POST", "/", "/", "open", "", "open", "nginx"],
	["GET", "/web-apps/x", "/web-apps/*", "open", "", "open", "nginx"],
	["GET", "/sdkjs/x", "/sdkjs/*", "open", "", "open", "nginx"],
	["GET", "/sdkjs-plugins/x", "/sdkjs-plugins/*", "open", "", "open", "nginx"],
	["GET", "/fonts/x", "/fonts/*", "open", "", "open", "nginx"],
	["GET", "/dictionaries/x", "/dictionaries/*", "open", "", "open", "nginx"],
	["GET", "/document_editor_service_worker.js", "/document_editor_service_worker.js", "open", "", "open", "nginx"],
	["GET", "/plugins.json", "/plugins.json", "open", "", "open", "nginx"],
	["GET", "/themes.json", "/themes.json", "open", "", "open", "nginx"],
	["GET", "/robots.txt", "/robots.txt", "open", "", "open", "nginx"],
	["GET", "/healthcheck", "/healthcheck", "open", "", "open", "nginx"],
	["GET", "/baseurl", "/baseurl", "open", "", "open", "nginx"],
	["GET POST", "/any/thing", "*", "open", "", "open", "nginx"],
	["GET PUT OPTIONS", "/command", "*", "open", "", "open", "nginx"],
	["PUT", "/coauthoring/CommandService.ashx", "*", "open", "", "open", "nginx"],
	["GET", "/upload/k", "*", "open", "", "open", "nginx"],
	["POST", "/printfile/k/a.pdf", "*", "open", "", "open", "nginx"],
	["PUT", "/downloadfile/k", "*", "open", "", "open", "nginx"],
];

describe.each(ROWS)("%s %s is the row %s", (methods, path, row, id, document, requires, reply, claims) => {
	it.each(methods?.split(" ") ?? [])("%s", (method) => {
		const match = findRoute(readTarget({ method, url: `http://h${path}` }) as Target);
		if ("ok" in match) throw new Error(match.reason);
		const { route, documentKey } = match;
		expect([route.path, route.id, documentKey, textOf(route.requires), route.reply, route.claims]).toEqual([
			row,
			id,
			document,
			requires,
			reply,
			claims,
		]);
	});
});

describe("the rows of an integration", () => {
	it.each([
		["wopi-call", "wopi-proof", undefined, "wopi-host"],
		["wopi-file-url", "open", undefined, "wopi-host"],
		["callback", "outbox token: body outbox, header outbox", ["POST"], "integration"],
		["download", "outbox token: header outbox", ["GET", "HEAD"], "integration"],
	] as const)("%s requires %s", (id, requires, methods, reply) => {
		const row: { methods?: readonly string[]; requires: Requirement; reply: string } = INTEGRATION_ROUTES[id];
		expect([textOf(row.requires), row.methods, row.reply]).toEqual([requires, methods, reply]);
	});
	it("a download that people open too is good with their session", () => {
		const rows = integrationRoutes(["/c"], ["/d", "/s"], ["/s"]);
		const orSession = rows.map(({ route }) => Object(route.requires).orSession);
		expect(orSession).toEqual([undefined, false, true]);
	});
	it("the calls of WOPI come before its file URLs", () => {
		expect(wopiRoutes(["/a"], ["/b"]).map(({ route }) => [route.id, route.path])).toEqual([
			["wopi-call", "/a"],
			["wopi-file-url", "/b"],
		]);
	});
});

describe("whether the check may read the body", () => {
	const of = (methods: string, path: string) => {
		const match = findRoute(readTarget({ method: methods, url: `http://h${path}` }) as Target);
		return !("ok" in match) && readsBody(match.route.requires);
	};
	it.each([
		["POST", "/command", true],
		["GET", "/downloadfile/k", false],
		["POST", "/downloadfile/k", true],
		["POST", "/upload/k", false],
		["POST", "/downloadas/k", false],
		["POST", "/doc/k/c/", true],
		["POST", "/hosting/wopi/word/edit", true],
		["GET", "/cache/files/d/k", false],
		["GET", "/", false],
		["POST", "/cool/convert-to/pdf", false],
	])("%s %s: %s", (method, path, reads) => expect(of(method, path)).toBe(reads));
	it.each([
		["callback", true],
		["download", false],
		["wopi-call", false],
	] as const)("%s: %s", (id, reads) => expect(readsBody(INTEGRATION_ROUTES[id].requires)).toBe(reads));
});
