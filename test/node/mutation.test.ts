/**
 * The judge of `npm run mutate`. Protects against a judge that reports a fault as noticed that no test notices, or the
 * other way round: its score would say nothing about the tests.
 */
import { beforeAll, describe, expect, it } from "vitest";
import { judgeMutants } from "../../verify/mutation/judge-mutants.ts";
import { mutateTexts } from "../../verify/mutation/mutate-files.ts";
import { typeCheck } from "../../verify/mutation/type-check.ts";

const STAGES = [[], ["test/workers/sample.test.ts"]] as const;
const SOURCE = `
const LIMIT = "abc".length;
if (LIMIT < 0) throw new Error("no limit");
let kept: number | undefined;

export const isShort = (text: string): boolean => text.length < LIMIT;
export const afterFirst = (first: number): number => (kept ??= first + 1);
export const unused = (value: number): number => value * 2;
export function sum(count: number): number {
	let total = 0;
	for (let at = 1; at !== count + 1; at++) total += at;
	return total;
}
export const unit = (): "s" | "ms" => "ms";
`;
const TEST = `
import { describe, expect, it } from "vitest";
import { afterFirst, isShort, sum, unit } from "../../src/sample.ts";
describe("a sample", () => {
	it.each([["ab", true], ["abcd", false]])("%s", (text, isSo) => expect(isShort(text)).toBe(isSo));
	it("keeps the first", () => expect(afterFirst(1)).toBe(2));
	it("sums", () => expect(sum(3)).toBe(6));
	it("has a unit", () => expect(unit()).toBeTypeOf("string"));
});
`;

describe("of a sample, the judge says", () => {
	const outcomes = new Map<string, string>();
	beforeAll(async () => {
		const { mutants, switched } = await mutateTexts(new Map([["src/sample.ts", SOURCE]]));
		const sample = new Map([...switched, ["test/workers/sample.test.ts", TEST]]);
		const judged = await judgeMutants({ switched: sample }, mutants, STAGES);
		expect(judged.length).toBe(mutants.length);
		for (const { change, outcome } of typeCheck(judged)) outcomes.set(change, outcome);
	});
	it.each([
		["a comparison that tests look at", "text.length < LIMIT → text.length >= LIMIT", "test"],
		["its bound, which none looks at", "text.length < LIMIT → text.length <= LIMIT", "survived"],
		["a text that is read while the module loads", '"abc" → ""', "test"],
		["a module that no longer loads", "LIMIT < 0 → true", "load"],
		["a fault that a kept value hides", "first + 1 → first - 1", "test"],
		["the next faults, after a wrong value was kept", "total += at → total -= at", "test"],
		["a loop without an end", "at++ → at--", "endless"],
		["code that no test runs", "value * 2 → value / 2", "uncovered"],
		["a text that the compiler refuses", '"ms" → ""', "compiler"],
	])("%s: %s: %s", (_, change, outcome) => expect(outcomes.get(change)).toBe(outcome));
});

it("tests that fail without a fault are an error", async () => {
	const { mutants, switched } = await mutateTexts(new Map([["src/sample.ts", SOURCE]]));
	const broken = TEST.replace("toBe(6)", "toBe(7)");
	const sample = new Map([...switched, ["test/workers/sample.test.ts", broken]]);
	const judging = judgeMutants({ switched: sample }, mutants, STAGES);
	await expect(judging).rejects.toThrow("a sample > sums");
});
