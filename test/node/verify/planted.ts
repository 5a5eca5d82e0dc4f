/**
 * Functions with a planted fault, for the tests of the fuzzer.
 */
import { type FuzzTarget, hold } from "../../../verify/fuzz/target.ts";

const TARGET = {
	seeds: () => ["aaaa"],
	words: [],
	call: () => undefined,
	check: () => "",
	longest: 4000,
	bound: { constant: 1e9, perCharacter: 1e6 },
} satisfies Partial<FuzzTarget>;

/** Each character is behind the one before it: only coverage leads there. */
function throwsDeepInside(text: string): void {
	if (text[0] !== "F") return;
	if (text[1] !== "u") return;
	if (text[2] !== "z") return;
	throw new TypeError("planted");
}

export const THROWS: FuzzTarget = {
	...TARGET,
	name: "throws",
	check: (input) => {
		throwsDeepInside(input);
		return "";
	},
};

export const IS_WRONG: FuzzTarget = {
	...TARGET,
	name: "is wrong",
	check: (input) => {
		hold("no text has two percent signs", input.split("%").length < 3);
		return "";
	},
};

/** Looks at every pair of an `a` and another. */
function countPairs(text: string): number {
	const places = [...text].flatMap((character, at) => (character === "a" ? [at] : []));
	let pairs = 0;
	for (const one of places) for (const other of places) pairs += one < other ? 1 : 0;
	return pairs;
}

export const GROWS: FuzzTarget = { ...TARGET, name: "grows", call: countPairs };
/** The bound leaves no time at all. */
export const OVER_BOUND: FuzzTarget = {
	...TARGET,
	name: "over its bound",
	call: (input) => input.toUpperCase(),
	bound: { constant: 0.001, perCharacter: 0 },
};
