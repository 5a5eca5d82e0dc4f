/**
 * The protected paths of an integration. Protects against a spelling that only some server reads as a protected path:
 * the edge does not know the integration's language.
 */
import { describe, expect, it } from "vitest";
import { readTarget, type Target } from "../../../src/request/target.ts";
import { findRoute } from "../../../src/routes/find-route.ts";
import { integrationRoutes, PATH_PATTERN } from "../../../src/routes/integration-routes.ts";

/** Nextcloud's paths, a PHP script with path info, a parameter, a last slash, and a path of both lists. */
const CALLBACKS = [
	"/apps/onlyoffice/track",
	"/index.php/apps/onlyoffice/track",
	"/callback.php*",
	"/rooms/:room/saved",
	"/django/track/",
	"/both",
];
const DOWNLOADS = ["/apps/onlyoffice/download", "/files/*", "/both"];
const ROWS = integrationRoutes(CALLBACKS, DOWNLOADS);

function routeOf(method: string, path: string): string {
	const match = findRoute(readTarget({ method, url: `http://h${path}` }) as Target, ROWS);
	return "ok" in match ? match.reason : match.route.id;
}

describe("protected in every spelling that some server reads as the path", () => {
	it.each([
		["as it is listed", "/apps/onlyoffice/track"],
		["with a query", "/apps/onlyoffice/track?doc=1"],
		["with a slash at the end", "/apps/onlyoffice/track/"],
		["listed with a last slash, called without", "/django/track"],
		["in another case", "/Apps/OnlyOffice/TRACK"],
		["encoded", "/apps/only%6fffice/tr%61ck"],
		["with an encoded slash", "/apps%2fonlyoffice/track"],
		["with slashes that are merged", "//apps///onlyoffice/track"],
		["through dot segments", "/apps/x/../onlyoffice/./track"],
		["through encoded dot segments", "/apps/x%2f..%2fonlyoffice/%2e/track"],
		["with backslashes", "/apps\\onlyoffice\\track"],
		["with encoded backslashes", "/apps%5conlyoffice%5ctrack"],
		["through dot segments after backslashes", "/x%5c..%5capps/onlyoffice/track"],
		["with Java's path parameters", "/apps;a=b/onlyoffice/track;jsessionid=1"],
		["through a path parameter that hides a dot segment", "/x/..;/apps/onlyoffice/track"],
		["with an encoded path parameter", "/apps/onlyoffice/track%3bx"],
		["encoded twice", "/apps/onlyoffice/%2574rack"],
		["encoded twice behind a bad escape", "/%25/..;/apps/onlyoffice/%2574rack"],
		["with an encoded query", "/apps/onlyoffice/track%3fdoc=1"],
		["with an encoded fragment", "/apps/onlyoffice/track%23x"],
		["with a line break at the end", "/apps/onlyoffice/track%0a"],
		["with a space at the end", "/apps/onlyoffice/track%20"],
		["with a tab inside", "/apps/onlyoffice/tra%09ck"],
		["under a version prefix, which a Document Server's nginx drops", "/9.1.0-2/apps/onlyoffice/track"],
		["through a front controller", "/index.php/apps/onlyoffice/track"],
		["a script", "/callback.php"],
		["a script's path info", "/callback.php/any/thing"],
		["one segment of any name", "/rooms/5%2f6/saved"],
	])("%s: %s", (_, path) => expect(routeOf("POST", path)).toBe("callback"));
	it.each(["/apps/onlyoffice/download", "/files/a/b.docx", "/FILES/a;b", "/files", "/files/"])(
		"download: %s",
		(path) => expect(routeOf("GET", path)).toBe("download"),
	);
	it.each([
		["POST", "callback"],
		["GET", "download"],
		["HEAD", "download"],
		["PUT", "callback"],
	])("in both lists, %s is a %s", (method, id) => expect(routeOf(method, "/both")).toBe(id));
	it("by every other method, because the edge does not know which ones a handler takes", () => {
		expect(routeOf("DELETE", "/apps/onlyoffice/track")).toBe("callback");
		expect(routeOf("POST", "/files/a")).toBe("download");
	});
});

it("the row names no document: an integration has its own keys", () => {
	const target = readTarget({ method: "GET", url: "http://h/files/a" }) as Target;
	expect(findRoute(target, ROWS)).toMatchObject({ route: { id: "download" }, documentKey: "" });
});

describe("open: every other path, those of the Document Server included", () => {
	it.each([
		"/",
		"/apps/onlyoffice",
		"/apps/onlyoffice/tracker",
		"/apps/onlyoffice/track/x",
		"/x/apps/onlyoffice/track",
		"/rooms/a/b/saved",
		"/filesx",
		"/internal/x",
		"/info/info.json",
		"/command",
		"/cache/files/a/b",
		"/doc/x/c/",
		"/100%25",
	])("%s", (path) => expect(routeOf("POST", path)).toBe("open"));
});

describe("a pattern", () => {
	it.each(["/", "/*", "/a", "/a/", "/a.php", "/:a/b*", "/a/*/b/*", "/~u/@x:y", "/.well-known/x", "/a..b"])(
		"%s",
		(path) => expect(PATH_PATTERN.test(path)).toBe(true),
	);
	it.each([
		["does not begin with a slash", "apps/track"],
		["is a URL", "https://files.test/track"],
		["is encoded", "/a%20b"],
		["is not ASCII", "/données"],
		["has a query", "/track?x"],
		["has an empty segment", "//a"],
		["has a dot segment", "/a/../b"],
		["ends in a dot segment", "/a/."],
		["is a regular expression", "/(a|b)+"],
		["would make a matcher backtrack", "/*a*a*"],
		["would make it backtrack at longer pieces", "/ab*cd*ef*"],
	])("is refused if it %s: %s", (_, path) => expect(PATH_PATTERN.test(path)).toBe(false));
	// A matcher that backtracks would exceed the test's own time limit.
	it("is matched without backtracking, on any path", () => {
		const rows = integrationRoutes(["/*/a*b"], []);
		const target = readTarget({ method: "POST", url: `http://h${"/a".repeat(4000)}` }) as Target;
		expect((findRoute(target, rows) as { route: { id: string } }).route.id).toBe("open");
	});
});
