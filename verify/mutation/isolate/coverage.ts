/**
 * Which mutants each test reaches, and which ones run while the modules load.
 */
import type { RecordedTest } from "./recorder.ts";
import { type Hits, instrumented } from "./switches.ts";

export interface Coverage {
	/** Runs a test, and keeps what it reaches. */
	readonly during: <T>(test: RecordedTest, run: () => Promise<T>) => Promise<T>;
	/** Whether this code runs while the modules load: its result may reach any test. */
	readonly isStatic: (mutant: string) => boolean;
	readonly isReached: (mutant: string, test: RecordedTest) => boolean;
	readonly hitsOf: (mutant: string) => number;
}

export function startCoverage(): Coverage {
	const atLoad: Hits = {};
	const perTest: Record<string, Hits> = {};
	instrumented.mutantCoverage = { static: atLoad, perTest };
	return {
		during: async (test, run) => {
			instrumented.currentTestId = test.id;
			const outcome = await run();
			instrumented.currentTestId = undefined;
			return outcome;
		},
		isStatic: (mutant) => mutant in atLoad,
		isReached: (mutant, { id }) => perTest[id]?.[mutant] !== undefined,
		hitsOf: (mutant) =>
			Object.values(perTest).reduce((sum, hits) => sum + (hits[mutant] ?? 0), atLoad[mutant] ?? 0),
	};
}

/** Modules that are loaded from now on count elsewhere. */
export function stopCoverage(): void {
	instrumented.mutantCoverage = { static: {}, perTest: {} };
}
