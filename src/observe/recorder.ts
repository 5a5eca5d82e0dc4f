/**
 * Tells everything that keeps a decision what became of a call: the log, the host's statistics, the metrics.
 *
 * Recording never fails a request. The request has been answered, and perhaps had its effect at the origin:
 * an error here would tell the client 500 about it. Each recorder that fails is counted, and the others go on.
 */
import type { Call } from "../call.ts";
import type { Decision } from "../decide.ts";
import { type DecisionRecord, logRecord, writeDataPoint } from "./decision-record.ts";
import { type Recorder, type Statistics, statisticsOf } from "./statistics.ts";
import type { Fault, Reason, Verdict } from "../verdict.ts";

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
	const statistics = host && statisticsOf(host.identity);
	return (verdict: Verdict, answer: Response, outcome: Outcome = {}): void => {
		const now = Date.now();
		const since = outcome.packet ? now : startedMs;
		const reason = verdict.ok ? outcome.reason : verdict.reason;
		const isFile = route.id === "cached-file";
		const cache = (isFile && answer.headers.get("X-Edge-Cache")) || undefined;
		const record: DecisionRecord = {
			time: new Date(since).toISOString(),
			id,
			host: "ok" in target ? "" : target.site.hostname.slice(0, HOSTNAME_LIMIT),
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
		attempt("log", statistics, () => logRecord(record));
		attempt("statistics", statistics, () => {
			const issuedAt = verdict.ok ? verdict.issuedAt : undefined;
			statistics?.count(record, issuedAt === undefined ? undefined : issuedAt - Math.floor(now / 1000));
		});
		if (metrics === undefined) return;
		const bytes = Number(answer.headers.get("Content-Length") ?? 0);
		attempt("metrics", statistics, () => writeDataPoint(metrics, record, bytes));
	};
}

/** A name in DNS has at most 253 characters (RFC 1035 §2.3.4); a `Host` header can hold thousands. */
const HOSTNAME_LIMIT = 253;

function attempt(recorder: Recorder, statistics: Statistics | undefined, write: () => void): void {
	try {
		write();
	} catch {
		statistics?.countFailure(recorder);
	}
}
