/**
 * Judges mutants in isolates, one isolate after the other: if a mutant silences its isolate, the next one goes on with the
 * mutants that are left.
 */
import type { Event, Stages } from "./job.ts";
import type { JudgedMutant, Mutant, Outcome } from "./mutant.ts";
import type { MutatedFiles } from "./mutate-files.ts";
import { runIsolate } from "./run-isolate.ts";
import { makeScratchCopy, removeScratchCopy } from "./scratch-copy.ts";

/** Modules that are loaded again and again fill the memory of an isolate. */
const MUTANTS_PER_ISOLATE = 300;
/** A machine that is too busy may need another attempt to start an isolate. */
const ATTEMPTS = 3;

/**
 * @param chosen some of the mutants of these files
 * @param stages paths of test files
 * @param deadlineMs time of the process's clock at which it stops
 * @returns the mutants that were judged
 * @throws if tests fail without a mutant
 */
export async function judgeMutants(
	{ switched }: Pick<MutatedFiles, "switched">,
	chosen: readonly Mutant[],
	stages: Stages,
	deadlineMs = Number.POSITIVE_INFINITY,
): Promise<JudgedMutant[]> {
	const left = new Map(chosen.map((mutant) => [mutant.id, mutant]));
	const judged: JudgedMutant[] = [];
	const keep = (id: string, outcome: Outcome) => {
		const mutant = left.get(id);
		if (mutant === undefined || !left.delete(id)) return;
		judged.push({ ...mutant, outcome });
	};
	const silencers = new Set<string>();
	const folder = makeScratchCopy(switched);
	try {
		for (let failures = 0; left.size > 0 && performance.now() < deadlineMs; ) {
			if (failures === ATTEMPTS) throw new Error("The isolate with the tests does not start.");
			const before = left.size;
			let begun: string | undefined;
			const hear = (event: Event) => {
				if (event.kind === "broken") throw new Error(`Without a mutant:\n${event.failures.join("\n")}`);
				begun = event.kind === "begin" ? event.id : undefined;
				if (event.kind === "judged") keep(event.id, event.outcome);
			};
			const job = { stages, mutants: [...left.keys()].slice(0, MUTANTS_PER_ISOLATE) };
			await runIsolate(folder, job, deadlineMs, hear);
			if (begun !== undefined) {
				// A machine that pauses makes an isolate silent too, so a mutant has to do it twice.
				if (silencers.has(begun)) keep(begun, "crash");
				silencers.add(begun);
			}
			failures = left.size < before ? 0 : failures + 1;
		}
		return judged;
	} finally {
		removeScratchCopy(folder);
	}
}
