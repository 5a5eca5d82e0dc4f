/**
 * Counts the decision against the host's rate limits. A request over a limit is refused with 429.
 */
import { createMiddleware } from "hono/factory";
import { isShadowed } from "../config/shadow-mode.ts";
import { limitDecision } from "../rate-limit/limit-decision.ts";
import { clientOf } from "../request/client-address.ts";
import type { EdgeEnv } from "./edge-env.ts";

export const limit = () =>
	createMiddleware<EdgeEnv>(async (c, next) => {
		const host = c.get("host");
		const decision = c.get("decision");
		// In shadow mode the client sees no refusal, so it cannot slow down.
		const { calls, refused, sockets } = host?.rateLimits ?? {};
		if (host && (calls ?? refused ?? sockets) && !isShadowed(host, decision.route.id)) {
			const client = clientOf(c.req.raw.headers);
			c.set("decision", await limitDecision(decision, host, client, c.get("receivedMs")));
		}
		await next();
	});
