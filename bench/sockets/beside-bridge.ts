/**
 * Compares each contender with the bare bridge, and prints the comparison.
 */
import { noiseOfRatios } from "../measure/noise.ts";
import { ratios, type Summary, summarize } from "../measure/series.ts";
import { fixed, percent, spread, table } from "../report.ts";
import { atMost, type Target } from "../targets.ts";

export interface BesideBridge {
	/** The bare bridge beside a second process of the same Worker, as a share: see `measure/noise.ts`. */
	readonly noise: number;
	readonly contenders: Readonly<
		Record<
			string,
			{
				readonly figure: Summary;
				/** Divided by the figure of the bare bridge, round by round. Above 1 the bare bridge is cheaper. */
				readonly ofBridge: Summary;
			}
		>
	>;
}

/** @param series the figures of each contender, one per round */
export function besideBridge(series: Readonly<Record<string, readonly number[]>>): BesideBridge {
	const bridge = series["bare bridge"] ?? [];
	return {
		noise: noiseOfRatios(series["bare bridge again"] ?? [], bridge),
		contenders: Object.fromEntries(
			Object.entries(series).map(([name, own]) => [
				name,
				{ figure: summarize(own), ofBridge: summarize(ratios(own, bridge)) },
			]),
		),
	};
}

/** @param perSecond how many each contender did in a second, if they were counted */
export function bridgeTable(
	name: string,
	unit: string,
	{ noise, contenders }: BesideBridge,
	perSecond?: Readonly<Record<string, number>>,
): string {
	const head = [`${name}, noise ${percent(noise)}`, unit, ...(perSecond ? ["/s"] : []), "× bare bridge"];
	const rows = Object.entries(contenders).map(([contender, { figure, ofBridge }]) => [
		`  ${contender}`,
		spread(figure, 1),
		...(perSecond ? [fixed(perSecond[contender], 0)] : []),
		spread(ofBridge),
	]);
	return table(head, rows);
}

export function bridgeTarget(name: string, { noise, contenders }: BesideBridge, most: number): Target {
	const value = contenders.ours?.ofBridge.median ?? Number.NaN;
	return atMost(`${name}: ours, beside bare bridge`, value, most, " ×", noise * value);
}
