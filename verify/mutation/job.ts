/**
 * What the process and the isolate tell each other.
 */

/** To the isolate. */
export interface Job {
	/** Paths of the test files: first those that notice most, then all. */
	readonly stages: Stages;
	/** Ids of the mutants to judge, in this order. */
	readonly mutants: readonly string[];
}

export type Stages = readonly [near: readonly string[], all: readonly string[]];

/** From the isolate. */
export type Event =
	/** Tests that fail without a mutant, or fail in reverse order. */
	| { readonly kind: "broken"; readonly failures: readonly string[] }
	| { readonly kind: "begin"; readonly id: string }
	| { readonly kind: "judged"; readonly id: string; readonly outcome: Judged };

/**
 * `test`: a test failed. `load`: the tests did not even load. `endless`: the code did not end, or a test waited for ever.
 * `uncovered`: no test runs this code.
 */
export type Judged = "test" | "load" | "endless" | "survived" | "uncovered";
