/**
 * Reads the memory of workerd processes: from `/proc` on Linux, from `ps` elsewhere.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";

const PAGE_BYTES = 4096;
const KIB = 1024;

interface RunningProcess {
	readonly pid: number;
	readonly parent: number;
	readonly name: string;
}

/** The resident memory of one process. */
export function residentBytes(pid: number): number {
	if (existsSync("/proc/self/statm"))
		return Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]) * PAGE_BYTES;
	return Number(execFileSync("ps", ["-o", "rss=", "-p", String(pid)], { encoding: "utf8" })) * KIB;
}

/** The resident memory of the workerd processes that this process has started. */
export function workerdMemoryBytes(): number {
	const processes = existsSync("/proc/self/stat") ? fromProc() : fromPs();
	let bytes = 0;
	for (const { pid, parent, name } of processes) {
		if (!name.endsWith("workerd") || parent !== process.pid) continue;
		try {
			bytes += residentBytes(pid);
		} catch {
			// The process has ended since it was listed.
		}
	}
	return bytes;
}

function fromProc(): RunningProcess[] {
	const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
	return pids.flatMap((pid) => {
		try {
			const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
			const [, name = "", rest = ""] = /^\d+ \((.*)\) (.*)$/s.exec(stat) ?? [];
			return [{ pid: Number(pid), parent: Number(rest.split(" ")[1]), name }];
		} catch {
			return [];
		}
	});
}

function fromPs(): RunningProcess[] {
	const lines = execFileSync("ps", ["-A", "-o", "pid=,ppid=,comm="], { encoding: "utf8" }).split("\n");
	return lines.flatMap((line) => {
		const [, pid, parent, name = ""] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
		return pid === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), name }];
	});
}
