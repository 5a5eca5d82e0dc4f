/**
 * Welch's t-test, as dudect uses it to find times that depend on a secret (Reparaz, Balasch, Verbauwhede: "Dude, is my
 * code constant time?", 2017). Below 4.5 nothing was found.
 */

export interface Comparison {
	/** The difference of the means, divided by its standard error. */
	readonly t: number;
	/** The smallest difference of the means that would have been found. */
	readonly findable: number;
}

export const FOUND_T = 4.5;
/** The slowest tenth is noise of the machine. */
const KEPT_PART = 0.9;

/** Both series are cropped at one limit, so that the crop does not favour one of them. */
export function compareTimes(a: readonly number[], b: readonly number[]): Comparison {
	const all = Float64Array.from([a, b].flat()).sort();
	const limit = all[Math.ceil(all.length * KEPT_PART) - 1] ?? Number.POSITIVE_INFINITY;
	const [one, other] = [momentsOf(a, limit), momentsOf(b, limit)];
	const error = Math.sqrt(one.variance / one.count + other.variance / other.count);
	return { t: (one.mean - other.mean) / error, findable: FOUND_T * error };
}

/** Mean and variance in one pass (Welford). */
function momentsOf(times: readonly number[], limit: number) {
	let [count, mean, squares] = [0, 0, 0];
	for (const time of times) {
		if (time > limit) continue;
		count++;
		const distance = time - mean;
		mean += distance / count;
		squares += distance * (time - mean);
	}
	return { count, mean, variance: squares / (count - 1) };
}
