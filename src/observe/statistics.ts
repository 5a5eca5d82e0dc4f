/**
 * What this isolate has decided for one host since it started: the numbers behind `/.edge/status` and
 * `/.edge/ready`. An edge has many isolates; the sum over all of them is in the metrics.
 */
import type { HostIdentity } from "../config/host.ts";
import type { Comparison, DecisionRecord } from "./decision-record.ts";

/** What keeps decisions. */
export type Recorder = "log" | "statistics" | "metrics";

export interface Statistics {
	/** @param issuedAheadSeconds by how much a token's `iat` was ahead of the edge's clock; negative: behind */
	readonly count: (record: DecisionRecord, issuedAheadSeconds?: number) => void;
	/** One decision was not recorded there. */
	readonly countFailure: (recorder: Recorder) => void;
	readonly snapshot: () => StatisticsSnapshot;
}

export interface StatisticsSnapshot {
	readonly since: string;
	/** Verdicts by route, then by `accept`, or the reason of a refusal. */
	readonly verdicts: Readonly<Record<string, Readonly<Record<string, number>>>>;
	/** When each key was last used, by name. */
	readonly keys: Readonly<Record<string, string>>;
	/** The most that a token was ahead of the edge's clock: more than a second or two is a wrong clock. */
	readonly clockAheadSeconds: number | null;
	/** Shadow mode: how the edge's verdicts and the origin's compared, by route and reason. */
	readonly shadow: Readonly<Record<Comparison | "not compared", number>>;
	readonly disagreements: Readonly<Record<string, number>>;
	/** How many decisions each recorder has failed to take; one that never failed is not named. */
	readonly notRecorded: Readonly<Partial<Record<Recorder, number>>>;
}

export function createStatistics(since: string): Statistics {
	const verdicts: Record<string, Record<string, number>> = {};
	const keys: Record<string, string> = {};
	const shadow = { agree: 0, edge_only_refuses: 0, origin_only_refuses: 0, "not compared": 0 };
	const disagreements: Record<string, number> = {};
	const notRecorded: Record<string, number> = {};
	let clockAheadSeconds: number | null = null;
	return {
		count: (record, issuedAheadSeconds) => {
			const { route, verdict, reason, key } = record;
			const ofRoute = verdicts[route] ?? {};
			verdicts[route] = ofRoute;
			increment(ofRoute, verdict === "accept" ? "accept" : (reason ?? "refuse"));
			if (key !== undefined) keys[key] = record.time;
			if (issuedAheadSeconds !== undefined) {
				clockAheadSeconds = Math.max(clockAheadSeconds ?? issuedAheadSeconds, issuedAheadSeconds);
			}
			if (record.shadow === undefined) return;
			shadow[record.shadow]++;
			if (record.shadow === "edge_only_refuses" || record.shadow === "origin_only_refuses") {
				increment(disagreements, `${record.shadow} ${route} ${reason ?? "-"}`);
			}
		},
		countFailure: (recorder) => increment(notRecorded, recorder),
		snapshot: () =>
			structuredClone({ since, verdicts, keys, clockAheadSeconds, shadow, disagreements, notRecorded }),
	};
}

function increment(counts: Record<string, number>, name: string): void {
	counts[name] = (counts[name] ?? 0) + 1;
}

/** One per host and isolate. */
const statistics = new WeakMap<HostIdentity, Statistics>();

export function statisticsOf(identity: HostIdentity): Statistics {
	const known = statistics.get(identity);
	if (known) return known;
	const created = createStatistics(new Date().toISOString());
	statistics.set(identity, created);
	return created;
}
