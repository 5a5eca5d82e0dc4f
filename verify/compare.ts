/**
 * Compares the edge with another judge on generated cases, until the amount or the deadline is reached.
 *
 * fast-check generates the cases from the seed. The cases of one batch are judged together, which is quicker. If a batch
 * holds a disagreement, fast-check makes the batch and its cases smaller as long as they still disagree.
 */
import fc from "fast-check";
import type { Outcome, Size } from "./promise.ts";

export interface Judged {
	/** Of both judges. `uncompared`: the case never reached the edge's code. */
	readonly verdict: "accepted" | "refused" | "uncompared";
	/** Absent if the judges agree. */
	readonly disagreement?: string;
}

export interface Comparison<Case> {
	/** The cases in the plural: `links`. */
	readonly unit: string;
	readonly cases: fc.Arbitrary<Case>;
	/** The most cases of one batch. */
	readonly batch: number;
	/** @returns one judgement for each case, in their order */
	readonly judge: (batch: readonly Case[]) => Promise<readonly Judged[]>;
	/** Prints a case so that a reader can repeat it. */
	readonly describe: (one: Case) => string;
	/** The least share that both accept, and that both refuse. Below it the comparison shows nothing. */
	readonly leastShare: number;
}

/** Batches of one call of fast-check. Between two calls the deadline and the amount are looked at. */
const BATCHES = 50;
/** Odd, so no two calls of a run have the same seed. */
const SEED_STEP = 0x9e3779b1;
const LINE_EVERY_MS = 60_000;
const FINDINGS = 3;

export async function compare<Case>(comparison: Comparison<Case>, size: Size): Promise<Outcome> {
	const { unit, cases, batch: most, judge, describe, leastShare } = comparison;
	const counts = { accepted: 0, refused: 0, uncompared: 0 };
	const compared = () => counts.accepted + counts.refused;
	/** The disagreements of the smallest batch so far. */
	let found: readonly string[] = [];

	const property = fc.asyncProperty(
		fc.array(cases, { minLength: 1, maxLength: most, size: "max" }),
		async (batch) => {
			if (performance.now() >= size.deadlineMs) return;
			const judged = await judge(batch).catch((error) => [failure(error)]);
			const disagreements = judged.flatMap(({ disagreement }, at) =>
				disagreement === undefined ? [] : [`${disagreement}: ${describe(batch[at] as Case)}`],
			);
			if (disagreements.length > 0) {
				found = disagreements;
				throw new Error(disagreements[0]);
			}
			// fast-check is making a batch smaller. Its cases were counted before.
			if (found.length > 0) return;
			for (const { verdict } of judged) counts[verdict]++;
		},
	);
	let nextLineMs = performance.now() + LINE_EVERY_MS;
	for (let call = 0; compared() < size.amount && performance.now() < size.deadlineMs; call++) {
		const left = Math.ceil((size.amount - compared()) / (most / 2));
		// Runs of neighbouring seeds have other cases in every call.
		await fc.check(property, { seed: (size.seed + call * SEED_STEP) | 0, numRuns: Math.min(BATCHES, left) });
		if (found.length > 0) break;
		if (performance.now() < nextLineMs) continue;
		nextLineMs = performance.now() + LINE_EVERY_MS;
		size.say(`${written(compared())} ${unit}, ${written(counts.accepted)} accepted`);
	}

	const { accepted, refused, uncompared } = counts;
	const figure = [
		`${written(compared())} ${unit} compared`,
		`${written(accepted)} accepted by both`,
		...(uncompared > 0 ? [`${written(uncompared)} more never reached the edge`] : []),
		found.length > 0 ? "then a disagreement" : "no disagreement",
	].join(", ");
	if (found.length > 0) return { isKept: false, figure, findings: found.slice(0, FINDINGS) };
	const least = Math.max(1, compared() * leastShare);
	const findings = [
		...(accepted < least ? [`too few ${unit} were accepted to show anything`] : []),
		...(refused < least ? [`too few ${unit} were refused to show anything`] : []),
	];
	return { isKept: findings.length === 0, figure, findings };
}

const failure = (error: unknown): Judged => ({
	verdict: "uncompared",
	disagreement: `the comparison failed, ${error instanceof Error ? (error.stack ?? error.message) : error}`,
});

/** `6,000`. */
export const written = (count: number): string => count.toLocaleString("en");
