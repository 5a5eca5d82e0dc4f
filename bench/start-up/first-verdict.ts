/**
 * Measures the time of a fresh process until its first verdict, beside the first response of a Worker of five lines.
 */
import { BAD_LINK } from "../credentials.ts";
import { noiseOfDifferences } from "../measure/noise.ts";
import { differences, type Summary, summarize } from "../measure/series.ts";
import { takeTurns } from "../measure/turns.ts";
import type { Bench, PartResult } from "../part.ts";
import { spread } from "../report.ts";
import { contenderOptions } from "../servers/contenders.ts";
import { startWorkerd, type WorkerdOptions } from "../servers/workerd.ts";
import { atMost } from "../targets.ts";

const NAMES = ["limit", "limit again", "ours"] as const;
const MOST_LATER_MS = 8;

interface FirstVerdict {
	readonly oursMs: Summary;
	readonly limitMs: Summary;
	readonly laterMs: Summary;
	readonly noiseMs: number;
}

export async function runFirstVerdict({ wants, origin, pace }: Bench): Promise<PartResult | undefined> {
	if (!wants("start")) return undefined;
	const options = {
		limit: await contenderOptions("limit", { origin: origin.url.origin }),
		ours: await contenderOptions("ours", { origin: origin.url.origin }),
	};
	const samples = await takeTurns(NAMES, pace.rounds, (name) =>
		name === "ours" ? firstResponseMs(options.ours, 403) : firstResponseMs(options.limit, 200),
	);
	const start: FirstVerdict = {
		oursMs: summarize(samples.ours),
		limitMs: summarize(samples.limit),
		laterMs: summarize(differences(samples.ours, samples.limit)),
		noiseMs: noiseOfDifferences(samples.limit, samples["limit again"]),
	};
	const { oursMs, limitMs, laterMs, noiseMs } = start;
	return {
		text: `First verdict of a fresh process: ${spread(oursMs, 0)} ms. First response of the Worker of five lines: ${spread(limitMs, 0)} ms.`,
		targets: [
			atMost(
				"first verdict, after the Worker of five lines",
				laterMs.median,
				MOST_LATER_MS,
				" ms later",
				noiseMs,
			),
		],
		figures: { start },
	};
}

async function firstResponseMs(options: WorkerdOptions, status: number): Promise<number> {
	const started = performance.now();
	const workerd = await startWorkerd(options);
	const response = await fetch(workerd.url + BAD_LINK);
	const ms = performance.now() - started;
	await workerd.stop();
	if (response.status !== status)
		throw new Error(`the first response has status ${response.status}, not ${status}`);
	return ms;
}
