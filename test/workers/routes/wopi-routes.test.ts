/**
 * The paths of a WOPI host that require a proof. Protects against a spelling that some server reads as a WOPI path, and
 * against a token or an open route in place of a proof.
 */
import { describe, expect, it } from "vitest";
import { readTarget, type Target } from "../../../src/request/target.ts";
import { findRoute } from "../../../src/routes/find-route.ts";
import { integrationRoutes, wopiRoutes } from "../../../src/routes/integration-routes.ts";

const ROWS = [
	...wopiRoutes(
		["/wopi/files/*", "/index.php/apps/office/wopi/*", "/both"],
		["/wopi/template/:id", "/open/*"],
	),
	...integrationRoutes(["/track", "/both"], ["/download/*", "/open/signed"]),
];

function routeOf(method: string, path: string): string {
	const match = findRoute(readTarget({ method, url: `http://h${path}` }) as Target, ROWS);
	return "ok" in match ? match.reason : match.route.id;
}

describe("a proof is required in every spelling that some server reads as a WOPI path", () => {
	it.each([
		"/wopi/files/1",
		"/wopi/files/1/contents",
		"/wopi/files/1?access_token=x",
		"/wopi/files",
		"/wopi/files/",
		"/WOPI/Files/1",
		"/%77opi/files/1",
		"/%2577opi/files/1",
		"/wopi%2ffiles/1",
		"//wopi///files/1",
		"/wopi/./files/1",
		"/x/../wopi/files/1",
		"/x%2f..%2fwopi/files/1",
		"/wopi\\files\\1",
		"/wopi%5cfiles%5c1",
		"/wopi;v=1/files;x/1",
		"/wopi/files%2500/1",
		"/wopi/files%3fx",
		"/wopi/files/1%0a",
		"/wo%09pi/files/1",
		"/9.1.0-2/wopi/files/1",
		"/index.php/apps/office/wopi/settings",
		"/open/..%2fwopi/files/1",
		"/wopi/template/..%2f..%2fwopi%2ffiles/1",
		"/open/%2e%2e/wopi/files/1",
	])("%s", (path) => {
		for (const method of ["GET", "POST", "DELETE", "OPTIONS"])
			expect(routeOf(method, path)).toBe("wopi-call");
	});
});

describe("a path in two lists", () => {
	it("written as in both lists, it requires the proof", () =>
		expect(routeOf("POST", "/both")).toBe("wopi-call"));
	it.each([
		["a download to one server, WOPI to another", "/download/..%2fwopi%2ffiles/1"],
		["WOPI to one server, a callback to another", "/wopi/files/..%2f..%2ftrack"],
		["written as in neither list", "/x%2f..%2fboth"],
	])("%s: refused", (_, path) => {
		for (const method of ["GET", "POST"]) expect(routeOf(method, path)).toBe("path_ambiguous");
	});
});

it("a path as it is written in both lists requires the proof, although another reading is in one list only", () => {
	const rows = [...wopiRoutes(["/x/*", "/y"], []), ...integrationRoutes(["/x/*", "/y"], [])];
	const target = readTarget({ method: "POST", url: "http://h/x/..%2fy" }) as Target;
	expect(findRoute(target, rows)).toMatchObject({ route: { id: "wopi-call" } });
});

describe("FileUrl and TemplateSource, which the server never signs", () => {
	it.each(["/wopi/template/1", "/open/a/b", "/open"])("%s is open, as a route of its own", (path) => {
		expect(routeOf("GET", path)).toBe("wopi-file-url");
	});
	it("a path that requires a token stays protected", () =>
		expect(routeOf("GET", "/open/signed")).toBe("download"));
	it.each(["/wopi/template/1/2", "/wopix/files/1", "/wopi", "/"])(
		"%s is an open path like any other",
		(path) => {
			expect(routeOf("GET", path)).toBe("open");
		},
	);
});
