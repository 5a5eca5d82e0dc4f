/**
 * Runs the steps of a target in threads of their own, and ends a thread whose input does not end.
 */
import { Worker } from "node:worker_threads";
import { seeded } from "../../test/random.ts";
import type { ExploredTarget } from "./fuzz-one.ts";
import type { Pace } from "./slow.ts";
import { type FuzzFinding, type FuzzTarget, finding } from "./target.ts";

export interface Task {
	readonly name: string;
	readonly step: "explore" | "pace";
	/** The inputs to begin with. */
	readonly kept: readonly string[];
	readonly seed: number;
	readonly seconds: number;
	readonly shared: SharedArrayBuffer;
}

export interface FuzzedTarget extends ExploredTarget {
	readonly name: string;
	/** `undefined` if an input did not end. */
	readonly pace: Pace | undefined;
}

/** Two numbers before the characters: how many inputs were written, and the length of the last. */
const HEADER_BYTES = 8;
const HANGS_AFTER_MS = 30_000;
const LOOK_EVERY_MS = 500;
/** The part of a target's time that is for slow inputs. */
const PACE_PART = 0.3;
/** So many inputs of the corpus are made long. */
const PACED_INPUTS = 400;

export function writeInput(shared: SharedArrayBuffer, input: string): void {
	const [numbers, characters] = viewsOf(shared);
	for (let at = 0; at < input.length; at++) characters[at] = input.charCodeAt(at);
	numbers[1] = input.length;
	numbers[0] = (numbers[0] ?? 0) + 1;
}

const viewsOf = (shared: SharedArrayBuffer) =>
	[new Int32Array(shared, 0, 2), new Uint16Array(shared, HEADER_BYTES)] as const;

export async function fuzzTarget(
	target: FuzzTarget,
	kept: readonly string[],
	{ seed, seconds }: { readonly seed: number; readonly seconds: number },
): Promise<FuzzedTarget> {
	const { name } = target;
	const task = (step: Task["step"], inputs: readonly string[], part: number): Task => ({
		name,
		step,
		kept: inputs,
		seed,
		seconds: seconds * part,
		shared: new SharedArrayBuffer(HEADER_BYTES + 2 * target.longest),
	});
	const nothing = { executions: 0, corpus: [], slowest: [], blocks: { all: 0, reached: 0 } };
	const explored = await run<ExploredTarget>(task("explore", kept, 1 - PACE_PART));
	if ("text" in explored) return { ...nothing, name, findings: [explored], pace: undefined };
	const { corpus, slowest } = explored;
	const pace = await run<Pace>(task("pace", [...slowest, ...sample(corpus, seed)], PACE_PART));
	const failed = "text" in pace ? [pace] : pace.findings;
	return {
		...explored,
		name,
		findings: [...explored.findings, ...failed],
		pace: "text" in pace ? undefined : pace,
	};
}

function sample(corpus: readonly string[], seed: number): readonly string[] {
	const random = seeded(seed);
	return corpus
		.map((input) => ({ input, at: random() }))
		.sort((a, b) => a.at - b.at)
		.slice(0, PACED_INPUTS)
		.map(({ input }) => input);
}

/** @returns the thread's result, or the finding that its input does not end */
function run<Result>(task: Task): Promise<Result | FuzzFinding> {
	const { promise, resolve, reject } = Promise.withResolvers<Result | FuzzFinding>();
	const worker = new Worker(new URL("worker.ts", import.meta.url), { workerData: task });
	const [numbers, characters] = viewsOf(task.shared);
	let last = { count: -1, sinceMs: performance.now() };
	const watch = setInterval(() => {
		const count = numbers[0] ?? 0;
		if (count !== last.count) last = { count, sinceMs: performance.now() };
		// Before the first input the thread only loads its modules.
		if (count === 0 || performance.now() - last.sinceMs < HANGS_AFTER_MS) return;
		const input = String.fromCharCode(...characters.slice(0, numbers[1]));
		resolve(finding("does not end within half a minute", input));
	}, LOOK_EVERY_MS);
	worker.once("message", resolve);
	worker.once("error", reject);
	return promise.finally(() => {
		clearInterval(watch);
		return worker.terminate();
	});
}
