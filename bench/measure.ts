/**
 * Reads the CPU time of a process from Linux, and compares series of figures. CPU time per request is the figure to
 * compare: throughput also depends on the load tool and on other work of the machine.
 */
import { readdirSync, readFileSync } from "node:fs";

/** The CPU time that all threads of the process have spent, in nanoseconds. Source: Linux `schedstat`. */
export function cpuNs(pid: number): number {
	return readdirSync(`/proc/${pid}/task`)
		.map((thread) => Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[0]))
		.reduce((sum, one) => sum + one, 0);
}

/** The median ratio of two series that were measured in turn; NaN if a round of `to` is missing. */
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
