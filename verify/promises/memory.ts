/**
 * The edge's memory does not grow with what clients do.
 */
import { builtBundle } from "../bundle.ts";
import { judge } from "../memory/judge.ts";
import { soak } from "../memory/soak.ts";
import type { Promised } from "../promise.ts";

const EDITORS = 500;
const SECONDS_BETWEEN_SAMPLES = 1;
const MOST_SAMPLES = 400;
/** Fewer seconds give too few samples. */
const LEAST_SECONDS = 10;
/** The bounded memories of the edge are filled before the soak. */
const FILLING_SECONDS = 20;

export const MEMORY: Promised = {
	name: "memory",
	promise: "bounded memory",
	method: `soak of ${EDITORS} sockets, uploads, cached files and refused floods in workerd, with garbage collected before each sample; slope of the second half by linear regression, with its 95 % interval for samples that resemble their neighbours`,
	// Seconds.
	small: 60,
	long: 3600,
	run: async ({ amount, deadlineMs, seed, say }) => {
		const bundle = await builtBundle();
		const leftSeconds = (deadlineMs - performance.now()) / 1000 - FILLING_SECONDS;
		const seconds = Math.max(LEAST_SECONDS, Math.min(amount, leftSeconds));
		const samples = Math.min(MOST_SAMPLES, Math.floor(seconds / SECONDS_BETWEEN_SAMPLES));
		const soaked = await soak({ bundle, editors: EDITORS, seconds, samples, seed, say });
		const { figure, ...outcome } = judge(soaked);
		const early = seconds < amount ? `, stopped after ${Math.round(seconds)} of ${amount} s` : "";
		return { ...outcome, figure: `${figure}${early}` };
	},
};
