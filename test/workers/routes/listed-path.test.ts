/**
 * Listed paths that leave several choices: stars in the middle, names beside other characters. Protects against a path
 * that is not found, and against one on which the search does not end.
 */
import { describe, expect, it } from "vitest";
import { INTEGRATION_ROUTES } from "../../../src/routes/integration-routes.ts";
import { compileListedRoute } from "../../../src/routes/listed-path.ts";
import { compileRoute } from "../../../src/routes/path-pattern.ts";

const covers = (pattern: string, path: string) =>
	compileListedRoute({ ...INTEGRATION_ROUTES.callback, path: pattern }).pattern.test(path);

describe("a listed path covers", () => {
	it.each([
		["/*/track", "/apps/x/track", true],
		["/*/track", "/apps/x/track/", true],
		["/*/track", "/apps/x/track//", false],
		["/*/track", "/apps/x/tracks", false],
		["/*a*b", "/xaxbxb", true],
		["/*a*b", "/xbxa", false],
		["/*a*/*", "/xa", true],
		["/*a*/*", "/xb/a", true],
		["/file-:id.docx", "/FILE-a.b.docx", true],
		["/file-:id.docx", "/file-.docx", false],
		["/file-:id.docx", "/file-a/b.docx", false],
		["/:a:b/x", "/12/x", true],
		["/:a:b/x", "/1/x", false],
		["/a-:b/", "/a-b", true],
		["/a.:b", "/axb", false],
		["/*ok", "/o\u212a", false],
	])("%s, %s: %s", (pattern, path, isCovered) => {
		expect(covers(pattern, path)).toBe(isCovered);
		expect(compileRoute({ ...INTEGRATION_ROUTES.callback, path: pattern }).pattern.test(path)).toBe(
			isCovered,
		);
	});
});

describe("on a path of 8 KiB the search ends", () => {
	it.each([
		["/:a:b:c/x", "/", "a"],
		["/:a.:b.:c.:d.:e/x", "/", "a."],
		["/*a*b", "/", "a"],
		["/*:a:b/x", "/", "a"],
	])("%s", (pattern, start, piece) => {
		const path = start + piece.repeat(8192 / piece.length);
		expect(covers(pattern, path)).toBe(false);
	});
});
