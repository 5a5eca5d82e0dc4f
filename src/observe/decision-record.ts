/**
 * One decision as it is kept: a line of JSON in the log, a data point if metrics are bound, a count in this
 * isolate. Nothing of a credential, a claim or a query is ever in it; a path is not either, as it holds
 * document keys and titles.
 */
import type { Host } from "../config/host.ts";
import type { RouteId } from "../routes/document-server-routes.ts";
import type { Fault, Reason } from "../verdict.ts";

/** What the edge would have said, held against what the origin said. */
export type Comparison = "agree" | "edge_only_refuses" | "origin_only_refuses";

export interface DecisionRecord {
	/** ISO 8601: when the request, or the packet, came in. */
	readonly time: string;
	/** The answer's `X-Request-Id`. */
	readonly id: string;
	readonly host: string;
	readonly method: string;
	readonly route: RouteId;
	readonly verdict: "accept" | "refuse";
	/** Why it was refused, or what failed behind the edge. */
	readonly reason?: Reason | Fault | undefined;
	/** Name of the key that matched. */
	readonly key?: string | undefined;
	/** Of a cached file: what the edge's cache had to do with it. */
	readonly cache?: string | undefined;
	/** Status of the answer. */
	readonly status: number;
	readonly ms: number;
	/** In shadow mode only: the request was forwarded whatever the verdict. */
	readonly shadow?: Comparison | "not compared" | undefined;
}

/** A dataset of the Workers Analytics Engine. */
export interface Dataset {
	readonly writeDataPoint: (point: {
		readonly indexes: readonly string[];
		readonly blobs: readonly string[];
		readonly doubles: readonly number[];
	}) => void;
}

export function logRecord(record: DecisionRecord): void {
	write(record);
}

/**
 * blob1 host, blob2 route, blob3 verdict, blob4 reason, blob5 key, blob6 shadow, blob7 cache; double1 ms, double2 bytes.
 *
 * @param bytes of the answer's body as announced, 0 where it is not
 */
export function writeDataPoint(dataset: Dataset, record: DecisionRecord, bytes: number): void {
	const { host, route, verdict, reason = "", key = "", shadow = "", cache = "" } = record;
	dataset.writeDataPoint({
		indexes: [trimToBytes(host, INDEX_LIMIT_BYTES)],
		blobs: [host, route, verdict, reason, key, shadow, cache],
		doubles: [record.ms, bytes],
	});
}

/** Analytics Engine throws at a longer index. */
const INDEX_LIMIT_BYTES = 96;

/** @returns the longest beginning of the text that has at most so many bytes in UTF-8 */
function trimToBytes(text: string, limitBytes: number): string {
	// A UTF-16 unit has at most three bytes in UTF-8.
	if (text.length * 3 <= limitBytes) return text;
	const { read } = new TextEncoder().encodeInto(text, new Uint8Array(limitBytes));
	return text.slice(0, read);
}

export function logFailure(): void {
	tell({ level: "error", problem: "a request could not be decided" });
}

/** What is wrong with a host's bindings, as it is read. */
export function logHost({ problems, warnings }: Pick<Host, "problems" | "warnings">): void {
	for (const { binding, problem } of problems) tell({ level: "error", binding, problem });
	for (const { binding, key, warning } of warnings) tell({ level: "warning", binding, key, warning });
}

/** A log that fails must not fail the request that it is about. */
function tell(line: object): void {
	try {
		write(line);
	} catch {
		// There is no second log to tell it to.
	}
}

function write(line: object): void {
	// biome-ignore lint/suspicious/noConsole: the platform's log is the console
	console.log(JSON.stringify(line));
}
