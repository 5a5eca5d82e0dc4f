/**
 * Another order of the same values, for checks that must not rest on the order of their cases.
 */
import type { Random } from "../test/random.ts";

export const shuffled = <Value>(random: Random, values: readonly Value[]): readonly Value[] =>
	values
		.map((value) => ({ value, place: random() }))
		.toSorted((one, other) => one.place - other.place)
		.map(({ value }) => value);
