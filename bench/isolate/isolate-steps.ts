/**
 * What each step of the edge costs: the same requests through the edge as it is, and cut off after its first steps.
 */
import { noiseOfRatios } from "../measure/noise.ts";
import { ratios, type Summary, summarize } from "../measure/series.ts";
import type { Bench, PartResult } from "../part.ts";
import { percent, spread, table } from "../report.ts";
import { buildOnce, CUT_NAMES, type WorkerName } from "../servers/contenders.ts";
import { HEADER_TOKEN, OPEN_ASSET, SIGNED_LINK } from "../works.ts";
import { measureRequests } from "./requests.ts";

const CONTENDERS: readonly WorkerName[] = ["limit", "limit again", ...CUT_NAMES, "ours, 1 % logged", "ours"];
const SLICE_MS = 80;

interface Step {
	readonly cpuUs: Summary;
	/** What the steps since the line before cost, in microseconds: median of the rounds. */
	readonly more: number;
}

export async function runIsolateSteps({ wants, pace }: Bench): Promise<PartResult | undefined> {
	if (!wants("isolate: steps")) return undefined;
	const samples = await measureRequests({
		loop: await buildOnce("bench/workers/request-loop.ts"),
		contenders: CONTENDERS,
		works: [SIGNED_LINK, HEADER_TOKEN, OPEN_ASSET],
		before: undefined,
		rounds: pace.rounds * 3,
		sliceMs: SLICE_MS,
	});
	const steps = Object.entries(samples).map(([work, series]) => {
		const noise = noiseOfRatios(series.limit, series["limit again"]);
		return [work, { noise, steps: stepsOf(series) }] as const;
	});
	const tables = steps.map(([work, { noise, steps: lines }]) =>
		table(
			[`${work}, noise ${percent(noise)}`, "µs", "more than the line before"],
			Object.entries(lines).map(([name, { cpuUs, more }]) => [
				`  ${name}`,
				spread(cpuUs, 1),
				more.toFixed(1),
			]),
		),
	);
	return {
		text: [
			"What each step costs, inside the isolate: the edge, cut off after its first steps",
			"The last step, forward, stands in the line of the whole edge. The line of the log is in the last one.",
			...tables.map((one) => `\n${one}`),
		].join("\n"),
		targets: [],
		figures: { steps: Object.fromEntries(steps) },
	};
}

function stepsOf(series: Readonly<Record<string, readonly number[]>>): Record<string, Step> {
	const names = CONTENDERS.filter((name) => name !== "limit again");
	return Object.fromEntries(
		names.map((name, at) => {
			const own = series[name] ?? [];
			const before = series[names[at - 1] ?? ""];
			// The ratio of a round is steadier than the difference: other work on the machine slows both alike.
			const cpuUs = summarize(own);
			const more = before ? cpuUs.median * (1 - summarize(ratios(before, own)).median) : 0;
			return [name, { cpuUs, more }];
		}),
	);
}
