/**
 * Random edits of a text: each inserts a piece, replaces characters, or removes them. They shrink to fewer edits.
 */
import fc from "fast-check";

export interface Edit {
	readonly at: number;
	readonly removed: number;
	readonly inserted: string;
}

/** Positions are taken modulo the length of the text, so any number fits. */
const POSITIONS = 400;
const MOST_REMOVED = 2;

/** @param most the most edits of one text */
export const edits = (pieces: readonly string[], most: number): fc.Arbitrary<readonly Edit[]> =>
	fc.array(
		fc.record({
			at: fc.nat(POSITIONS),
			removed: fc.nat(MOST_REMOVED),
			inserted: fc.oneof(
				{ weight: 1, arbitrary: fc.constant("") },
				{ weight: 4, arbitrary: fc.constantFrom(...pieces) },
			),
		}),
		{ maxLength: most, size: "max" },
	);

export const applyEdits = (text: string, list: readonly Edit[]): string =>
	list.reduce((edited, { at, removed, inserted }) => {
		const start = at % (edited.length + 1);
		return edited.slice(0, start) + inserted + edited.slice(start + removed);
	}, text);

/** @returns each value as often as its weight says */
export const weighted = <Value>(
	...choices: readonly (readonly [weight: number, value: Value])[]
): fc.Arbitrary<Value> =>
	fc.oneof(...choices.map(([weight, value]) => ({ weight, arbitrary: fc.constant(value) })));

const BASE64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/** Changes bits of the last character in base64url. Its lowest bits are often spare: they encode nothing. */
export const withOtherBits = (encoded: string, bits: number): string =>
	encoded.slice(0, -1) + (BASE64URL[BASE64URL.indexOf(encoded.slice(-1)) ^ bits] ?? "");
