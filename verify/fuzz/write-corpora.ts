/**
 * Explores targets for a while, and adds to the kept corpora what no kept input has reached:
 *
 *   node local/run.mjs verify/fuzz/write-corpora.ts SECONDS [TARGET…]
 *
 * Of two inputs that reach the same, the shorter one is kept. What the seeds of a target reach needs no other input.
 */
import { readCorpus, writeCorpus } from "./corpus.ts";
import { startCoverage } from "./coverage.ts";
import { COUNTED, exploreTarget } from "./fuzz-one.ts";
import type { FuzzTarget } from "./target.ts";
import { TARGETS } from "./targets.ts";

/** A list of this length is still read by a person. */
const MOST_INPUTS = 60;
const MOST_CHARACTERS = 400;

const [seconds = "60", ...names] = process.argv.slice(2);
const chosen = TARGETS.filter(({ name }) => names.length === 0 || names.includes(name));
for (const [at, target] of chosen.entries()) {
	const seed = (Date.now() + at) % 2 ** 31;
	const kept = readCorpus(target);
	const explored = await exploreTarget({ target, kept, seed, seconds: Number(seconds) });
	const smallest = await minimise(target, [...kept, ...explored.corpus]);
	writeCorpus(target, smallest);
	const { reached, all } = explored.blocks;
	console.log(
		`${target.name}: ${explored.executions} inputs, ${reached} of ${all} blocks, ${smallest.length} kept`,
	);
	for (const { text, example } of explored.findings) console.log(`  ${text}: ${example}`);
}

async function minimise(target: FuzzTarget, inputs: readonly string[]): Promise<string[]> {
	const coverage = startCoverage((url) => COUNTED.test(url));
	const words = new Set<string>();
	const reachesNew = async (input: string): Promise<boolean> => {
		const word = await Promise.resolve()
			.then(() => target.check(input))
			.catch(() => "!");
		const isNew = coverage.isNew(true) || !words.has(word);
		words.add(word);
		return isNew;
	};
	for (const input of target.seeds()) await reachesNew(input);
	const kept: string[] = [];
	const short = [...new Set(inputs)].filter(({ length }) => length <= MOST_CHARACTERS);
	for (const input of short.toSorted((a, b) => a.length - b.length))
		if (kept.length < MOST_INPUTS && (await reachesNew(input))) kept.push(input);
	coverage.stop();
	return kept;
}
