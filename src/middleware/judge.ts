/**
 * Decides about the request. The later steps only follow this decision, so two steps cannot disagree.
 */
import { createMiddleware } from "hono/factory";
import { decide } from "../decide.ts";
import type { EdgeEnv } from "./edge-env.ts";

export const judge = () =>
	createMiddleware<EdgeEnv>(async (c, next) => {
		const decision = await decide(c.req.raw, c.get("host"), c.get("receivedMs"), c.get("target"));
		c.set("decision", decision);
		await next();
	});
