/**
 * Measures the refusals of two classes in workerd, in batches and in random order. Inside the isolate the clock stands
 * still while code runs, so the time of a batch is the CPU time of the thread that runs it.
 */
import { existsSync, readFileSync } from "node:fs";
import type { Workerd } from "../../bench/servers/workerd.ts";
import type { Random } from "../../test/random.ts";

export interface MeasuredClasses {
	/** Nanoseconds for one refusal, one figure for each batch: right but for the end, and wrong from the beginning. */
	readonly late: readonly number[];
	readonly early: readonly number[];
	/** The refusals of one batch. */
	readonly times: number;
}

/** V8 compiles the code anew while it warms up. */
const WARM_UP_REFUSALS = 20_000;
/** With fewer batches the test could say nothing, with fewer refusals a batch would be mostly HTTP. */
const LEAST_BATCHES = 200;
const MOST_PER_BATCH = 1000;

const batchOf = (refusals: number): number =>
	Math.min(MOST_PER_BATCH, Math.max(1, Math.floor(refusals / LEAST_BATCHES)));

/** @param refusals of both classes together */
export async function measureRefusals(
	{ url, pid }: Workerd,
	kind: string,
	refusals: number,
	random: Random,
	untilMs: number,
): Promise<MeasuredClasses> {
	const times = batchOf(refusals);
	const clock = clockOf(pid);
	const refuse = async (oneClass: 0 | 1, count = times): Promise<number> => {
		const query = new URLSearchParams({ kind, class: String(oneClass), times: String(count) });
		const before = clock();
		const refused = await (await fetch(`${url}/?${query}`)).json();
		const ns = (clock() - before) / count;
		if (refused !== count)
			throw new Error(`${kind}: ${refused} of ${count} were refused for their signature`);
		return ns;
	};
	for (const oneClass of [0, 1] as const) await refuse(oneClass, WARM_UP_REFUSALS);
	const measured = { late: [] as number[], early: [] as number[], times };
	const pairs = Math.ceil(refusals / times / 2);
	for (let pair = 0; pair < pairs && performance.now() < untilMs; pair++) {
		const isLateFirst = random() < 0.5;
		if (isLateFirst) measured.late.push(await refuse(0));
		measured.early.push(await refuse(1));
		if (!isLateFirst) measured.late.push(await refuse(0));
	}
	return measured;
}

/** The main thread runs the isolate. Threads that only collect garbage are not counted. */
function clockOf(pid: number): () => number {
	const file = `/proc/${pid}/schedstat`;
	return existsSync(file)
		? () => Number(readFileSync(file, "utf8").split(" ")[0])
		: () => performance.now() * 1e6;
}
