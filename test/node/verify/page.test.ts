/**
 * docs/promises.md. Protects against a promise that nobody measured, and against a broken one that stays published.
 */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { promisesPage } from "../../../verify/page.ts";
import { PROMISES } from "../../../verify/promises.ts";

const PAGE = readFileSync(new URL("../../../docs/promises.md", import.meta.url), "utf8");
const NO_RUN = { date: "", command: "" };

it("the page is what the runs wrote, with a row for each promise", () => {
	expect(promisesPage(PROMISES, [], NO_RUN, PAGE)).toBe(PAGE);
	expect(PAGE.match(/^\| [^-].* \| `npm run verify -- --long .*` \|$/gm)).toHaveLength(PROMISES.length);
});

it("every promise is kept, with a figure", () => {
	for (const row of PAGE.match(/^\| .*`npm run verify.*$/gm) ?? [])
		expect(row).toMatch(/^\| [^|]+ \| ✓ .*\d/);
});

const fast = {
	name: "fast",
	promise: "never | slow",
	method: "a | b",
	figure: "7 runs",
	isKept: false,
	seconds: 90,
};
const run = { date: "2026-12-31", command: "npm run verify -- --long --seed 7" };
const ROW =
	"| Never \\| slow | ✗ 7 runs | A \\| b | 2026-12-31 | 90 s | `npm run verify -- --long --seed 7` |";

it("a row has the promise, what was measured, how, when, how long and the command", () => {
	expect(promisesPage([fast], [fast], run)).toContain(`\n${ROW}\n`);
});

it("a promise that a run did not check keeps its row, and one that is gone loses it", () => {
	const small = { ...fast, promise: "small", isKept: true };
	const earlier = promisesPage([fast, { promise: "gone" }], [fast, { ...fast, promise: "gone" }], run);
	const page = promisesPage([small, fast], [small], run, earlier);
	expect(page).toContain(`| 2026-12-31 | 90 s | \`${run.command}\` |\n${ROW}\n`);
	expect(page).not.toContain("Gone");
});
