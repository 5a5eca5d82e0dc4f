/**
 * All paths that other software may read in one path. Protects against a spelling that only a proxy or an application
 * server takes to a protected path.
 */
import { describe, expect, it } from "vitest";
import { lenientPaths } from "../../../src/request/lenient-paths.ts";

describe("the readings of a path", () => {
	it.each([
		["/a/%69nfo", "/a/info", "decoded"],
		["/a/%2569nfo", "/a/info", "decoded again"],
		["/%u0069nfo", "/info", "wide escapes"],
		["/info%3fx", "/info", "cut at ?"],
		["/info%23x", "/info", "cut at #"],
		["/info%00x", "/info", "cut at NUL"],
		["/in%01fo", "/info", "without control characters"],
		["/info;v=1/x;y", "/info/x", "without parameters"],
		["/info;v=1%3fx", "/info", "without parameters, and cut"],
		["/a\\..\\info", "/info", "a backslash is a slash"],
		["/a//./../info/.", "/info/", "without dot segments"],
		["/info. .", "/info", "without dots and spaces at the end of a name"],
		[`/info${".".repeat(100)}`, "/info", "without a hundred dots"],
		["/%ef%bd%89nfo", "/info", "with letters that look alike"],
		["/%ef%bd%89nf%ef%bd%8f;v=1", "/info", "with letters that look alike, and without parameters"],
	])("%s is also %s: %s", (path, reading) => expect(lenientPaths(path)).toContain(reading));

	it.each([
		["/a/", "/a/"],
		["/a/.", "/a/"],
		["/a/b/..", "/a/"],
		["/a/..", "/"],
		["/", "/"],
		["/a/...", "/a/"],
	])("%s is a folder: only %s", (path, reading) => {
		expect(lenientPaths(path)).toEqual([reading]);
	});
	it("a row of dots beyond a hundred stays, so that a path costs no more than its length", () => {
		expect(lenientPaths(`/info${".".repeat(150)}`)).toEqual([`/info${".".repeat(50)}`]);
	});
	it("of an ordinary path there is one", () => expect(lenientPaths("/a/b.js")).toEqual(["/a/b.js"]));
	it.each([
		[7, 1],
		[9, undefined],
	])("%d layers of encoding", (layers, count) => {
		const readings = lenientPaths(`/%${"25".repeat(layers)}69nfo`);
		expect(readings?.filter((reading) => reading === "/info").length).toBe(count);
	});
});
