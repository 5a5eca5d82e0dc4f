/**
 * The works over real sockets: every contender in its own process, before the same nginx.
 */
import {
	COMPARISON_LEGEND,
	type Comparison,
	type Contender,
	compare,
	comparisonTable,
} from "../comparison.ts";
import { median, summarize } from "../measure/series.ts";
import type { Bench, PartResult } from "../part.ts";
import { fixed, percent } from "../report.ts";
import { startCacheServer } from "../servers/cache-server.ts";
import { startContenders, stopAll, WORKER_NAMES } from "../servers/contenders.ts";
import { startCheckingNginx } from "../servers/origin.ts";
import { CACHE_HIT, REFUSED_LINK, WORKS, type Work } from "../works.ts";
import { measureWork, type Slice } from "./measure-work.ts";
import { workTargets } from "./work-targets.ts";

export interface MeasuredWork extends Comparison {
	/** Median of the requests per second. */
	readonly perSecond: Readonly<Partial<Record<Contender, number>>>;
}

export async function runEndToEnd(bench: Bench): Promise<PartResult | undefined> {
	const works = WORKS.filter(({ name }) => bench.wants(`end to end: ${name}`));
	if (works.length === 0) return undefined;
	const [cached, others] = [true, false].map((isCached) => works.filter(({ cache }) => !!cache === isCached));
	const measured = {
		...(await measureWorks(others ?? [], bench)),
		...(await measureWorks(cached ?? [], bench, await startCacheServer())),
	};
	const tables = Object.entries(measured).map(
		([name, one]) => `\n${comparisonTable(name, one, one.perSecond)}`,
	);
	const noise = summarize(Object.values(measured).map((one) => one.noise));
	const hitOfRefusal = hitBesideRefusal(measured);
	return {
		text: [
			"End to end, over real sockets",
			COMPARISON_LEGEND,
			...tables,
			`\nNoise of the works: ${percent(noise.median)} (quartiles ${percent(noise.q1)} and ${percent(noise.q3)})`,
			...(hitOfRefusal === undefined
				? []
				: [`A hit in the file cache costs ${fixed(hitOfRefusal)} times as much as a refused link`]),
		].join("\n"),
		targets: workTargets(measured),
		figures: { noise, works: measured, hitOfRefusal },
	};
}

/** Both were measured in rounds of their own, so each is taken as a multiple of the limit in its rounds. */
function hitBesideRefusal(measured: Readonly<Record<string, MeasuredWork>>): number | undefined {
	const [hit, refusal] = [CACHE_HIT, REFUSED_LINK].map(({ name }) => measured[name]?.contenders.ours);
	return hit && refusal && refusal.ofLimit.median / hit.ofLimit.median;
}

/** @param cache without it, our file cache is off */
async function measureWorks(
	works: readonly Work[],
	{ origin, load, pace, before }: Bench,
	cache?: Awaited<ReturnType<typeof startCacheServer>>,
): Promise<Record<string, MeasuredWork>> {
	const measured: Record<string, MeasuredWork> = {};
	if (works.length > 0) {
		const names = [...WORKER_NAMES, ...(before === undefined ? [] : (["before"] as const))];
		const options = { origin: origin.url.origin, before, ...(cache && { cache: cache.address }) };
		const workers = await startContenders(names, options);
		const nginx = await startCheckingNginx(origin);
		const servers = { ...workers, nginx: { url: nginx.url.origin, pid: nginx.pid } };
		for (const work of works)
			measured[work.name] = summarizeWork(await measureWork(work, servers, load, pace));
		await stopAll({ ...workers, nginx });
	}
	cache?.stop();
	return measured;
}

function summarizeWork(slices: Readonly<Partial<Record<Contender, readonly Slice[]>>>): MeasuredWork {
	const seriesOf = (figure: keyof Slice) =>
		Object.entries(slices).map(([name, all]) => [name, all.map((slice) => slice[figure])] as const);
	return {
		...compare(Object.fromEntries(seriesOf("cpuUs"))),
		perSecond: Object.fromEntries(seriesOf("perSecond").map(([name, all]) => [name, median(all)])),
	};
}
