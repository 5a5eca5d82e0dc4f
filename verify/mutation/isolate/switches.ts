/**
 * The switches that Stryker's instrumenter puts into the code: one mutant at a time is on.
 */

export type Hits = Record<string, number>;

/** Source: `@stryker-mutator/instrumenter`, syntax-helpers.js. */
export interface Instrumented {
	activeMutant: string | undefined;
	/** Counts how often the code of the active mutant runs. Beyond the limit, this code throws. */
	hitCount: number | undefined;
	hitLimit: number;
	currentTestId: string | undefined;
	mutantCoverage: { readonly static: Hits; readonly perTest: Record<string, Hits> };
}

declare global {
	var __stryker__: Instrumented;
}

globalThis.__stryker__ ??= {} as Instrumented;
export const instrumented = globalThis.__stryker__;

/** @param hits how often all tests together reach this code */
export function switchOn(mutant: string, hits: number): void {
	instrumented.activeMutant = mutant;
	instrumented.hitCount = 0;
	// One test that reaches the code a hundred times as often does not end.
	instrumented.hitLimit = Math.max(hits, 100) * 100;
}

export function switchOff(): void {
	instrumented.activeMutant = undefined;
}
