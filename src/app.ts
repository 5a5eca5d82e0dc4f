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
import { answerSocket } from "./origin/socket-answer.ts";
import { replyTo } from "./reply/reply.ts";
import type { Target } from "./target/target.ts";
import type { Fault, Reason, Refusal, Verdict } from "./verdict.ts";

/** What the Worker's entry hands in with each request. */
export interface Call {
	/** `undefined`: none of this edge. */
	readonly host: Host | undefined;
	readonly target: Target | Refusal;
}

const canonicalPath = ({ target }: Call): string => ("ok" in target ? "/" : target.canonical);

export const app = new Hono<{ Bindings: Call }>({
	getPath: (_request, options) => canonicalPath(options?.env as Call),
});

app.all("*", async (c) => {
	const { host, target } = c.env;
	const request = c.req.raw;
	const requestId = crypto.randomUUID();
	const startedMs = Date.now();

	const decision = await decide(request, host, startedMs, target);
	const log = (verdict: Verdict, status: number, fault?: Fault, sinceMs = startedMs) =>
		logDecision(verdict, fault, {
			requestId,
			method: request.method,
			hostname: "ok" in target ? "" : target.url.hostname,
			route: decision.route.id,
			startedMs: sinceMs,
			finishedMs: Date.now(),
			status,
		});
	const reply = (reason: Reason | Fault) =>
		replyTo(reason, decision, { request, requestId, reasons: host?.reasons ?? true });
	if (!decision.ok || host === undefined) {
		const response = reply(decision.ok ? "host_unknown" : decision.reason);
		log(decision, response.status);
		return response;
	}

	const answer = await forward(request, decision, host.tokenHeader.name);
	if (typeof answer === "string") {
		const response = reply(answer);
		log(decision, response.status, answer);
		return response;
	}
	const { socket } = decision;
	log(socket?.verdicts.find(({ ok }) => !ok) ?? socket?.verdicts[0] ?? decision, answer.status);
	if (socket === undefined) return answer;
	return answerSocket(answer, socket, host, (verdict) => {
		log(verdict, answer.status, undefined, Date.now());
	});
});
