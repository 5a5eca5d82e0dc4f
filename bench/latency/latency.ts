/**
 * The time that each contender adds to the first byte of a response, at a rate far below what it could answer. The
 * contenders take turns by windows, and the figures of neighbouring windows are compared.
 */
import { WARM_UP_MS } from "../end-to-end/load.ts";
import { noiseOfDifferences } from "../measure/noise.ts";
import { differences, quantile, type Summary, summarize } from "../measure/series.ts";
import type { Bench, PartResult } from "../part.ts";
import { fixed, spread, table } from "../report.ts";
import { startContenders, stopAll, type WorkerName } from "../servers/contenders.ts";
import { atMost, type Target } from "../targets.ts";
import { HEADER_TOKEN, SIGNED_LINK, type Work } from "../works.ts";
import { sendInOpenLoop } from "./open-loop.ts";

const WORKERS: readonly WorkerName[] = ["limit", "limit again", "equal duties", "ours"];
const DIRECT = "direct";
/** To one contender at a time. It could answer five times as many. */
const PER_SECOND = 500;
const WINDOW_REQUESTS = 200;
const SHARES = { p50: 0.5, p90: 0.9, p99: 0.99 } as const;
const BOUNDS_MS = { p50: 0.08, p90: 0.1 } as const;

type Percentile = keyof typeof SHARES;
const PERCENTILES = Object.keys(SHARES) as readonly Percentile[];

/** In milliseconds. Medians over the windows of the run, with their quartiles. */
interface Latency {
	readonly firstByte: Readonly<Record<Percentile, Summary>>;
	readonly overDirect: Readonly<Record<Percentile, Summary>>;
	readonly overLimit: Readonly<Record<Percentile, Summary>>;
}

interface MeasuredLatency {
	/** The difference of the limit and a second process of the same Worker. */
	readonly noiseMs: Readonly<Record<Percentile, number>>;
	readonly contenders: Readonly<Record<string, Latency>>;
}

export async function runLatency(bench: Bench): Promise<PartResult | undefined> {
	const works = [SIGNED_LINK, HEADER_TOKEN].filter(({ name }) => bench.wants(`latency: ${name}`));
	if (works.length === 0) return undefined;
	const { origin, before } = bench;
	const names = before === undefined ? WORKERS : [...WORKERS, "before" as const];
	const workers = await startContenders(names, { origin: origin.url.origin, before });
	const urls = Object.fromEntries(Object.entries(workers).map(([name, { url }]) => [name, url]));
	const measured: Record<string, MeasuredLatency> = {};
	for (const work of works) {
		for (const url of Object.values(urls)) await bench.load(url, work, bench.pace.connections, WARM_UP_MS);
		measured[work.name] = await measure(work, { [DIRECT]: origin.url.origin, ...urls }, bench.pace.rounds);
	}
	await stopAll(workers);
	const tables = Object.entries(measured).map(([name, one]) => latencyTable(name, one));
	return {
		text: `Latency: milliseconds to the first byte, ${PER_SECOND} requests per second, in turns of ${WINDOW_REQUESTS} requests, and none waits for another
Noise: how far the limit is from a second process of the same Worker. Medians of the windows; of the time over the limit also the quartiles.

${tables.join("\n\n")}`,
		targets: Object.entries(measured).flatMap(([name, one]) => latencyTargets(name, one)),
		figures: { latency: measured },
	};
}

async function measure(
	work: Work,
	servers: Readonly<Record<string, string>>,
	windows: number,
): Promise<MeasuredLatency> {
	const times = await sendInOpenLoop({
		servers,
		work,
		perSecond: PER_SECOND,
		windows,
		windowRequests: WINDOW_REQUESTS,
	});
	/** The percentile of each window. */
	const seriesOf = (name: string, percentile: Percentile): number[] =>
		Array.from({ length: windows }, (_, window) => {
			const ms = (times[name] ?? []).slice(window * WINDOW_REQUESTS, (window + 1) * WINDOW_REQUESTS);
			return quantile(
				ms.toSorted((a, b) => a - b),
				SHARES[percentile],
			);
		});
	const eachPercentile = <T>(of: (percentile: Percentile) => T) =>
		Object.fromEntries(PERCENTILES.map((percentile) => [percentile, of(percentile)])) as Record<
			Percentile,
			T
		>;
	const over = (name: string, other: string) =>
		eachPercentile((percentile) =>
			summarize(differences(seriesOf(name, percentile), seriesOf(other, percentile))),
		);
	return {
		noiseMs: eachPercentile((percentile) =>
			noiseOfDifferences(seriesOf("limit", percentile), seriesOf("limit again", percentile)),
		),
		contenders: Object.fromEntries(
			Object.keys(servers).map((name) => [
				name,
				{
					firstByte: eachPercentile((percentile) => summarize(seriesOf(name, percentile))),
					overDirect: over(name, DIRECT),
					overLimit: over(name, "limit"),
				},
			]),
		),
	};
}

function latencyTable(name: string, { noiseMs, contenders }: MeasuredLatency): string {
	const columns = [
		["", "firstByte"],
		[" over direct", "overDirect"],
		[" over limit", "overLimit"],
	] as const;
	const head = columns.flatMap(([what]) => PERCENTILES.map((percentile) => `${percentile}${what}`));
	const rows = Object.entries(contenders).map(([contender, latency]) => [
		`  ${contender}`,
		...columns.flatMap(([, figure]) =>
			PERCENTILES.map((percentile) => {
				const summary = latency[figure][percentile];
				return figure === "overLimit" ? spread(summary, 3) : fixed(summary.median, 3);
			}),
		),
	]);
	const noise = PERCENTILES.map((percentile) => `${percentile} ${fixed(noiseMs[percentile], 3)}`).join(", ");
	return table([`${name}, noise ${noise}`, ...head], rows);
}

const latencyTargets = (name: string, { noiseMs, contenders }: MeasuredLatency): Target[] =>
	(["p50", "p90"] as const).map((percentile) =>
		atMost(
			`${name}: added to the first byte by ours, beside limit, ${percentile}`,
			contenders.ours?.overLimit[percentile].median ?? Number.NaN,
			BOUNDS_MS[percentile],
			" ms",
			noiseMs[percentile],
		),
	);
