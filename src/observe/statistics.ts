/**
 * Counts the decisions of this isolate for one host, since it started. `/.edge/status` and `/.edge/ready` show the
 * counts. An edge has many isolates; only the metrics have the sum over all of them.
 */
import type { HostIdentity } from "../config/host.ts";
import type { Comparison, DecisionRecord } from "./decision-record.ts";

/** Each decision goes to these three parts of the recorder. */
export type RecorderPart = "log" | "statistics" | "metrics";

export interface Statistics {
	/** @param issuedAheadSeconds by how much a token's `iat` was ahead of the edge's clock; negative: behind */
	readonly count: (record: DecisionRecord, issuedAheadSeconds?: number) => void;
	/** Counts a decision that this part could not record. */
	readonly countFailure: (part: RecorderPart) => void;
	readonly snapshot: () => StatisticsSnapshot;
}

export interface StatisticsSnapshot {
	readonly since: string;
	/**
	 * Number of decisions by route, then by `accept`, the reason of the refusal, or the fault behind the edge. A request
	 * that was accepted and then failed counts as its fault only: else a dead origin would look like success.
	 */
	readonly verdicts: Readonly<Record<string, Readonly<Record<string, number>>>>;
	/** Time of the last use of each key, by its name. */
	readonly keys: Readonly<Record<string, string>>;
	/** The most that a token's `iat` was ahead of the edge's clock. More than two seconds mean a wrong clock. */
	readonly clockAheadSeconds: number | null;
	/** Shadow mode: number of comparisons by result; `disagreements` counts by route and reason. */
	readonly shadow: Readonly<Record<Comparison | "not compared", number>>;
	/** Shadow mode: number of comparisons by route. */
	readonly comparedByRoute: Readonly<Record<string, number>>;
	readonly disagreements: Readonly<Record<string, number>>;
	/** Number of decisions that each part failed to record; parts without a failure are absent. */
	readonly notRecorded: Readonly<Partial<Record<RecorderPart, number>>>;
}

export function createStatistics(since: string): Statistics {
	const verdicts: Record<string, Record<string, number>> = {};
	const keysUsedMs: Record<string, number> = {};
	const shadow = { agree: 0, edge_only_refuses: 0, origin_only_refuses: 0, "not compared": 0 };
	const comparedByRoute: Record<string, number> = {};
	const disagreements: Record<string, number> = {};
	const notRecorded: Record<string, number> = {};
	let clockAheadSeconds: number | null = null;
	return {
		count: (record, issuedAheadSeconds) => {
			const { route, verdict, reason, key } = record;
			const ofRoute = verdicts[route] ?? {};
			verdicts[route] = ofRoute;
			increment(ofRoute, reason ?? verdict);
			if (key !== undefined) keysUsedMs[key] = record.receivedMs;
			if (issuedAheadSeconds !== undefined) {
				clockAheadSeconds = Math.max(clockAheadSeconds ?? issuedAheadSeconds, issuedAheadSeconds);
			}
			if (record.shadow === undefined) return;
			shadow[record.shadow]++;
			if (record.shadow !== "not compared") increment(comparedByRoute, route);
			if (record.shadow === "edge_only_refuses" || record.shadow === "origin_only_refuses") {
				increment(disagreements, `${record.shadow} ${route} ${reason ?? "-"}`);
			}
		},
		countFailure: (part) => increment(notRecorded, part),
		snapshot: () => {
			const used = Object.entries(keysUsedMs).map(([name, ms]) => [name, new Date(ms).toISOString()]);
			const keys = Object.fromEntries(used);
			return structuredClone({
				since,
				verdicts,
				keys,
				clockAheadSeconds,
				shadow,
				comparedByRoute,
				disagreements,
				notRecorded,
			});
		},
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
