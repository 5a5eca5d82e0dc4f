/**
 * Which of the routes that nobody needs from outside are open (`EXPOSURE`, `OPEN_ROUTES`).
 */
import type { Target } from "../request/target.ts";
import { EXPOSURE_ROUTES } from "../routes/document-server-routes.ts";
import { findByExposure } from "../routes/find-by-exposure.ts";
import type { Route, RouteId } from "../routes/route.ts";
import type { VariableName } from "./bindings.ts";
import type { Report, VariableReader } from "./variable-reader.ts";

export interface Exposure {
	/** Whether strangers reach this host: the routes are closed, and known sample secrets are refused. */
	readonly isPublic: boolean;
	/** Routes that stay open on a public host. */
	readonly openRoutes: ReadonlySet<RouteId>;
}

export function readExposure(
	{ choice, list }: Pick<VariableReader, "choice" | "list">,
	report: Report<VariableName>,
): Exposure {
	const names = list("OPEN_ROUTES");
	const known = EXPOSURE_ROUTES.map(({ id }) => id);
	const openRoutes = new Set(known.filter((id) => names.includes(id)));
	if (names.some((name) => !known.some((id) => id === name)))
		report("OPEN_ROUTES", `names something else than ${[...new Set(known)].join(", ")}`);
	return { isPublic: choice("EXPOSURE", "server", "public") === "public", openRoutes };
}

/** The route that is closed on this host and that any reader takes the path to. */
export function findClosed(target: Target, { isPublic, openRoutes }: Exposure): Route | undefined {
	const route = isPublic ? findByExposure(target) : undefined;
	return route && !openRoutes.has(route.id) ? route : undefined;
}
