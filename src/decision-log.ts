/**
 * One line of JSON per decision, and one per configuration problem. Nothing of a credential, a claim or
 * a query is ever in it; a path is not either, as it holds document keys and titles.
 */
import type { Problem } from "./config/host.ts";
import type { Decision } from "./decide.ts";
import type { Fault, Reason } from "./verdict.ts";

export interface LogContext {
	readonly requestId: string;
	/** Why it was refused, or what failed behind the edge. */
	readonly reason: Reason | Fault | undefined;
	readonly method: string;
	readonly hostname: string;
	/** Unix time in milliseconds at which the request came in. */
	readonly startedMs: number;
	readonly finishedMs: number;
	/** Status of the answer. */
	readonly status: number;
}

export function logDecision(decision: Decision, context: LogContext): void {
	write({
		time: new Date(context.startedMs).toISOString(),
		id: context.requestId,
		host: context.hostname,
		method: context.method,
		route: decision.route.id,
		verdict: decision.ok ? "accept" : "refuse",
		reason: context.reason,
		key: decision.ok ? decision.key : undefined,
		status: context.status,
		ms: context.finishedMs - context.startedMs,
	});
}

export function logProblems(problems: readonly Problem[]): void {
	for (const { binding, problem } of problems) write({ level: "error", binding, problem });
}

function write(line: Readonly<Record<string, unknown>>): void {
	// biome-ignore lint/suspicious/noConsole: the platform's log is the console
	console.log(JSON.stringify(line));
}
