/**
 * The changelog and the version of a release. Protects against a release whose changes stand under another version, and
 * against a version that the log tells wrongly.
 */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { checkChangelog } from "../../../local/release/checks/changelog.ts";
import { checkVersions } from "../../../local/release/checks/versions.ts";
import { VERSION } from "../../../src/version.ts";

const GOOD = `# Changelog

## 1.1.0 - 2026-12-31

- New: this.
- Fixed: that,
  over two lines.

## 1.0.0 - 2026-12-30

A paragraph:

- Changed: an older one.

## 0.10.0 - 2026-12-30

- The first.
`;
const check = (text: string, version = "1.1.0") => checkChangelog(text, version);

describe("the changelog", () => {
	it("with a section for the version is good", () => {
		expect(check(GOOD)).toEqual({ mark: "good", text: "1.1.0 of 2026-12-31, 3 versions", more: [] });
	});
	it("an empty Unreleased is no fault", () => {
		expect(check(GOOD.replace("## 1.1.0", "## Unreleased\n\n## 1.1.0")).mark).toBe("good");
	});
	it.each<[string, string, string[]]>([
		["the version has no section", GOOD.replace(/## 1\.1\.0[^#]*/, ""), ["1.1.0 has no section"]],
		[
			"a version without a date",
			GOOD.replace("## 1.0.0 - 2026-12-30", "## 1.0.0"),
			['"## 1.0.0" is not like "## 1.0.0 - 2026-12-31"'],
		],
		[
			"a date in another format",
			GOOD.replace("1.0.0 - 2026-12-30", "1.0.0 (30.12.2026)"),
			['"## 1.0.0 (30.12.2026)" is not like "## 1.0.0 - 2026-12-31"'],
		],
		[
			"a day that does not exist",
			GOOD.replace("1.1.0 - 2026-12-31", "1.1.0 - 2027-02-30"),
			['"## 1.1.0 - 2027-02-30" is not like "## 1.0.0 - 2026-12-31"'],
		],
		["a version twice", `${GOOD}\n## 0.10.0 - 2026-12-30\n\n- Another.\n`, ["0.10.0 has two sections"]],
		["versions that ascend", GOOD.replace("0.10.0", "1.0.1"), ["1.0.0 stands above 1.0.1"]],
		[
			"dates that ascend",
			GOOD.replace("0.10.0 - 2026-12-30", "0.10.0 - 2026-12-31"),
			["2026-12-31 stands below the earlier 2026-12-30"],
		],
		[
			"changes under Unreleased",
			GOOD.replace("## 1.1.0", "## Unreleased\n\n- One.\n- Two.\n\n## 1.1.0"),
			["2 changes are under Unreleased: give them a version"],
		],
		[
			"Unreleased in the middle",
			GOOD.replace("## 1.0.0", "## Unreleased\n\n## 1.0.0"),
			["Unreleased does not stand at the top"],
		],
		["a section without changes", GOOD.replace("- The first.", ""), ["0.10.0 - 2026-12-30 lists no change"]],
		[
			"a change in two sections",
			GOOD.replace("- The first.", "- Fixed: that,\n  over two lines."),
			["a change is listed twice: Fixed: that,\n  over two lines."],
		],
	])("%s", (_, text, faults) => expect(check(text)).toMatchObject({ mark: "bad", more: faults }));
	it("a newer section above the version of the package", () => {
		const more = ["1.1.0 stands above 1.0.0, the version of package.json"];
		expect(check(GOOD, "1.0.0")).toMatchObject({ mark: "bad", more });
	});
});

describe("the version", () => {
	const lock = (version: string, inner = version) => ({ version, packages: { "": { version: inner } } });
	it.each<[string, Parameters<typeof checkVersions>, string[]]>([
		["all agree", ["1.0.0", lock("1.0.0"), "1.0.0"], []],
		["the source", ["1.0.0", lock("1.0.0"), "1.0.1"], ["src/version.ts has 1.0.1, package.json 1.0.0"]],
		[
			"the lock file",
			["1.0.0", lock("0.9.0", "1.0.0"), "1.0.0"],
			["package-lock.json has 0.9.0, package.json 1.0.0"],
		],
		[
			"the root package of the lock file",
			["1.0.0", lock("1.0.0", "0.9.0"), "1.0.0"],
			['package-lock.json, packages[""] has 0.9.0, package.json 1.0.0'],
		],
		["no version", ["1.0", lock("1.0"), "1.0"], ["1.0 is no version like 1.0.0"]],
	])("%s", (_, args, more) => {
		expect(checkVersions(...args)).toMatchObject({ mark: more.length === 0 ? "good" : "bad", more });
	});
	it("of this commit is the same everywhere", () => {
		const read = (path: string) =>
			JSON.parse(readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8"));
		const { version } = read("package.json");
		expect(checkVersions(version, read("package-lock.json"), VERSION).more).toEqual([]);
	});
});
