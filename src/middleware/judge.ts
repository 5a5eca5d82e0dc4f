/**
 * Decides about the request. The later steps follow this decision and decide nothing again.
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
