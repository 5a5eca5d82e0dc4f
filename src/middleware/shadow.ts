/**
 * Shadow mode: forwards the request as it came, whatever was decided, and compares the origin's response with the
 * decision.
 *
 * Shadow mode still refuses `/internal` and `/info` (403), unknown hosts (421), and hosts without a valid origin (503).
 * It also refuses a request whose target the edge cannot read, or whose target two readers would take to two routes
 * (400, 404, 405, 414). The deny list holds here too, as far as the edge can judge the credential; WebSockets pass unread.
 * An invalid secret refuses nothing here.
 */
import { createMiddleware } from "hono/factory";
import { isShadowed } from "../config/shadow-mode.ts";
import { compareWithOrigin } from "../observe/shadow-comparison.ts";
import { forwardToOrigin } from "../origin/forward.ts";
import { DENIALS, type Verdict } from "../verdict.ts";
import type { EdgeEnv } from "./edge-env.ts";
import { forwardContext } from "./forward.ts";
import { reportLoop } from "./origin-loop.ts";
import { refusal } from "./refuse.ts";

export const shadow = () =>
	createMiddleware<EdgeEnv>(async (c, next) => {
		const decision = c.get("decision");
		const host = c.get("host");
		const { route, target } = decision;
		if (!host?.origin || target === undefined || !isShadowed(host, route.id) || isDenied(decision))
			return next();
		const deniedPacket = decision.ok && decision.socket?.verdicts.find(isDenied);
		if (deniedPacket && !deniedPacket.ok) {
			c.set("decision", { ...deniedPacket, route, target });
			return next();
		}
		const asSent = { route, target, origin: host.origin };
		const response = await forwardToOrigin(c.req.raw, asSent, forwardContext(c, host));
		if (typeof response === "string") return refusal(c, response);
		reportLoop(c.req.raw, response, host);
		c.set("outcome", { shadow: await compareWithOrigin(decision, response) });
		return response;
	});

const isDenied = (verdict: Verdict): boolean =>
	!verdict.ok && DENIALS.some((denial) => denial === verdict.reason);
