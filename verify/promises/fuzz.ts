/**
 * The functions that read a stranger's bytes neither throw nor become slow, and agree with another reading of the same
 * bytes.
 */
import { readCorpus } from "../fuzz/corpus.ts";
import { TARGETS } from "../fuzz/targets.ts";
import { type FuzzedTarget, fuzzTarget } from "../fuzz/threads.ts";
import type { Outcome, Promised, Size } from "../promise.ts";

/** The machines of CI have two cores or more. Threads that share one core would look slow. */
const THREADS = 2;

export const FUZZ: Promised = {
	name: "fuzz",
	promise: "never throws, never slow: what reads a stranger's bytes",
	method:
		"coverage-guided fuzzing of the pure functions, with kept corpora; each result is compared with another reading; time per character in steps of a plain loop, and on twice the text",
	small: 60,
	long: 3600,
	run: fuzz,
};

/** `amount` is the seconds of each target. */
async function fuzz({ amount, deadlineMs, seed, say }: Size): Promise<Outcome> {
	const waiting = [...TARGETS.entries()];
	const fuzzed: FuzzedTarget[] = [];
	const work = async () => {
		for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
			const [at, target] = next;
			const leftSeconds = (deadlineMs - performance.now()) / 1000;
			const seconds = Math.max(1, Math.min(amount, (leftSeconds * THREADS) / (waiting.length + THREADS)));
			const result = await fuzzTarget(target, readCorpus(target), { seed: seed + at, seconds });
			say(describe(result));
			fuzzed.push(result);
		}
	};
	await Promise.all(Array.from({ length: THREADS }, work));
	const findings = fuzzed.flatMap(({ name, findings: found }) =>
		found.map(({ text, example }) => `${name}: ${text}: ${example}`),
	);
	return { isKept: findings.length === 0, figure: figureOf(fuzzed), findings };
}

const whole = (number: number): string => Math.round(number).toLocaleString("en");

function describe({ name, executions, corpus, blocks, pace }: FuzzedTarget): string {
	const slow = pace
		? `slowest ${(pace.ns / 1000).toFixed(0)} µs for ${whole(pace.slowest.length)} characters, ${whole(pace.used * 100)} % of its bound; ${whole(pace.doubled)} doubled, at most × ${pace.factor.toFixed(1)}`
		: "not timed";
	return `${name}: ${whole(executions)} inputs, ${blocks.reached} of ${blocks.all} blocks, corpus ${corpus.length}; ${slow}`;
}

function figureOf(fuzzed: readonly FuzzedTarget[]): string {
	const sum = (count: (one: FuzzedTarget) => number) => fuzzed.reduce((total, one) => total + count(one), 0);
	const most = (part: (one: FuzzedTarget) => number) => Math.max(0, ...fuzzed.map(part));
	return [
		`${fuzzed.length} functions`,
		`${whole(sum(({ executions }) => executions))} inputs`,
		`${whole(sum(({ blocks }) => blocks.reached))} of ${whole(sum(({ blocks }) => blocks.all))} blocks`,
		`the slowest input took ${whole(most(({ pace }) => pace?.used ?? 0) * 100)} % of its bound`,
		`twice the text took at most ${most(({ pace }) => pace?.factor ?? 0).toFixed(1)} times as long`,
	].join(", ");
}
