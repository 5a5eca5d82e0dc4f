/**
 * Reads the CPU time of a process from Linux. CPU time per request is the figure to compare: throughput also depends on
 * the load tool and on other work of the machine.
 */
import { readdirSync, readFileSync } from "node:fs";

/** The CPU time that all threads of the process have spent, in nanoseconds. Source: Linux `schedstat`. */
export function cpuNs(pid: number): number {
	return readdirSync(`/proc/${pid}/task`)
		.map((thread) => Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[0]))
		.reduce((sum, one) => sum + one, 0);
}
