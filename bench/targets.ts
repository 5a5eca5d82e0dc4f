/**
 * The bounds that the figures have to keep. A missed bound is reported, and does not end the run. A figure whose
 * distance from its bound is within the noise is neither met nor missed.
 */

export interface Target {
	readonly name: string;
	readonly value: number;
	readonly bound: "at least" | "at most";
	readonly than: number;
	readonly unit: string;
	/** In the unit of the value; 0 for a figure that is not measured against a clock. */
	readonly noise: number;
}

export type Outcome = "met" | "missed" | "within the noise";

export const atLeast = (name: string, value: number, than: number, unit = "", noise = 0): Target => ({
	name,
	value,
	bound: "at least",
	than,
	unit,
	noise,
});
export const atMost = (name: string, value: number, than: number, unit = "", noise = 0): Target => ({
	name,
	value,
	bound: "at most",
	than,
	unit,
	noise,
});

export function outcomeOf({ value, bound, than, noise }: Target): Outcome {
	if (noise > 0 && Math.abs(value - than) <= noise) return "within the noise";
	return (bound === "at least" ? value >= than : value <= than) ? "met" : "missed";
}
