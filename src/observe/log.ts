/**
 * The log: one line of JSON per decision, and one per configuration problem.
 *
 * A line contains no secret, token, signature, query or path: paths hold document keys and titles. Of the claims it has
 * only the hostname of the callback, and how long ago a credential expired.
 */
import type { Host } from "../config/host.ts";
import { VERSION } from "../version.ts";
import type { DecisionRecord, LineDetails } from "./decision-record.ts";

/** The first line of an isolate also tells the version. */
let isFirst = true;

export function logRecord(record: DecisionRecord, details: LineDetails = {}): void {
	const time = new Date(record.receivedMs).toISOString();
	const version = isFirst ? VERSION : undefined;
	write({ time, ...record, receivedMs: undefined, ...details, version });
	isFirst = false;
}

export function logFailure(): void {
	tell({ level: "error", problem: "a request could not be decided" });
}

export function logHost({ problems, warnings }: Pick<Host, "problems" | "warnings">): void {
	for (const { binding, problem } of problems) tell({ level: "error", binding, problem });
	for (const { binding, key, warning } of warnings) tell({ level: "warning", binding, key, warning });
}

/** A failing log must not fail the request. */
function tell(line: object): void {
	try {
		write(line);
	} catch {
		// There is no second log for this error.
	}
}

function write(line: object): void {
	// biome-ignore lint/suspicious/noConsole: the platform's log is the console
	console.log(JSON.stringify(line));
}
