/**
 * The promise that the tests notice faults, for `npm run verify`.
 */
import { mutantText } from "../mutation/mutant.ts";
import { type AreaReport, mutationReport } from "../mutation/mutation-report.ts";
import type { Promised } from "../promise.ts";

export const NOTICED_FAULTS: Promised = {
	name: "noticed faults",
	promise: "The tests notice at least 95 % of the faults that are put into the code",
	method: "mutation testing: small changes of the code, each of which has to fail a test",
	small: 100,
	/** More than there are. */
	long: 1_000_000,
	run: async ({ amount, deadlineMs, seed, say }) => {
		const onArea = ({ name, killed, total, justified }: AreaReport) =>
			say(`${name}: ${killed} of ${total} noticed, ${justified} justified`);
		const report = await mutationReport({ sample: amount, seed, deadlineMs, onArea });
		const { killed, total, justified, score, survivors, outdated, left } = report;
		const unjudged = left > 0 ? `, no time for ${left}` : "";
		return {
			isKept: report.isEnough && outdated.length === 0,
			figure: `${killed} of ${total - justified} faults noticed (${score.toFixed(1)} %)${unjudged}`,
			findings: [...survivors.map(mutantText), ...outdated.map((text) => `Outdated justification: ${text}`)],
		};
	},
};
