/**
 * Measures the points of one kind of growth in turn: CPU time per request, beside the first point.
 */
import { type LoadTool, WARM_UP_MS } from "../end-to-end/load.ts";
import { cpuNs } from "../measure/cpu.ts";
import { median, ratios, type Summary, summarize } from "../measure/series.ts";
import { takeTurns } from "../measure/turns.ts";
import type { Workerd } from "../servers/workerd.ts";
import type { Work } from "../works.ts";

export interface Growing {
	/** The number of hosts, KiB or connections. */
	readonly at: number;
	readonly server: Workerd;
	readonly work: Work;
	readonly connections: number;
}

export interface Point {
	readonly at: number;
	readonly cpuUs: Summary;
	/** CPU time divided by the first point's, round by round. */
	readonly timesFirst: Summary;
	readonly perSecond: number;
}

export async function measurePoints(
	growing: readonly Growing[],
	load: LoadTool,
	{ rounds, sliceMs }: { readonly rounds: number; readonly sliceMs: number },
): Promise<Point[]> {
	const places = growing.map((_, place) => String(place));
	const at = (place: string) => growing[Number(place)] as Growing;
	for (const { server, work, connections } of growing) await load(server.url, work, connections, WARM_UP_MS);
	const slices = await takeTurns(places, rounds, async (place) => {
		const { server, work, connections } = at(place);
		const before = cpuNs(server.pid);
		const { requests, perSecond } = await load(server.url, work, connections, sliceMs);
		return { cpuUs: (cpuNs(server.pid) - before) / 1000 / requests, perSecond };
	});
	const cpuOf = (place: string) => (slices[place] ?? []).map(({ cpuUs }) => cpuUs);
	return places.map((place) => ({
		at: at(place).at,
		cpuUs: summarize(cpuOf(place)),
		timesFirst: summarize(ratios(cpuOf(place), cpuOf("0"))),
		perSecond: median((slices[place] ?? []).map(({ perSecond }) => perSecond)),
	}));
}
