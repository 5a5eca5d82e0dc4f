/**
 * Counts the decision against the host's rate limits. A request over a limit is refused with 429.
 */
import { createMiddleware } from "hono/factory";
import { isShadowed } from "../config/shadow-mode.ts";
import { limitDecision } from "../rate-limit/limit-decision.ts";
import { clientAddress, clientNetwork } from "../request/client-address.ts";
import type { EdgeEnv } from "./edge-env.ts";

export const limit = () =>
	createMiddleware<EdgeEnv>(async (c, next) => {
		const host = c.get("host");
		const decision = c.get("decision");
		// In shadow mode the client sees no refusal, so it cannot slow down.
		if (host && hasLimits(host.rateLimits) && !isShadowed(host, decision.route.id)) {
			const client = clientNetwork(clientAddress(c.req.raw.headers));
			c.set("decision", await limitDecision(decision, host, client, c.get("receivedMs")));
		}
		await next();
	});

const hasLimits = (limits: object): boolean => Object.values(limits).some((limit) => limit !== undefined);
