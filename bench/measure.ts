/**
 * What the operating system says of a process: CPU time and memory. CPU time per request is the figure to
 * go by: throughput on a machine that others use, or that runs the load as well, says less.
 */
import { readdirSync, readFileSync } from "node:fs";

/** All its threads have spent, in nanoseconds. */
export function cpuNs(pid: number): number {
	return readdirSync(`/proc/${pid}/task`)
		.map((thread) => Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[0]))
		.reduce((sum, one) => sum + one, 0);
}

/** Of two series that were measured in turn, round by round; NaN where one of them was not. */
export function medianRatio(of: readonly number[], to: readonly number[]): number {
	return median(of.map((one, round) => one / (to[round] ?? Number.NaN)));
}

export function median(values: readonly number[]): number {
	const sorted = values.toSorted((a, b) => a - b);
	const middle = Math.floor(sorted.length / 2);
	const [low = Number.NaN, high = low] =
		sorted.length % 2 === 1 ? [sorted[middle]] : [sorted[middle - 1], sorted[middle]];
	return (low + high) / 2;
}
