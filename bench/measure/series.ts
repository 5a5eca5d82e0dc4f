/**
 * Medians and quartiles of series of figures. Series that were measured in turn are compared round by round: other work
 * on the machine slows the figures of one round alike.
 */

export interface Summary {
	/** Quartiles: a quarter of the values is below `q1`, a quarter above `q3`. */
	readonly q1: number;
	readonly median: number;
	readonly q3: number;
}

export function summarize(values: readonly number[]): Summary {
	const sorted = values.toSorted((a, b) => a - b);
	return { q1: quantile(sorted, 0.25), median: quantile(sorted, 0.5), q3: quantile(sorted, 0.75) };
}

export const median = (values: readonly number[]): number => summarize(values).median;

/** Interpolates between the two values next to the place. @param sorted in ascending order @param share from 0 to 1 */
export function quantile(sorted: readonly number[], share: number): number {
	const place = (sorted.length - 1) * share;
	const [low = Number.NaN, high = low] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
	return low + (high - low) * (place - Math.floor(place));
}

/** The ratios of two series, round by round; NaN for a round that `to` lacks. */
export const ratios = (of: readonly number[], to: readonly number[]): number[] =>
	of.map((one, round) => one / (to[round] ?? Number.NaN));

export const differences = (of: readonly number[], to: readonly number[]): number[] =>
	of.map((one, round) => one - (to[round] ?? Number.NaN));
