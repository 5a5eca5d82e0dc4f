/**
 * The statistics of the refusal times, on made-up times. Protects against a check that could not find a comparison that
 * ends early. Asserts nothing about real times.
 */
import { describe, expect, it } from "vitest";
import { type ComparedKind, outcomeOf } from "../../../verify/promises/timing.ts";
import { allKinds, isWrongSignature, LINK_KINDS } from "../../../verify/timing/classes.ts";
import { measureCalls } from "../../../verify/timing/measure-calls.ts";
import { compareTimes, FOUND_T } from "../../../verify/timing/welch.ts";
import { seeded } from "../../random.ts";

const random = seeded(1);
/** Times around a mean, with some that are much slower. */
const times = (mean: number) =>
	Array.from({ length: 5000 }, () => mean + random() * 100 + (random() < 0.02 ? random() * 1e6 : 0));

describe("Welch's t", () => {
	it.each([
		["the same mean", 1000, 1000, false],
		["a mean that is larger by a tenth of the noise", 1010, 1000, true],
		["a mean that is smaller by a tenth of the noise", 990, 1000, true],
	])("%s", (_, one, other, isFound) => {
		expect(Math.abs(compareTimes(times(one), times(other)).t) > FOUND_T).toBe(isFound);
	});
	it("tells the difference that it would find", () => {
		const { findable } = compareTimes(times(1000), times(1000));
		expect(Math.abs(compareTimes(times(1000 + 3 * findable), times(1000)).t)).toBeGreaterThan(FOUND_T);
	});
	it("says nothing without times", () => expect(compareTimes([], []).t).toBeNaN());
});

describe("the outcome", () => {
	const kind = (more: Partial<ComparedKind>): ComparedKind => ({
		where: "workerd",
		kind: "token",
		isPlanted: false,
		t: 1,
		findable: 10,
		refusals: 100,
		...more,
	});
	const planted = kind({ kind: "planted loop", isPlanted: true, t: -50 });
	it.each([
		["nothing was found but the planted comparison", [kind({}), planted], true],
		["a kind tells its signature", [kind({ t: -4.6 }), planted], false],
		["a kind was not measured", [kind({ t: Number.NaN }), planted], false],
		["the planted comparison was not found", [kind({}), kind({ isPlanted: true, t: 4 })], false],
	])("%s: %s", (_, compared, isKept) => expect(outcomeOf(compared).isKept).toBe(isKept));
});

it("every measured refusal is one of the signature", async () => {
	for (const [name, classes] of Object.entries(await allKinds()))
		for (const refuse of classes.flat()) expect(isWrongSignature(await refuse()), name).toBe(true);
});

it("a comparison that ends early is found, by a clock that counts its steps", () => {
	let steps = 0;
	const right = "abcdefghijklmnop";
	const refuse = (claimed: string) => () => {
		[...right].every((character, at) => {
			steps++;
			return character === claimed[at];
		});
		return { ok: false, reason: "link_mismatch" } as const;
	};
	const [late, early] = [`${right.slice(0, -1)}_`, `_${right.slice(1)}`].map((claimed) =>
		Array(128).fill(refuse(claimed)),
	);
	const clock = () => steps + random() * 10;
	const measured = measureCalls(
		() => [late ?? [], early ?? []],
		2000,
		random,
		Number.POSITIVE_INFINITY,
		clock,
	);
	expect(compareTimes(measured.late, measured.early).t).toBeGreaterThan(FOUND_T);
	const same = LINK_KINDS["link, as nginx reads it"];
	const alike = measureCalls(same ?? (() => [[], []]), 2000, random, Number.POSITIVE_INFINITY, clock);
	expect(Math.abs(compareTimes(alike.late, alike.early).t)).toBeLessThan(FOUND_T);
});
