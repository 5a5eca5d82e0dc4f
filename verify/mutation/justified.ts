/**
 * Mutants that no test can notice, each with its reason: the change leaves the same behaviour. A justification that no
 * longer describes a survivor is an error, so that none outlives its code.
 */
import { JUSTIFICATIONS } from "./justifications/all.ts";
import { isSurvivor, type JudgedMutant, type Mutant } from "./mutant.ts";

export interface Justification {
	readonly file: string;
	/** Beginning of the source line, without indentation. */
	readonly at: string;
	/** The changes of this line, as the report writes them. */
	readonly changes: readonly string[];
	readonly why: string;
}

export const isJustified = (mutant: Mutant): boolean => JUSTIFICATIONS.some((one) => describes(one, mutant));

/**
 * @param mutants of a run
 * @param areAll whether the run judged all mutants of their files
 * @returns justifications without a survivor: the code has changed, or a test notices the change now
 */
export function outdatedJustifications(mutants: readonly JudgedMutant[], areAll: boolean): readonly string[] {
	const files = new Set(mutants.map(({ file }) => file));
	const ofRun = JUSTIFICATIONS.filter(({ file }) => files.has(file));
	return ofRun.flatMap((one) =>
		one.changes.flatMap((change) => {
			const described = mutants.filter((mutant) => describes({ ...one, changes: [change] }, mutant));
			if (described.some(isSurvivor)) return [];
			const text = `${one.file}: ${one.at}: ${change}`;
			if (described.length > 0) return [`${text}: a test notices this change now`];
			return areAll ? [`${text}: the code has no such change`] : [];
		}),
	);
}

const describes = ({ file, at, changes }: Justification, mutant: Mutant): boolean =>
	file === mutant.file && mutant.sourceLine.startsWith(at) && changes.includes(mutant.change);
