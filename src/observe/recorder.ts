/**
 * Writes the record of a decision to the log, the host's statistics and the metrics.
 *
 * Recording never fails a request: the request may already have had its effect at the origin. Each part that fails is
 * counted, and the others go on.
 */
import type { HostIdentity } from "../config/host.ts";
import type { Logging } from "../config/logging.ts";
import type { RouteId } from "../routes/route.ts";
import type { Fault, Reason, Verdict } from "../verdict.ts";
import { type Dataset, writeDataPoint } from "./data-point.ts";
import type { DecisionRecord } from "./decision-record.ts";
import { describeLine, lineWeight } from "./line-details.ts";
import { logRecord } from "./log.ts";
import { type RecorderPart, type Statistics, statisticsOf } from "./statistics.ts";

/** The facts about a request that its record repeats. */
export interface RecordedRequest {
	/** The response's `X-Request-Id`. */
	readonly id: string;
	readonly receivedMs: number;
	readonly method: string;
	/** "" if the target could not be read. */
	readonly hostname: string;
	readonly route: RouteId;
	/** `undefined` for a hostname that the edge does not serve. */
	readonly identity: HostIdentity | undefined;
	readonly metrics: Dataset | undefined;
	/** `undefined` for a hostname that the edge does not serve: then every request is logged, without an address. */
	readonly logging: Logging | undefined;
	/** The client's address, "" if it is not known. */
	readonly address: string;
}

export interface Outcome {
	/** Why the request was refused, or what failed behind the edge. */
	readonly reason?: Reason | Fault;
	readonly shadow?: DecisionRecord["shadow"];
	/** Whether the verdict is about a packet of a socket whose request was answered before. */
	readonly isPacket?: boolean;
}

/** The part of a response that its record needs. */
export type RecordedResponse = Pick<Response, "status" | "headers">;

export type RecordVerdict = (verdict: Verdict, response: RecordedResponse, outcome?: Outcome) => void;

export function createRecorder(request: RecordedRequest): RecordVerdict {
	const { id, receivedMs, method, hostname, route, identity, metrics, logging, address } = request;
	const statistics = identity && statisticsOf(identity);
	return (verdict, response, outcome = {}) => {
		const nowMs = Date.now();
		const sinceMs = outcome.isPacket ? nowMs : receivedMs;
		const isFile = route === "cached-file";
		const record: DecisionRecord = {
			receivedMs: sinceMs,
			id,
			host: hostname.slice(0, HOSTNAME_LIMIT),
			method,
			route,
			verdict: verdict.ok ? "accept" : "refuse",
			reason: verdict.ok ? outcome.reason : verdict.reason,
			advisory: verdict.ok ? undefined : verdict.advisory,
			key: verdict.ok ? verdict.keyName : undefined,
			cache: (isFile && response.headers.get("X-Edge-Cache")) || undefined,
			status: outcome.isPacket && !verdict.ok ? undefined : response.status,
			ms: nowMs - sinceMs,
			shadow: outcome.shadow,
		};
		attempt("log", statistics, () => {
			const weight = lineWeight(record, logging?.accepted ?? "all");
			if (weight > 0) logRecord(record, describeLine(verdict, weight, address, logging));
		});
		attempt("statistics", statistics, () => {
			const issuedAt = verdict.ok ? verdict.issuedAt : undefined;
			statistics?.count(record, issuedAt === undefined ? undefined : issuedAt - Math.floor(nowMs / 1000));
		});
		if (metrics === undefined) return;
		const bytes = Number(response.headers.get("Content-Length") ?? 0);
		attempt("metrics", statistics, () => writeDataPoint(metrics, record, bytes));
	};
}

/** A name in DNS has at most 253 characters (RFC 1035 §2.3.4). A `Host` header can hold thousands. */
const HOSTNAME_LIMIT = 253;

function attempt(part: RecorderPart, statistics: Statistics | undefined, write: () => void): void {
	try {
		write();
	} catch {
		statistics?.countFailure(part);
	}
}
