/**
 * How the body of a request is read for its credential: up to which length, at which pace, and whether shadow mode still
 * needs it afterwards.
 */
import type { BodyRules } from "../request/body.ts";
import type { RouteId } from "../routes/route.ts";
import type { Host } from "./host.ts";
import { isShadowed } from "./shadow-mode.ts";

export const bodyRules = (host: Host, route: RouteId, limitBytes = host.limits.bodyBytes): BodyRules => ({
	limitBytes,
	stallMs: host.clientStallMs,
	keep: isShadowed(host, route),
});
