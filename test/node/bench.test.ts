/**
 * The arithmetic of the benchmark. Protects against figures that differ from the measurements. Asserts no times.
 */
import { describe, expect, it } from "vitest";
import { ratioOf } from "../../bench/isolate.ts";
import { median } from "../../bench/measure.ts";
import { draw } from "../../bench/picture.ts";
import { table } from "../../bench/report.ts";
import { atLeast, atMost, isMet } from "../../bench/targets.ts";
import { bodyWithToken } from "../../bench/works.ts";

it.each([
	[[3, 1, 2], 2],
	[[4, 1, 3, 2], 2.5],
	[[7], 7],
	[[], Number.NaN],
])("the median of %j is %d", (values, result) => expect(median(values)).toBe(result));

it("a ratio compares values of the same round", () => {
	expect(ratioOf({ a: [10, 200, 30], b: [5, 100, 10] }, "a", "b")).toBe(2);
});

describe("a target", () => {
	it.each([
		[atLeast("x", 0.88, 0.88), true],
		[atLeast("x", 0.879, 0.88), false],
		[atMost("x", 1.05, 1.05), true],
		[atMost("x", 1.051, 1.05), false],
		[atLeast("x", Number.NaN, 1), false],
		[atMost("x", Number.NaN, 1), false],
	])("%j is met: %s", (target, met) => expect(isMet(target)).toBe(met));
});

it.each([1, 16, 64, 1024])("a body of %d KiB has about that size", (kib) => {
	const bytes = bodyWithToken(kib * 1024).length;
	expect(bytes).toBeLessThanOrEqual(kib * 1024);
	expect(bytes).toBeGreaterThan(kib * 1024 * 0.98 - 8);
});

it("the columns of a table line up", () => {
	expect(
		table(
			["name", "µs"],
			[
				["a", "1.0"],
				["long name", "10.0"],
			],
		),
	).toBe(["name         µs", "---------  ----", "a           1.0", "long name  10.0"].join("\n"));
});

it("the picture has one bar per Worker, as long as its figure", () => {
	const picture = draw("title", [{ name: "link", ours: 0.5, straightforward: 1, target: 0.8 }]);
	const widths = [...picture.matchAll(/<rect class="(ours|other)" x="190" y="\d+" width="([\d.]+)"/g)];
	expect(widths.map(([, kind]) => kind)).toEqual(["ours", "other"]);
	const [ours = 0, other = 0] = widths.map(([, , width]) => Number(width));
	expect(other / ours).toBeCloseTo(2, 2);
	expect(picture).toMatch(/^<svg [^>]*>.*<\/svg>\n$/s);
});
