/**
 * Which paths of an integration are guarded. Protects against spellings that only some server would take for
 * a guarded path, whatever the integration is written in.
 */
import { describe, expect, it } from "vitest";
import { readTarget, type Target } from "../../../src/request/target.ts";
import { findRoute } from "../../../src/routes/find-route.ts";
import { integrationRoutes, PATH_PATTERN } from "../../../src/routes/integration-routes.ts";

/** As for Nextcloud, then a PHP script with its path info, a parameter, a slash at the end, one in both lists. */
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

describe("guarded, in every spelling that some server reads so", () => {
	it.each([
		["as it is listed", "/apps/onlyoffice/track"],
		["with a query", "/apps/onlyoffice/track?doc=1"],
		["with a slash at the end", "/apps/onlyoffice/track/"],
		["listed with one, called without", "/django/track"],
		["in another case", "/Apps/OnlyOffice/TRACK"],
		["encoded", "/apps/only%6fffice/tr%61ck"],
		["with an encoded slash", "/apps%2fonlyoffice/track"],
		["with slashes that are merged", "//apps///onlyoffice/track"],
		["through dot segments", "/apps/x/../onlyoffice/./track"],
		["through encoded dot segments", "/apps/x%2f..%2fonlyoffice/%2e/track"],
		["with backslashes", "/apps\\onlyoffice\\track"],
		["with encoded backslashes", "/apps%5conlyoffice%5ctrack"],
		["through dot segments behind them", "/x%5c..%5capps/onlyoffice/track"],
		["with Java's path parameters", "/apps;a=b/onlyoffice/track;jsessionid=1"],
		["through one that hides a dot segment", "/x/..;/apps/onlyoffice/track"],
		["with an encoded one", "/apps/onlyoffice/track%3bx"],
		["encoded twice", "/apps/onlyoffice/%2574rack"],
		["encoded twice behind a bad escape", "/%25/..;/apps/onlyoffice/%2574rack"],
		["with an encoded query", "/apps/onlyoffice/track%3fdoc=1"],
		["with an encoded fragment", "/apps/onlyoffice/track%23x"],
		["with a line break at the end", "/apps/onlyoffice/track%0a"],
		["with a space at the end", "/apps/onlyoffice/track%20"],
		["with a tab inside", "/apps/onlyoffice/tra%09ck"],
		["under a version prefix, which a Document Server's nginx drops", "/9.1.0-2/apps/onlyoffice/track"],
		["its front controller's", "/index.php/apps/onlyoffice/track"],
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
	it("by methods of neither list too: which of them a handler takes is not known", () => {
		expect(routeOf("DELETE", "/apps/onlyoffice/track")).toBe("callback");
		expect(routeOf("POST", "/files/a")).toBe("download");
	});
});

describe("open: everything else, the Document Server's own routes included", () => {
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
		["is an URL", "https://files.test/track"],
		["is encoded", "/a%20b"],
		["is not ASCII", "/données"],
		["has a query", "/track?x"],
		["has an empty segment", "//a"],
		["has a dot segment", "/a/../b"],
		["ends in one", "/a/."],
		["is a regular expression", "/(a|b)+"],
		["takes long on a long path", "/*a*a*"],
	])("none that %s: %s", (_, path) => expect(PATH_PATTERN.test(path)).toBe(false));
	// One that tried all ways to match would not end before the test's own limit.
	it("is matched without trying all ways, whatever the path", () => {
		const rows = integrationRoutes(["/*/a*b"], []);
		const target = readTarget({ method: "POST", url: `http://h${"/a".repeat(4000)}` }) as Target;
		expect((findRoute(target, rows) as { route: { id: string } }).route.id).toBe("open");
	});
});
