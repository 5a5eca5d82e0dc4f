/**
 * The Worker's shell: decides, then answers or forwards, then logs. The only place that reads the clock.
 *
 * Hono routes over the canonical target, so that there is one model of a path: what the edge answers
 * itself is matched on the same reading that the policy decides on.
 */
import { Hono } from "hono";
import type { Host } from "./config/host.ts";
import { decide } from "./decide.ts";
import { logDecision } from "./decision-log.ts";
import { forward } from "./origin/forward.ts";
import { replyTo } from "./reply/reply.ts";
import type { Target } from "./target/target.ts";
import type { Fault, Reason, Refusal } from "./verdict.ts";

/** What the Worker's entry hands in with each request. */
export interface Call {
	readonly host: Host;
	readonly target: Target | Refusal;
}

const canonicalPath = ({ target }: Call): string => ("ok" in target ? "/" : target.canonical);

export const app = new Hono<{ Bindings: Call }>({
	getPath: (_request, options) => canonicalPath(options?.env as Call),
});

app.all("*", async (c) => {
	const { host, target } = c.env;
	const request = c.req.raw;
	const startedMs = Date.now();
	const requestId = crypto.randomUUID();

	const decision = await decide(request, host, startedMs, target);
	const answer = decision.ok ? await forward(request, decision, host.tokenHeader.name) : decision.reason;
	const reply = (reason: Reason | Fault) =>
		replyTo(reason, decision, { request, requestId, reasons: host.reasons });
	const response = typeof answer === "string" ? reply(answer) : answer;
	logDecision(decision, {
		requestId,
		reason: typeof answer === "string" ? answer : undefined,
		method: request.method,
		hostname: "ok" in target ? "" : target.url.hostname,
		startedMs,
		finishedMs: Date.now(),
		status: response.status,
	});
	return response;
});
