/**
 * The fuzzer finds planted faults, and the kept corpora hold. Protects against a fuzzer that would stay silent, and
 * against the return of a fault that it has found.
 */
import { describe, expect, it } from "vitest";
import { readCorpus } from "../../../verify/fuzz/corpus.ts";
import { startCoverage } from "../../../verify/fuzz/coverage.ts";
import { explore } from "../../../verify/fuzz/explore.ts";
import { searchSlow } from "../../../verify/fuzz/slow.ts";
import { type FuzzFinding, type FuzzTarget, finding } from "../../../verify/fuzz/target.ts";
import { TARGETS } from "../../../verify/fuzz/targets.ts";
import { seeded } from "../../random.ts";
import { GROWS, IS_WRONG, OVER_BOUND, THROWS } from "./planted.ts";

describe.each(TARGETS.map((target) => [target.name, target] as const))("%s", (_, target) => {
	it("holds its properties on its seeds and on its corpus", async () => {
		const corpus = readCorpus(target);
		expect(corpus.length).toBeGreaterThan(0);
		for (const input of [...target.seeds(), ...corpus])
			expect(typeof (await target.check(input)), JSON.stringify(input)).toBe("string");
	});
});

const MOST_MS = 60_000;
const ROUND_MS = 1000;

/** Searches in short rounds until something is found. */
async function findingsOf(
	search: (seed: number, untilMs: number) => Promise<{ readonly findings: readonly FuzzFinding[] }>,
): Promise<readonly FuzzFinding[]> {
	const endMs = performance.now() + MOST_MS;
	for (let seed = 1; performance.now() < endMs; seed++) {
		const { findings } = await search(seed, performance.now() + ROUND_MS);
		if (findings.length > 0) return findings;
	}
	return [];
}

describe("a planted fault is found, and its example is the smallest", () => {
	const explored = async (target: FuzzTarget) => {
		const coverage = startCoverage((url) => url.includes("planted.ts"));
		const found = await findingsOf((seed, untilMs) =>
			explore({ target, kept: [], coverage, random: seeded(seed), untilMs }),
		);
		coverage.stop();
		return found;
	};
	it("an exception behind three conditions", async () => {
		const [found] = await explored(THROWS);
		expect(found).toEqual({ text: expect.stringMatching(/^threw TypeError/), example: '"Fuz"' });
	});
	it("a property that does not hold", async () => {
		const [found] = await explored(IS_WRONG);
		expect(found).toEqual(finding("no text has two percent signs", "%%"));
	});
});

describe("a planted slow function is found", () => {
	const slowOf = async (target: FuzzTarget) => {
		const found = await findingsOf((seed, untilMs) =>
			searchSlow({ target, inputs: ["aaaa", "xax"], random: seeded(seed), untilMs }),
		);
		return found.map(({ text }) => text);
	};
	it("one whose time grows with the square of the text", async () => {
		expect(await slowOf(GROWS)).toEqual(["takes 3 times as long, or more, on twice the text"]);
	});
	it("one that is over its bound", async () => {
		expect(await slowOf(OVER_BOUND)).toEqual(["takes longer than its bound"]);
	});
});
