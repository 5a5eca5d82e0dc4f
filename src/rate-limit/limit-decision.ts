/**
 * Counts a decision against the rate limits of its host, and replaces it where a limit is exceeded.
 *
 * Only a refusal that the client itself has caused counts against its address. A limit that fails lets the request
 * through, because the limits only protect. Each counted key begins with the name of its limit: the platform counts equal
 * keys of one namespace together.
 */
import type { Host } from "../config/host.ts";
import type { RateLimit } from "../config/rate-limits.ts";
import { type Decision, verdictOf } from "../decide.ts";
import type { RouteId } from "../routes/route.ts";
import { opensSession } from "../socket/handshake.ts";
import { DENIALS, type Reason, refuse } from "../verdict.ts";
import { holdClient } from "./held-clients.ts";

/** The calls that make the server work. A conversion of an uploaded file is a conversion too. */
const CLASS_OF_ROUTE: Readonly<Partial<Record<RouteId, "command" | "convert" | "builder">>> = {
	command: "command",
	convert: "convert",
	"wopi-convert": "convert",
	builder: "builder",
};

/** These tell something about the edge or its operator, not about the client. */
const NOT_CLIENTS_FAULT: readonly Reason[] = ["edge_misconfigured", "rate_limited", ...DENIALS];

/** @param client the network of the client's address */
export async function limitDecision(
	decision: Decision,
	host: Host,
	client: string,
	nowMs: number,
): Promise<Decision> {
	const { calls, sockets } = host.rateLimits;
	const limited: Decision = decision.ok
		? { ...refuse("rate_limited"), route: decision.route, target: decision.target }
		: { ...decision, ...refuse("rate_limited") };
	if (!decision.ok) {
		const isWithin = await countRefusal(decision.reason, host, client, nowMs);
		return isWithin ? decision : limited;
	}
	const packet = verdictOf(decision);
	if (!packet.ok) return (await countRefusal(packet.reason, host, client, nowMs)) ? decision : limited;
	const { route, keyName = "" } = decision;
	const routeClass = CLASS_OF_ROUTE[route.id];
	if (calls && routeClass) {
		// Without a key, each client is counted by itself.
		const caller = keyName || client;
		const isWithin = await isWithinLimit(calls, `LIMIT_CALLS ${host.identity.id} ${caller} ${routeClass}`);
		return isWithin ? decision : limited;
	}
	if (sockets && route.id === "socket" && opensSession(decision.target))
		return (await isWithinLimit(sockets, `LIMIT_SOCKETS ${client}`)) ? decision : limited;
	return decision;
}

/** @returns whether the client is within the limit of refused requests */
export async function countRefusal(
	reason: Reason,
	{ rateLimits: { refused }, integration }: Host,
	client: string,
	nowMs: number,
): Promise<boolean> {
	if (refused === undefined || NOT_CLIENTS_FAULT.includes(reason)) return true;
	const isWithin = await isWithinLimit(refused, `LIMIT_REFUSED ${client}`);
	// All callbacks come from the Document Server. It gives up a callback before a held client is heard again.
	if (!isWithin && integration === undefined) holdClient(refused, client, nowMs);
	return isWithin;
}

async function isWithinLimit(limit: RateLimit, key: string): Promise<boolean> {
	try {
		return (await limit.limit({ key })).success;
	} catch {
		return true;
	}
}
