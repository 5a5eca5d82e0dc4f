/**
 * Formats the figures for a person: tables for the terminal.
 */
import type { Summary } from "./measure/series.ts";
import { type Outcome, outcomeOf, type Target } from "./targets.ts";

/** Aligns the first column to the left, and the numbers to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
	const widths = head.map((name, column) =>
		Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)),
	);
	const line = (cells: readonly string[]) =>
		cells
			.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
			.join("  ")
			.trimEnd();
	return [line(head), widths.map((width) => "-".repeat(width)).join("  "), ...rows.map(line)].join("\n");
}

export const fixed = (value: number | undefined, digits = 2): string =>
	value === undefined || Number.isNaN(value) ? "" : value.toFixed(digits);

/** The median with its quartiles: `0.77 (0.75–0.79)`. */
export const spread = (summary: Summary | undefined, digits = 2): string =>
	summary === undefined || Number.isNaN(summary.median)
		? ""
		: `${fixed(summary.median, digits)} (${fixed(summary.q1, digits)}–${fixed(summary.q3, digits)})`;

export const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

const MARKS: Readonly<Record<Outcome, string>> = { met: "✓", missed: "✗", "within the noise": "≈" };

export function targetTable(targets: readonly Target[]): string {
	return table(
		["target", "measured", "noise", "asked for", ""],
		targets.map((target) => [
			target.name,
			fixed(target.value) + target.unit,
			target.noise > 0 ? `± ${target.noise.toFixed(target.noise < 0.005 ? 3 : 2)}` : "",
			`${target.bound} ${target.than}${target.unit}`,
			MARKS[outcomeOf(target)],
		]),
	);
}
