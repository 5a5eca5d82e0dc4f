/**
 * The requests inside the isolate: which contenders and works, and their table.
 */
import { COMPARISON_LEGEND, compare, comparisonTable } from "../comparison.ts";
import type { Bench, PartResult } from "../part.ts";
import { buildOnce, type WorkerName } from "../servers/contenders.ts";
import {
	BODY_TOKEN,
	HEADER_TOKEN,
	LONG_BODY_TOKEN,
	OPEN_ASSET,
	REFUSED_LINK,
	REFUSED_TOKEN,
	SIGNED_LINK,
} from "../works.ts";
import { measureRequests } from "./requests.ts";

const CONTENDERS: readonly WorkerName[] = [
	"limit",
	"limit again",
	"straightforward",
	"equal duties",
	"ours",
	"ours, 1 % logged",
	"ours, 1 % logged, no time limit",
];
const REPEATED = [
	SIGNED_LINK,
	HEADER_TOKEN,
	BODY_TOKEN,
	LONG_BODY_TOKEN,
	REFUSED_LINK,
	REFUSED_TOKEN,
	OPEN_ASSET,
];
const SLICE_MS = 80;

export async function runIsolateRequests({ wants, before, pace }: Bench): Promise<PartResult | undefined> {
	if (!wants("isolate: requests")) return undefined;
	const samples = await measureRequests({
		loop: await buildOnce("bench/workers/request-loop.ts"),
		contenders: before === undefined ? CONTENDERS : [...CONTENDERS, "before"],
		works: REPEATED,
		before,
		rounds: pace.rounds * 2,
		sliceMs: SLICE_MS,
	});
	const compared = Object.fromEntries(
		Object.entries(samples).map(([name, series]) => [name, compare(series)]),
	);
	const tables = Object.entries(compared).map(([name, one]) => `\n${comparisonTable(name, one)}`);
	const title = "Whole requests inside the isolate: the origin is a function that responds at once";
	return {
		text: [title, COMPARISON_LEGEND, ...tables].join("\n"),
		targets: [],
		figures: { isolate: compared },
	};
}
