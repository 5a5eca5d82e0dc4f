/**
 * The form of one promise: what it says, how it is checked, and the two sizes of its check.
 */

/** How much a check does. A check that reaches its deadline stops early, and tells how far it came. */
export interface Size {
	/** Number of cases, or seconds: the unit is the promise's own. */
	readonly amount: number;
	/** Time of the process's clock (`performance.now()`) at which the check stops. */
	readonly deadlineMs: number;
	readonly seed: number;
	/** Prints a line while the check runs. */
	readonly say: (line: string) => void;
}

export interface Outcome {
	readonly isKept: boolean;
	/** The measured figure, for the table: `6,000 links, no disagreement`. */
	readonly figure: string;
	/** What was found, if the promise is broken: smallest example first. */
	readonly findings: readonly string[];
}

export interface Promised {
	/** For `--only`. */
	readonly name: string;
	readonly promise: string;
	readonly method: string;
	/** The amounts of the two sizes. */
	readonly small: number;
	readonly long: number;
	readonly run: (size: Size) => Promise<Outcome>;
}
