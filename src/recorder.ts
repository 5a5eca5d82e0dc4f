/**
 * Tells everything that keeps a decision what became of a call: the log, the host's statistics, the metrics.
 */
import type { Call } from "./call.ts";
import type { Decision } from "./decide.ts";
import { type DecisionRecord, logRecord, writeDataPoint } from "./decision-record.ts";
import { statisticsOf } from "./statistics.ts";
import type { Fault, Reason, Verdict } from "./verdict.ts";

interface Outcome {
	/** What failed behind the edge, or why it was refused. */
	readonly reason?: Reason | Fault;
	readonly shadow?: DecisionRecord["shadow"];
	/** Whether this is a packet of a socket that has long been answered. */
	readonly packet?: boolean;
}

/** @returns to be told each verdict of the call, with the answer that it got */
export function createRecorder(
	{ method }: Request,
	{ host, target, metrics }: Call,
	{ route }: Decision,
	id: string,
	startedMs: number,
) {
	return (verdict: Verdict, answer: Response, outcome: Outcome = {}): void => {
		const now = Date.now();
		const since = outcome.packet ? now : startedMs;
		const reason = verdict.ok ? outcome.reason : verdict.reason;
		const isFile = route.id === "cached-file";
		const cache = (isFile && answer.headers.get("X-Edge-Cache")) || undefined;
		const record: DecisionRecord = {
			time: new Date(since).toISOString(),
			id,
			host: "ok" in target ? "" : target.site.hostname,
			method,
			route: route.id,
			verdict: verdict.ok ? "accept" : "refuse",
			reason,
			key: verdict.ok ? verdict.key : undefined,
			cache,
			status: answer.status,
			ms: now - since,
			shadow: outcome.shadow,
		};
		logRecord(record);
		if (host) {
			const issuedAt = verdict.ok ? verdict.issuedAt : undefined;
			statisticsOf(host).count(
				record,
				issuedAt === undefined ? undefined : issuedAt - Math.floor(now / 1000),
			);
		}
		if (metrics) writeDataPoint(metrics, record, Number(answer.headers.get("Content-Length") ?? 0));
	};
}
