/**
 * Records the decision and its outcome, when the response is known: log line, statistics, data point.
 */
import { createMiddleware } from "hono/factory";
import type { Decision } from "../decide.ts";
import { isDataset } from "../observe/data-point.ts";
import { createRecorder } from "../observe/recorder.ts";
import { clientAddress } from "../request/client-address.ts";
import type { Verdict } from "../verdict.ts";
import type { EdgeEnv } from "./edge-env.ts";
import { hostnameOf } from "./identify.ts";

export const record = () =>
	createMiddleware<EdgeEnv>(async (c, next) => {
		const decision = c.get("decision");
		const target = c.get("target");
		const host = c.get("host");
		const recordVerdict = createRecorder({
			id: c.get("requestId"),
			receivedMs: c.get("receivedMs"),
			method: c.req.method,
			hostname: hostnameOf(target),
			route: decision.route.id,
			identity: host?.identity,
			metrics: isDataset(c.env.METRICS) ? c.env.METRICS : undefined,
			logging: host?.logging,
			address: clientAddress(c.req.raw.headers),
		});
		c.set("record", recordVerdict);
		await next();
		recordVerdict(verdictOf(decision), c.res, c.get("outcome"));
	});

/** A polling body can hold several packets. The log records the first refused one. */
function verdictOf(decision: Decision): Verdict {
	const verdicts = decision.ok ? (decision.socket?.verdicts ?? []) : [];
	return verdicts.find(({ ok }) => !ok) ?? verdicts[0] ?? decision;
}
