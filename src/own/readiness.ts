/**
 * Describes `/.edge/ready`: whether shadow mode may end, and what is missing.
 *
 * Agreement about a handful of requests of one route says nothing about the others. So `safe` requires a number of
 * comparisons, one at least of each route that every installation uses, and no disagreement.
 */
import type { Host } from "../config/host.ts";
import { isShadowed } from "../config/shadow-mode.ts";
import type { StatisticsSnapshot } from "../observe/statistics.ts";
import { ROUTES } from "../routes/document-server-routes.ts";
import type { Requirement, RouteId } from "../routes/route.ts";

/** Fewer comparisons may all be of one document of one user. */
export const NEEDED_COMPARISONS = 20;

/** A working Document Server sees a request of each row. Any route of a row will do: some integrations convert only. */
const USUAL_ROUTES: readonly (readonly RouteId[])[] = [["cached-file"], ["command", "convert"]];

export function describeReadiness(host: Host, statistics: StatisticsSnapshot): object {
	const { since, shadow, verdicts, comparedByRoute, disagreements } = statistics;
	const compared = shadow.agree + shadow.edge_only_refuses + shadow.origin_only_refuses;
	const shadowed = protectedRoutes(host).filter((id) => isShadowed(host, id));
	const neverCompared = usualRoutes(host)
		.map((ids) => ids.filter((id) => shadowed.includes(id)))
		.filter((ids) => ids.length > 0 && !ids.some((id) => comparedByRoute[id]))
		.map((ids) => ids.join(" or "));
	const isCovered = compared >= NEEDED_COMPARISONS && neverCompared.length === 0;
	return {
		mode: host.mode,
		since,
		compared,
		needed: NEEDED_COMPARISONS,
		comparedByRoute,
		notCompared: shadow["not compared"],
		/** Routes that every installation uses. */
		neverCompared,
		/** Protected routes in shadow mode without a request. */
		neverCalled: shadowed.filter((id) => verdicts[id] === undefined),
		/** The handshake of the editor's socket has the same answer for every client. */
		socketRequests: Object.values(verdicts.socket ?? {}).reduce((sum, count) => sum + count, 0),
		disagreements,
		safe: shadowed.length > 0 && isCovered && shadow.agree === compared,
	};
}

/** An integration uses each route that its operator has listed. */
const usualRoutes = (host: Host): readonly (readonly RouteId[])[] =>
	host.integration ? protectedRoutes(host).map((id) => [id]) : USUAL_ROUTES;

/** Without WOPI hosts the edge closes the WOPI routes, and no client of this installation needs them. */
function protectedRoutes({ integration, wopi }: Host): RouteId[] {
	const closed: readonly Requirement["kind"][] =
		wopi.hosts.size > 0 ? ["open", "closed"] : ["open", "closed", "wopi-page", "wopi-convert"];
	const routes = integration?.map(({ route }) => route) ?? ROUTES;
	const judged = routes.filter(({ requires }) => !closed.includes(requires.kind));
	return [...new Set(judged.map(({ id }) => id))];
}
