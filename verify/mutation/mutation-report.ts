/**
 * Mutation testing: small faults are put into the code one by one, and some test has to fail for each. A fault that every
 * test lets pass shows code that no test protects.
 */
import { globSync } from "node:fs";
import { pick, seeded } from "../../test/random.ts";
import { AREAS } from "./areas.ts";
import { type Choice, chosenFiles } from "./chosen-files.ts";
import { judgeMutants } from "./judge-mutants.ts";
import { isJustified, outdatedJustifications } from "./justified.ts";
import { isSurvivor, type JudgedMutant, type Mutant } from "./mutant.ts";
import { mutateFiles } from "./mutate-files.ts";
import { typeCheck } from "./type-check.ts";

/** Percent of the mutants that some test has to notice. */
const LEAST_SCORE = 95;
/** A sample may miss that by chance, by so many standard deviations. */
const DEVIATIONS = 3;

export interface MutationOptions extends Choice {
	/** So many mutants of these files, drawn by the seed. */
	readonly sample?: number | undefined;
	readonly seed?: number | undefined;
	/** Time of the process's clock (`performance.now()`). Each area stops when its part of the time is over. */
	readonly deadlineMs?: number | undefined;
	/** Called after each area. */
	readonly onArea?: (area: AreaReport) => void;
}

export interface Counts {
	/** Mutants that were judged. */
	readonly total: number;
	/** Noticed by a test or by the compiler. */
	readonly killed: number;
	/** Survivors with a reason in `justifications/`. */
	readonly justified: number;
	/** Percent of the mutants that are not justified. */
	readonly score: number;
}

export interface AreaReport extends Counts {
	readonly name: string;
	readonly mutants: readonly JudgedMutant[];
}

export interface MutationReport extends Counts {
	readonly areas: readonly AreaReport[];
	/** Those without a reason. */
	readonly survivors: readonly JudgedMutant[];
	/** Justifications that describe no survivor. */
	readonly outdated: readonly string[];
	/** Mutants for which no time was left. */
	readonly left: number;
	readonly isEnough: boolean;
}

export async function mutationReport(options: MutationOptions): Promise<MutationReport> {
	const { sample, seed = 1, deadlineMs = Number.POSITIVE_INFINITY } = options;
	const files = new Map(AREAS.map((area) => [area, chosenFiles(area, options)]));
	const mutated = await mutateFiles([...files.values()].flat());
	const chosen = sample === undefined ? mutated.mutants : draw(mutated.mutants, sample, seed);
	const jobs = [...files]
		.map(([area, ofArea]) => ({ ...area, mutants: chosen.filter(({ file }) => ofArea.includes(file)) }))
		.filter(({ mutants }) => mutants.length > 0);

	const areas: AreaReport[] = [];
	for (const [at, { name, tests, mutants }] of jobs.entries()) {
		const partMs = (deadlineMs - performance.now()) / (jobs.length - at);
		const stages = [
			globSync(`test/workers/${name}/*.test.ts`),
			tests.flatMap((glob) => globSync(glob)),
		] as const;
		const judged = typeCheck(await judgeMutants(mutated, mutants, stages, performance.now() + partMs));
		const area = { name, mutants: judged, ...countsOf(judged) };
		areas.push(area);
		options.onArea?.(area);
	}
	const judged = areas.flatMap(({ mutants }) => mutants);
	const isSample = judged.length < mutated.mutants.length;
	const counts = countsOf(judged);
	return {
		areas,
		...counts,
		isEnough: counts.score >= leastScore(counts, isSample),
		survivors: judged.filter((mutant) => isSurvivor(mutant) && !isJustified(mutant)),
		outdated: outdatedJustifications(judged, !isSample),
		left: chosen.length - judged.length,
	};
}

function draw(mutants: readonly Mutant[], sample: number, seed: number): readonly Mutant[] {
	const random = seeded(seed);
	const drawn = new Set<Mutant>();
	while (drawn.size < Math.min(sample, mutants.length)) drawn.add(pick(random, mutants));
	return [...drawn];
}

function countsOf(mutants: readonly JudgedMutant[]): Counts {
	const survived = mutants.filter(isSurvivor);
	const killed = mutants.length - survived.length;
	const justified = survived.filter(isJustified).length;
	const counted = mutants.length - justified;
	return { total: mutants.length, killed, justified, score: counted === 0 ? 100 : (killed / counted) * 100 };
}

function leastScore({ total, justified }: Counts, isSample: boolean): number {
	const deviation = Math.sqrt((LEAST_SCORE * (100 - LEAST_SCORE)) / Math.max(1, total - justified));
	return isSample ? LEAST_SCORE - DEVIATIONS * deviation : LEAST_SCORE;
}
