/**
 * Writes one decision as a data point of the Workers Analytics Engine (`METRICS`).
 */
import type { DecisionRecord } from "./decision-record.ts";

/** A dataset of the Workers Analytics Engine. */
export interface Dataset {
	readonly writeDataPoint: (point: {
		readonly indexes: readonly string[];
		readonly blobs: readonly string[];
		readonly doubles: readonly number[];
	}) => void;
}

export function isDataset(binding: unknown): binding is Dataset {
	return typeof binding === "object" && binding !== null && "writeDataPoint" in binding;
}

/**
 * blob1 host, blob2 route, blob3 verdict, blob4 reason, blob5 key, blob6 shadow, blob7 cache;
 * double1 ms, double2 bytes.
 *
 * @param bytes announced length of the response's body, 0 if there is none
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

/** @returns the longest beginning of the text that fits into the limit in UTF-8 */
function trimToBytes(text: string, limitBytes: number): string {
	// A UTF-16 unit has at most three bytes in UTF-8.
	if (text.length * 3 <= limitBytes) return text;
	const { read } = new TextEncoder().encodeInto(text, new Uint8Array(limitBytes));
	return text.slice(0, read);
}
