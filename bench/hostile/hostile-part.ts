/**
 * The table of the hostile requests.
 */
import type { Bench, PartResult } from "../part.ts";
import { fixed, table } from "../report.ts";
import { buildEdge } from "../servers/contenders.ts";
import { measureHostile } from "./hostile.ts";

/** A round is one request. Fewer rounds would measure code that V8 has not optimised yet. */
const ROUNDS = 11;

export async function runHostile({ wants }: Bench): Promise<PartResult | undefined> {
	if (!wants("hostile")) return undefined;
	const { costs, targets } = await measureHostile(await buildEdge(), ROUNDS);
	const rows = costs.map(({ name, cpuMs, timesOrdinary, mib, othersMs }) => [
		name,
		fixed(cpuMs),
		fixed(timesOrdinary, 1),
		fixed(mib, 1),
		fixed(othersMs, 0),
	]);
	return {
		text: `Hostile requests: CPU time of one, memory growth by ten at once, and wait of another client
${table(["request", "CPU ms", "× ordinary", "MiB", "others ms"], rows)}`,
		targets,
		figures: { hostile: costs },
	};
}
