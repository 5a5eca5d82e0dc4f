/**
 * Formats the figures for a person: tables for the terminal.
 */
import { isMet, type Target } from "./targets.ts";

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

export function targetTable(targets: readonly Target[]): string {
	return table(
		["target", "measured", "asked for", ""],
		targets.map((target) => [
			target.name,
			fixed(target.value) + target.unit,
			`${target.bound} ${target.than}${target.unit}`,
			isMet(target) ? "✓" : "✗",
		]),
	);
}
