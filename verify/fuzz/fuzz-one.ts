/**
 * Fuzzes one target in this thread: explores it with coverage, then looks for slow inputs without.
 */
import { seeded } from "../../test/random.ts";
import { type Coverage, startCoverage } from "./coverage.ts";
import { explore } from "./explore.ts";
import { type Pace, searchSlow } from "./slow.ts";
import type { FuzzFinding, FuzzTarget } from "./target.ts";

/** The code under test. The packages among it are those that read a stranger's bytes. */
export const COUNTED =
	/\/(?:src|verify\/fuzz\/targets)\/[\w/-]+\.ts$|\/node_modules\/(?:qs|shell-quote|json5|js-md5)\//;

export interface ExploredTarget {
	readonly executions: number;
	readonly corpus: readonly string[];
	readonly slowest: readonly string[];
	readonly blocks: ReturnType<Coverage["blocks"]>;
	readonly findings: readonly FuzzFinding[];
}

interface Work {
	readonly target: FuzzTarget;
	readonly kept: readonly string[];
	readonly seed: number;
	readonly seconds: number;
	readonly onInput?: (input: string) => void;
}

export async function exploreTarget({ seconds, seed, ...work }: Work): Promise<ExploredTarget> {
	const coverage = startCoverage((url) => COUNTED.test(url));
	const untilMs = performance.now() + seconds * 1000;
	const explored = await explore({ ...work, coverage, random: seeded(seed), untilMs });
	const blocks = coverage.blocks();
	coverage.stop();
	return { ...explored, blocks };
}

/** Call this in a thread without coverage: V8's counters would be measured too. */
export function paceTarget({ kept, seconds, seed, ...work }: Work): Promise<Pace> {
	const untilMs = performance.now() + seconds * 1000;
	return searchSlow({ ...work, inputs: kept, random: seeded(seed), untilMs });
}
