/**
 * Explores a target: changes inputs that are known, and keeps those that reach a new block or do something new.
 *
 * Coverage is asked once for a batch of inputs, because each question costs as much as a hundred calls. Only in a batch
 * that was new the inputs are called again, in halves, until the new ones are found.
 */
import { pick, type Random } from "../../test/random.ts";
import type { Coverage } from "./coverage.ts";
import { mutate } from "./mutate.ts";
import { shrink } from "./shrink.ts";
import { Broken, type FuzzFinding, type FuzzTarget, finding } from "./target.ts";

export interface Explored {
	readonly executions: number;
	readonly corpus: readonly string[];
	/** The inputs that took the longest for their length: the next step measures these. */
	readonly slowest: readonly string[];
	readonly findings: readonly FuzzFinding[];
}

export interface Exploration {
	readonly target: FuzzTarget;
	/** The inputs of earlier runs. */
	readonly kept: readonly string[];
	readonly coverage: Coverage;
	readonly random: Random;
	/** Of `performance.now()`. */
	readonly untilMs: number;
	/** Called with each input before it is tried, so that an input that never ends can be named. */
	readonly onInput?: (input: string) => void;
}

const BATCH = 128;
const SLOWEST_KEPT = 12;
const MOST_FINDINGS = 5;
/** So many of the newest inputs are changed as often as all others together. */
const NEWEST = 24;
/** Short inputs are quick, and reach nearly every block. A few inputs may be as long as the target allows. */
const USUAL_CHARACTERS = 500;
const LONG_INPUTS = 0.02;
/** The words of a target are few. An endless supply of new ones would be a mistake of the target. */
const MOST_WORDS = 2000;

export async function explore(exploration: Exploration): Promise<Explored> {
	const { target, kept, coverage, random, untilMs, onInput = () => undefined } = exploration;
	const corpus: string[] = [];
	const words = new Set<string>();
	const findings = new Map<string, FuzzFinding>();
	const slowest: { input: string; ns: number }[] = [];
	let executions = 0;

	const call = async (input: string): Promise<string> => {
		executions++;
		onInput(input);
		const start = process.hrtime.bigint();
		try {
			const word = target.check(input);
			return typeof word === "string" ? word : await word;
		} catch (error) {
			return `! ${textOf(error)}`;
		} finally {
			keepSlowest(slowest, input, Number(process.hrtime.bigint() - start) / (64 + input.length));
		}
	};
	const attempt = async (input: string): Promise<boolean> => {
		const word = await call(input);
		const isNew = !words.has(word) && words.size < MOST_WORDS;
		if (!isNew) return false;
		words.add(word);
		if (word.startsWith("! ") && findings.size < MOST_FINDINGS) {
			const smallest = await shrink(input, async (smaller) => (await call(smaller)) === word);
			findings.set(word, finding(word.slice(2), smallest));
		}
		return true;
	};
	/** Finds the inputs of a batch that reach new blocks. */
	const attribute = async (batch: readonly string[]): Promise<void> => {
		for (const input of batch) await call(input);
		if (!coverage.isNew(batch.length === 1)) return;
		const [only] = batch;
		if (batch.length === 1 && only !== undefined) return void corpus.push(only);
		const middle = Math.ceil(batch.length / 2);
		await attribute(batch.slice(0, middle));
		await attribute(batch.slice(middle));
	};
	const run = async (batch: readonly string[]): Promise<void> => {
		for (const input of batch) if (await attempt(input)) corpus.push(input);
		if (coverage.isNew(false)) await attribute(batch);
	};

	coverage.isNew(true);
	const first = [...new Set([...kept, ...target.seeds(), ""])].map((one) => one.slice(0, target.longest));
	for (let at = 0; at < first.length; at += BATCH) await run(first.slice(at, at + BATCH));
	while (performance.now() < untilMs) {
		const longest = random() < LONG_INPUTS ? target.longest : Math.min(target.longest, USUAL_CHARACTERS);
		const material = { words: target.words, corpus, longest };
		const batch = Array.from({ length: BATCH }, () => {
			const from = random() < 0.5 ? corpus.slice(-NEWEST) : corpus;
			return mutate(from.length === 0 ? "" : pick(random, from), random, material);
		});
		await run(batch);
	}
	return {
		executions,
		corpus,
		slowest: slowest.map(({ input }) => input),
		findings: [...findings.values()],
	};
}

/** A property by its name; another error by its type, message and the line that threw it. */
function textOf(error: unknown): string {
	if (error instanceof Broken) return error.message;
	if (!(error instanceof Error)) return `threw ${typeof error}`;
	const line = /\/((?:src|verify)\/[^\s:)]+:\d+)/.exec(error.stack ?? "")?.[1] ?? "";
	return `threw ${error.constructor.name} at ${line}`;
}

function keepSlowest(slowest: { input: string; ns: number }[], input: string, ns: number): void {
	const last = slowest.at(-1);
	if (slowest.length === SLOWEST_KEPT && last && last.ns >= ns) return;
	if (slowest.some((one) => one.input === input)) return;
	slowest.push({ input, ns });
	slowest.sort((a, b) => b.ns - a.ns);
	if (slowest.length > SLOWEST_KEPT) slowest.pop();
}
