/** The workerd processes that this test process has started. */
import { readdirSync, readFileSync } from "node:fs";

const PAGE_BYTES = 4096;

/** Resident memory of one process. */
export function residentBytes(pid: number | string): number {
	return Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]) * PAGE_BYTES;
}

/** Of all of them. */
export function workerdMemoryBytes(): number {
	let bytes = 0;
	for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
		try {
			const [, name, rest] = /^\d+ \((.*)\) (.*)$/s.exec(readFileSync(`/proc/${pid}/stat`, "utf8")) ?? [];
			if (name !== "workerd" || Number(rest?.split(" ")[1]) !== process.pid) continue;
			bytes += residentBytes(pid);
		} catch {
			// The process ended between the listing and the look at it.
		}
	}
	return bytes;
}
