/**
 * Compares the contenders of one work: how many requests each answers with the CPU time that another needs for one.
 */
import { noiseOfRatios } from "./measure/noise.ts";
import { ratios, type Summary, summarize } from "./measure/series.ts";
import { fixed, percent, spread, table } from "./report.ts";
import type { WorkerName } from "./servers/contenders.ts";

export type Contender = WorkerName | "nginx";

/** Each ratio is the CPU time of the other divided by this contender's, round by round. Above 1 this one is cheaper. */
export interface Compared {
	readonly cpuUs: Summary;
	readonly ofLimit: Summary;
	readonly ofStraightforward: Summary;
	readonly ofEqualDuties: Summary;
	readonly ofBefore?: Summary;
}

export interface Comparison {
	/** As a share: see `measure/noise.ts`. */
	readonly noise: number;
	readonly contenders: Readonly<Partial<Record<Contender, Compared>>>;
}

/** @param cpuUs of each contender, one value per round */
export function compare(cpuUs: Readonly<Partial<Record<Contender, readonly number[]>>>): Comparison {
	const compareOne = (own: readonly number[]): Compared => {
		const of = (name: Contender) => summarize(ratios(cpuUs[name] ?? [], own));
		return {
			cpuUs: summarize(own),
			ofLimit: of("limit"),
			ofStraightforward: of("straightforward"),
			ofEqualDuties: of("equal duties"),
			...(cpuUs.before && { ofBefore: of("before") }),
		};
	};
	return {
		noise: noiseOfRatios(cpuUs.limit ?? [], cpuUs["limit again"] ?? []),
		contenders: Object.fromEntries(Object.entries(cpuUs).map(([name, own]) => [name, compareOne(own)])),
	};
}

/** @param perSecond requests per second of each contender, if they were counted */
export function comparisonTable(
	name: string,
	{ noise, contenders }: Comparison,
	perSecond?: Readonly<Partial<Record<Contender, number>>>,
): string {
	const hasBefore = contenders.before !== undefined;
	const others = ["limit ÷ this", "straightforward ÷ this", "equal duties ÷ this"];
	const head = [
		`${name}, noise ${percent(noise)}`,
		"µs",
		...(perSecond ? ["/s"] : []),
		...others,
		...(hasBefore ? ["before ÷ this"] : []),
	];
	const rows = Object.entries(contenders).map(([contender, one]) => [
		`  ${contender}`,
		spread(one.cpuUs, 1),
		...(perSecond ? [fixed(perSecond[contender as Contender], 0)] : []),
		spread(one.ofLimit),
		spread(one.ofStraightforward),
		spread(one.ofEqualDuties),
		...(hasBefore ? [spread(one.ofBefore, 3)] : []),
	]);
	return table(head, rows);
}

export const COMPARISON_LEGEND = `CPU time of the process per request, and the CPU time of others divided by this one's: above 1 this one is cheaper.
Medians of all slices, with their quartiles. Noise: how far the limit is from a second process of the same Worker.`;
