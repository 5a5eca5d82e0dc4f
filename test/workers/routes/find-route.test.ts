/**
 * The row of the route table that covers each spelling of a path. Protects against a spelling that reaches a protected
 * route of the server and counts as open at the edge.
 */
import { describe, expect, it } from "vitest";
import { readTarget, type Target } from "../../../src/request/target.ts";
import { findRoute } from "../../../src/routes/find-route.ts";

function routeOf(method: string, path: string): string {
	const match = findRoute(readTarget({ method, url: `http://h${path}` }) as Target);
	return "ok" in match ? match.reason : match.route.id;
}

describe("protected in every spelling that reaches the route", () => {
	it.each([
		["GET", "/cache/files/data/k/a.docx/a.docx", "cached-file"],
		["OPTIONS", "/CACHE/Files/d/a", "cached-file"],
		["GET", "/cache%2ffiles//d%2fa", "cached-file"],
		["GET", "/x%2f..%2fcache/files/d/a", "cached-file"],
		["GET", "/9.1.0-2/cache/files/data/a/b", "storage-file"],
		["GET", "/storage-cache/files/data/a/b", "storage-file"],
		["GET", "/Storage-Cache/FILES/data/a", "storage-file"],
		["POST", "/command", "command"],
		["POST", "/Command/", "command"],
		["POST", "/9.1.0-2/comm%61nd", "command"],
		["HEAD", "/coauthoring/CommandService.ashx", "command"],
		["GET", "/COAUTHORING/commandservice.ashx/", "command"],
		["POST", "/converter", "convert"],
		["GET", "/ConvertService.ashx", "convert"],
		["POST", "/docbuilder", "builder"],
		["GET", "/downloadfile/key", "download-file"],
		["POST", "/downloadfile/a%2fb", "download-file"],
		["POST", "/upload/key", "upload"],
		["POST", "/9.1.0-2/upl%6fad/key/a/b", "upload"],
		["POST", "/downloadas/key/", "download-as"],
		["POST", "/SaveFile/key", "save-file"],
		["HEAD", "/printfile/key/a%2fb.pdf", "print-file"],
		["DELETE", "/ai-proxy/any/path", "ai-proxy"],
		["GET", "/doc/key/c/", "socket"],
		["GET", "/9.1.0-2/d%6fc/key/c/", "socket"],
		["PUT", "/internal/cluster/inactive", "closed"],
		["GET", "/INFO/info.json", "closed"],
		["GET", "/info", "closed"],
		["GET", "/9.1.0-2/%69nfo/info.json", "closed"],
		["GET", "/x%2f..%2finternal/a", "closed"],
		["GET", "//info/info.json", "closed"],
		["GET", "/%69nfo/%5c..%5c..%5cx", "closed"],
	])("%s %s is %s", (method, path, id) => expect(routeOf(method, path)).toBe(id));
});

it.each([
	["a closed path", "/info/info.json"],
	["another spelling of it", "/%69nfo/info.json"],
	["an open path", "/web-apps/x"],
])("%s names no document: %s", (_, path) => {
	const target = readTarget({ method: "GET", url: `http://h${path}` }) as Target;
	expect(findRoute(target)).toMatchObject({ documentKey: "" });
});

describe("refused, because Node reads a decoded backslash as a slash, and would find a dot segment", () => {
	it.each(["/9.1.0-2/x%5c..%5ccommand", "/9.1.0-2/x%5c.%5ccommand", "/9.1.0-2/x%5c..", "/9.1.0-2/x%5c."])(
		"%s",
		(path) => expect(routeOf("POST", path)).toBe("path_ambiguous"),
	);
});

describe("open", () => {
	it.each([
		["GET", "/"],
		["GET", "/web-apps/apps/api/documents/api.js"],
		["GET", "/9.1.0-2/sdkjs/word/sdk-all.js"],
		["GET", "/healthcheck"],
		["GET", "/hosting/discovery"],
		["GET", "/information"],
		["OPTIONS", "/command"],
		["GET", "/converter"],
		["GET", "/cache/files"],
		["GET", "/cache/filesX"],
		["GET", "/commandx"],
		["GET", "/upload/key"],
		["POST", "/ai-proxyx"],
		["GET", "/socket.io/"],
	])("%s %s", (method, path) => expect(routeOf(method, path)).toBe("open"));
});

describe("refused, because a proxy that rewrites paths would send them to a protected route", () => {
	it.each([
		["POST", "/comm%61nd"],
		["GET", "/%64oc/key/c/"],
		["POST", "//command"],
		["POST", "/x%2f..%2fcommand"],
		["POST", "/command%2f"],
		["GET", "/cache/files/..%2f..%2fstorage-cache/files/data/a"],
		["GET", "/cache/files/data/..%2f..%2f..%2fx"],
		["GET", "/storage-cache/files/..%2f..%2fx"],
		["GET", "/doc/x/..%2f../ai-proxy/x"],
		["POST", "/upload/x%2f..%2f..%2fai-proxy/x"],
		["GET", "/a%69-proxy/x"],
		["POST", "/upload/..%2fcommand"],
		["GET", `/%${"25".repeat(9)}61`],
	])("%s %s", (method, path) => expect(routeOf(method, path)).toBe("path_ambiguous"));
});
