/**
 * One small change of the source, and whether a test noticed it.
 */
import type { Judged } from "./job.ts";

export interface Mutant {
	/** Its switch. */
	readonly id: string;
	/** `src/link/secure-link.ts` */
	readonly file: string;
	/** From 1. */
	readonly line: number;
	/** The mutator's name: `EqualityOperator`. */
	readonly kind: string;
	/** The line at which the change begins, without indentation. */
	readonly sourceLine: string;
	/** The change, in one line: `a < b → a <= b`. */
	readonly change: string;
	/** The whole file with the change. */
	readonly changedFile: string;
}

/**
 * `crash`: the isolate went silent, as in a loop without an end. `compiler`: every test passed, but the type check fails.
 */
export type Outcome = Judged | "crash" | "compiler";

export interface JudgedMutant extends Mutant {
	readonly outcome: Outcome;
}

export const isSurvivor = ({ outcome }: JudgedMutant): boolean =>
	outcome === "survived" || outcome === "uncovered";

/** Longer texts are cut: a removed function is named by its beginning. */
const TEXT_CHARACTERS = 160;

export function changeText(original: string, replacement: string): string {
	return `${inOneLine(original)} → ${inOneLine(replacement)}`;
}

function inOneLine(text: string): string {
	const line = text.replace(/\s+/g, " ");
	return line.length > TEXT_CHARACTERS ? `${line.slice(0, TEXT_CHARACTERS)}…` : line;
}

/** For a terminal. */
export const mutantText = ({ file, line, kind, outcome, sourceLine, change }: JudgedMutant): string =>
	`${file}:${line} ${kind}, ${outcome}\n    ${sourceLine}\n    ${change}`;
