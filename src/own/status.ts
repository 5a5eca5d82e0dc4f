/**
 * Describes `/.edge/status`, and says who may read it and `/.edge/ready`: callers with a token that is signed with
 * `STATUS_SECRET`. All other callers get 404.
 */
import type { Host } from "../config/host.ts";
import type { StatisticsSnapshot } from "../observe/statistics.ts";
import { findToken } from "../token/find-token.ts";
import { tokenRules, verifyToken } from "../token/verify-token.ts";
import { VERSION } from "../version.ts";

const HEADER = { name: "Authorization", prefix: "Bearer " };

export async function mayReadStatus(request: Request, host: Host, nowSeconds: number): Promise<boolean> {
	const parts = { query: "", headers: request.headers, body: "", tokenLimit: 0 };
	const found = findToken([["header", "inbox"]], parts, HEADER);
	if ("ok" in found) return false;
	return (await verifyToken(found.token, host.keys.status, tokenRules(host, nowSeconds))).ok;
}

export function describeStatus(
	{ problems, warnings, mode, shadowRoutes, tokenEnabled, deny, rateLimits }: Host,
	statistics: StatisticsSnapshot,
): object {
	const { since, verdicts, keys, clockAheadSeconds, notRecorded } = statistics;
	return {
		version: VERSION,
		mode,
		shadowRoutes: [...shadowRoutes],
		tokenEnabled,
		since,
		problems: [...problems, ...deny.problems],
		warnings,
		rateLimits: Object.entries(rateLimits).flatMap(([name, limit]) =>
			limit ? [`LIMIT_${name.toUpperCase()}`] : [],
		),
		lockdown: deny.lists.some(({ lockdown }) => lockdown),
		verdicts,
		keysLastUsed: keys,
		clockAheadSeconds,
		notRecorded,
	};
}
