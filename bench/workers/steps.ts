/**
 * The edge, cut off after some of its steps: the next one passes the request on, as the cheapest Worker does. The
 * difference of two cuts is the cost of the steps between them.
 */
import type { Context } from "hono";
import { Hono } from "hono/tiny";
import type { EdgeEnv } from "../../src/middleware/edge-env.ts";
import { identify, routingPath } from "../../src/middleware/identify.ts";
import { judge } from "../../src/middleware/judge.ts";
import { limit } from "../../src/middleware/limit.ts";
import { record } from "../../src/middleware/record.ts";
import { refuse } from "../../src/middleware/refuse.ts";
import { shadow } from "../../src/middleware/shadow.ts";
import passThrough from "./pass-through.ts";

type Env = EdgeEnv["Bindings"] & { readonly ORIGIN: string; readonly STEPS: string };

const passOn = (c: Context<EdgeEnv>) => passThrough.fetch(c.req.raw, c.env as Env);
const STEPS = [identify, judge, limit, record, shadow, refuse];

const cuts = [...STEPS.keys(), STEPS.length].map((count) => {
	const app = new Hono<EdgeEnv>({ getPath: count === 0 ? () => "/" : routingPath });
	for (const step of STEPS.slice(0, count)) app.use("*", step());
	return app.all("*", passOn);
});

export default {
	fetch: (request: Request, env: Env, context: ExecutionContext) =>
		(cuts[Number(env.STEPS)] as Hono<EdgeEnv>).fetch(request, env, context),
};
