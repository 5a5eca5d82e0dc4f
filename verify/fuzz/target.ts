/**
 * One function under the fuzzer: how an input reaches it, and what has to be true of its result.
 *
 * An input is one text. A target whose function takes several values splits the text, at the first space or at line
 * feeds. The text may hold any UTF-16 code unit.
 */

export interface FuzzTarget {
	readonly name: string;
	/** Inputs to begin with, beside the kept corpus. */
	readonly seeds: () => readonly string[];
	/** Texts that mutations insert: without them chance would have to spell every name of the format. */
	readonly words: readonly string[];
	/** The function alone. Its time is measured. */
	readonly call: (input: string) => unknown;
	/**
	 * Calls the function, and compares its result with another reading of the same input.
	 *
	 * @returns a short word for what the function did; an input with a new word joins the corpus
	 * @throws {Broken} for a result that is wrong; any other error is one of the function itself
	 */
	readonly check: (input: string) => string | Promise<string>;
	/** The longest input, in characters. */
	readonly longest: number;
	readonly bound: TimeBound;
}

/**
 * The most that one call may take, in steps. A step is one character of a plain loop, on the machine and at the time of
 * the run (`cost.ts`): about a nanosecond.
 */
export interface TimeBound {
	readonly constant: number;
	readonly perCharacter: number;
}

/** A property that does not hold. Its message is the property, and holds nothing of the input. */
export class Broken extends Error {}

/** @throws {Broken} with the name of the property */
export function hold(property: string, isTrue: boolean): void {
	if (!isTrue) throw new Broken(property);
}

/** What is wrong with an input. */
export interface FuzzFinding {
	/** The message of the error, the property, or the time. Two findings with the same text are one. */
	readonly text: string;
	/** The smallest input that shows it, as JSON. */
	readonly example: string;
}

/** Ends the text of an example after this many characters. */
const SHOWN_CHARACTERS = 400;

export function finding(text: string, input: string): FuzzFinding {
	const json = JSON.stringify(input);
	const isLong = json.length > SHOWN_CHARACTERS;
	const example = isLong ? `${json.slice(0, SHOWN_CHARACTERS)}… (${input.length} characters)` : json;
	return { text, example };
}
