/**
 * Decides about the request. The later steps only follow this decision, so two steps cannot disagree.
 */
import { createMiddleware } from "hono/factory";
import { decide } from "../decide.ts";
import { isHeld } from "../rate-limit/held-clients.ts";
import { clientOf } from "../request/client-address.ts";
import type { EdgeEnv } from "./edge-env.ts";

export const judge = () =>
	createMiddleware<EdgeEnv>(async (c, next) => {
		const request = c.req.raw;
		const host = c.get("host");
		const nowMs = c.get("receivedMs");
		const limit = host?.rateLimits.refused;
		const hasToWait = limit !== undefined && isHeld(limit, clientOf(request.headers), nowMs);
		c.set("decision", await decide(request, host, nowMs, c.get("target"), hasToWait));
		await next();
	});
