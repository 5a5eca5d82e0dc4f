/**
 * Trims as a pattern `[…]+$` would. Protects paths, tokens and links from losing a character too many or too few.
 */
import { describe, expect, it } from "vitest";
import { trimEnd } from "../../../src/encoding/trim-end.ts";

describe("trimEnd", () => {
	it.each([
		["a  ", " ", "a"],
		["a \t b \t", " \t", "a \t b"],
		["   ", " ", ""],
		["", " ", ""],
		[" a", " ", " a"],
		["a==", "=", "a"],
		["a", "", "a"],
		["é]", "]", "é"],
	])("%j without %j at its end is %j", (text, characters, trimmed) =>
		expect(trimEnd(text, characters)).toBe(trimmed),
	);
});
