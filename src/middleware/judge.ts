/**
 * Decides about the request. What follows acts on the decision and never decides again.
 */
import { createMiddleware } from "hono/factory";
import { decide } from "../decide.ts";
import type { EdgeEnv } from "./edge-env.ts";

export const judge = () =>
	createMiddleware<EdgeEnv>(async (c, next) => {
		const { host, receivedMs, target } = c.var;
		c.set("decision", await decide(c.req.raw, host, receivedMs, target));
		await next();
	});
