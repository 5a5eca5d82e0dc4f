/**
 * One line of JSON per decision, and one per configuration problem. Nothing of a credential, a claim or
 * a query is ever in it; a path is not either, as it holds document keys and titles.
 */
import type { Host } from "./config/host.ts";
import type { RouteId } from "./policy/routes.ts";
import type { Fault, Verdict } from "./verdict.ts";

export interface LogContext {
	readonly requestId: string;
	readonly method: string;
	readonly hostname: string;
	readonly route: RouteId;
	/** Unix time in milliseconds at which the request, or the packet, came in. */
	readonly startedMs: number;
	readonly finishedMs: number;
	/** Status of the answer. */
	readonly status: number;
}

/** @param fault what failed behind the edge, after it had accepted */
export function logDecision(verdict: Verdict, fault: Fault | undefined, context: LogContext): void {
	write({
		time: new Date(context.startedMs).toISOString(),
		id: context.requestId,
		host: context.hostname,
		method: context.method,
		route: context.route,
		verdict: verdict.ok ? "accept" : "refuse",
		reason: verdict.ok ? fault : verdict.reason,
		key: verdict.ok ? verdict.key : undefined,
		status: context.status,
		ms: context.finishedMs - context.startedMs,
	});
}

/** What is wrong with a host's bindings, as it is read. */
export function logHost({ problems, warnings }: Pick<Host, "problems" | "warnings">): void {
	for (const { binding, problem } of problems) write({ level: "error", binding, problem });
	for (const { binding, key, warning } of warnings) write({ level: "warning", binding, key, warning });
}

function write(line: Readonly<Record<string, unknown>>): void {
	// biome-ignore lint/suspicious/noConsole: the platform's log is the console
	console.log(JSON.stringify(line));
}
