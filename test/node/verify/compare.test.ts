/**
 * The runner of all comparisons. Protects against a check that compares nothing and still calls a promise kept, and
 * against findings that are too large to read.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Comparison, compare, type Judged } from "../../../verify/compare.ts";
import { sizeOf } from "./planted-fault.ts";

/** Numbers. Even ones are accepted. */
const comparison = (judgeOne: (n: number) => Judged): Comparison<number> => ({
	unit: "numbers",
	cases: fc.nat(100_000),
	batch: 50,
	judge: async (batch) => batch.map(judgeOne),
	describe: String,
	leastShare: 0.1,
});
const agree = (n: number): Judged => ({ verdict: n % 2 === 0 ? "accepted" : "refused" });

describe("a comparison", () => {
	it("without a disagreement is kept, and counts its cases", async () => {
		const { isKept, figure, findings } = await compare(comparison(agree), sizeOf(1000));
		expect([isKept, findings]).toEqual([true, []]);
		expect(figure).toMatch(/^1,\d{3} numbers compared, \d{3} accepted by both, no disagreement$/);
	});
	it("with one finds the smallest case", async () => {
		const wrongFrom = (n: number): Judged => (n < 777 ? agree(n) : { ...agree(n), disagreement: "wrong" });
		const outcome = await compare(comparison(wrongFrom), sizeOf(1000));
		expect(outcome).toMatchObject({ isKept: false, findings: ["wrong: 777"] });
	});
	it("whose judge breaks is not kept", async () => {
		const broken = () => {
			throw new Error("the server has gone");
		};
		const { isKept, findings } = await compare(comparison(broken), sizeOf(1000));
		expect(isKept).toBe(false);
		expect(findings[0]).toContain("the server has gone");
	});
	it.each([
		["nothing is accepted", { verdict: "refused" }, "too few numbers were accepted to show anything"],
		["nothing is refused", { verdict: "accepted" }, "too few numbers were refused to show anything"],
	] as const)("in which %s is not kept", async (_, judged, finding) => {
		const outcome = await compare(
			comparison(() => judged),
			sizeOf(1000),
		);
		expect(outcome).toMatchObject({ isKept: false, findings: [finding] });
	});
	it("that never compares a case stops at its deadline, and is not kept", async () => {
		const never = comparison(() => ({ verdict: "uncompared" }));
		const outcome = await compare(never, { ...sizeOf(1000), deadlineMs: performance.now() + 200 });
		expect(outcome.isKept).toBe(false);
		expect(outcome.figure).toMatch(
			/^0 numbers compared, 0 accepted by both, [\d,]+ more never reached the edge/,
		);
	});
	it("repeats its cases by the seed", async () => {
		const seen = async (seed: number) => {
			const cases: number[] = [];
			const noting = comparison((n) => {
				cases.push(n);
				return agree(n);
			});
			await compare(noting, sizeOf(100, seed));
			return cases;
		};
		expect(await seen(3)).toEqual(await seen(3));
		expect(await seen(3)).not.toEqual(await seen(4));
	});
});
