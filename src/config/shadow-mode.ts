/**
 * Which routes are in shadow mode: their requests are forwarded whatever `decide` says, and the log shows what would
 * have been refused.
 *
 * Shadow mode never opens `/internal` and `/info`. Behind a tunnel the origin sees the edge as localhost and would
 * answer.
 */
import type { RouteId } from "../routes/route.ts";

export interface ShadowMode {
	readonly mode: "enforce" | "shadow";
	/** Routes in shadow mode while `mode` is `enforce`. */
	readonly shadowRoutes: ReadonlySet<RouteId>;
}

export const isShadowed = ({ mode, shadowRoutes }: ShadowMode, route: RouteId): boolean =>
	route !== NEVER_SHADOWED && (mode === "shadow" || shadowRoutes.has(route));

export const NEVER_SHADOWED: RouteId = "closed";
