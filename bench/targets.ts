/**
 * The bounds that the figures have to keep. A missed bound is reported, and does not end the run.
 */

export interface Target {
	readonly name: string;
	readonly value: number;
	readonly bound: "at least" | "at most";
	readonly than: number;
	readonly unit: string;
}

export const atLeast = (name: string, value: number, than: number, unit = ""): Target => ({
	name,
	value,
	bound: "at least",
	than,
	unit,
});
export const atMost = (name: string, value: number, than: number, unit = ""): Target => ({
	name,
	value,
	bound: "at most",
	than,
	unit,
});

export const isMet = ({ value, bound, than }: Target): boolean =>
	bound === "at least" ? value >= than : value <= than;
