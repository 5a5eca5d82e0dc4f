/**
 * The edge as a Hono app:
 *
 *   identify → own endpoints, or judge → limit → record → shadow → refuse → forward
 *
 * One catch-all takes every request. No pattern of Hono protects anything: access to the origin rests on `decide` alone.
 */
import { Hono } from "hono/tiny";
import type { EdgeEnv } from "./middleware/edge-env.ts";
import { forward } from "./middleware/forward.ts";
import { identify, routingPath } from "./middleware/identify.ts";
import { judge } from "./middleware/judge.ts";
import { limit } from "./middleware/limit.ts";
import { record } from "./middleware/record.ts";
import { refuse } from "./middleware/refuse.ts";
import { shadow } from "./middleware/shadow.ts";
import { logFailure } from "./observe/log.ts";
import { ownEndpoints } from "./own/endpoints.ts";

/** Mount the app by its `fetch`. Hono's `route()` would ignore `routingPath`. */
export const createEdge = (): Hono<EdgeEnv> =>
	new Hono<EdgeEnv>({ getPath: routingPath })
		.use(identify())
		.route("/.edge", ownEndpoints())
		.all("*", judge(), limit(), record(), shadow(), refuse(), forward())
		.onError((_error, c) => {
			// The error is not logged: its text could quote the request.
			logFailure();
			return c.text("Internal Server Error", 500, { "Cache-Control": "no-store" });
		});
