/**
 * The log: one line of JSON per decision, and one per configuration problem.
 *
 * A line contains nothing of a credential, a claim or a query. It contains no path either, as paths hold document keys
 * and titles.
 */
import type { Host } from "../config/host.ts";
import { VERSION } from "../version.ts";
import type { DecisionRecord } from "./decision-record.ts";

/** The first line of an isolate also tells the version. */
let isFirst = true;

export function logRecord(record: DecisionRecord): void {
	write(isFirst ? { ...record, version: VERSION } : record);
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
