/**
 * Measures how long a function takes for an input, in steps. A step is one character of a plain loop, measured in the
 * same process and at the same time, so that a slow or busy machine does not look like a slow function.
 */
import type { TimeBound } from "./target.ts";

/** A text of this length fills no cache, and takes much longer than the clock's own step. */
const LOOP_CHARACTERS = 65_536;
const CALIBRATIONS = 15;

/** @returns the nanoseconds of one step now */
export function measureStepNs(): number {
	const text = "calibrate".repeat(LOOP_CHARACTERS / 8).slice(0, LOOP_CHARACTERS);
	let least = Number.POSITIVE_INFINITY;
	for (let round = 0; round < CALIBRATIONS; round++) {
		const start = process.hrtime.bigint();
		sumOf(text);
		least = Math.min(least, Number(process.hrtime.bigint() - start));
	}
	return least / LOOP_CHARACTERS;
}

function sumOf(text: string): number {
	let sum = 0;
	for (let at = 0; at < text.length; at++) sum = (sum * 31 + text.charCodeAt(at)) | 0;
	return sum;
}

/** @returns the least of several times: whatever else the machine does only makes a call slower */
export async function leastNs(
	call: (input: string) => unknown,
	input: string,
	rounds: number,
): Promise<number> {
	let least = Number.POSITIVE_INFINITY;
	for (let round = 0; round < rounds; round++) {
		const start = process.hrtime.bigint();
		const result = call(input);
		if (result instanceof Promise) await result;
		least = Math.min(least, Number(process.hrtime.bigint() - start));
	}
	return least;
}

/** @returns the part of its bound that a time has used; above 1 it is too long */
export function usedOf(
	{ constant, perCharacter }: TimeBound,
	ns: number,
	characters: number,
	stepNs: number,
): number {
	return ns / stepNs / (constant + perCharacter * characters);
}
