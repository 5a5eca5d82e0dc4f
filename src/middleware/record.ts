/**
 * Records the decision and its outcome, when the response is known: log line, statistics, data point.
 */
import { createMiddleware } from "hono/factory";
import { verdictOf } from "../decide.ts";
import { isDataset } from "../observe/data-point.ts";
import { createRecorder } from "../observe/recorder.ts";
import { clientAddress } from "../request/client-address.ts";
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
