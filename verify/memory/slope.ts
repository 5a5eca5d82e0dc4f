/**
 * A straight line through measured points, by least squares, with the 95 % interval of its slope.
 *
 * Neighbouring samples of a process's memory resemble each other, so they tell less than as many independent ones. The
 * interval counts them as fewer (Santer et al. 2000, "Statistical significance of trends", equation 6).
 */

export interface Slope {
	readonly perUnit: number;
	/** Half the width of the 95 % interval. Infinite if there are too few points. */
	readonly margin: number;
}

export type Point = readonly [x: number, y: number];

export function slopeOf(points: readonly Point[]): Slope {
	const count = points.length;
	const meanX = mean(points.map(([x]) => x));
	const meanY = mean(points.map(([, y]) => y));
	const spreadX = sum(points.map(([x]) => (x - meanX) ** 2));
	if (count < 4 || spreadX === 0) return { perUnit: 0, margin: Number.POSITIVE_INFINITY };
	const perUnit = sum(points.map(([x, y]) => (x - meanX) * (y - meanY))) / spreadX;
	const rests = points.map(([x, y]) => y - meanY - perUnit * (x - meanX));
	const square = sum(rests.map((rest) => rest ** 2));
	if (square === 0) return { perUnit, margin: 0 };
	const likeness = sum(rests.slice(1).map((rest, at) => rest * (rests[at] ?? 0))) / square;
	const kept = Math.min(Math.max(likeness, 0), 0.99);
	const independent = (count * (1 - kept)) / (1 + kept);
	if (independent <= 3) return { perUnit, margin: Number.POSITIVE_INFINITY };
	const error = Math.sqrt(square / (independent - 2) / spreadX);
	return { perUnit, margin: studentT(independent - 2) * error };
}

/** The 97.5 % quantile of Student's t (Abramowitz and Stegun, 26.7.5). */
function studentT(degrees: number): number {
	const z = 1.959964;
	const first = (z ** 3 + z) / 4;
	const second = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96;
	const third = (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384;
	return z + first / degrees + second / degrees ** 2 + third / degrees ** 3;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const mean = (values: readonly number[]): number => sum(values) / values.length;
