/**
 * Answers a refused request in the words of its route.
 */
import { createMiddleware } from "hono/factory";
import { replyTo } from "../reply/reply.ts";
import { discard } from "../request/body-pieces.ts";
import type { Fault, Reason } from "../verdict.ts";
import type { EdgeContext, EdgeEnv } from "./edge-env.ts";

export const refuse = () =>
	createMiddleware<EdgeEnv>(async (c, next) => {
		const decision = c.get("decision");
		return decision.ok ? next() : refusal(c, decision.reason);
	});

/** Also answers an accepted request that the origin did not answer. */
export async function refusal(c: EdgeContext, reason: Reason | Fault): Promise<Response> {
	const request = c.req.raw;
	const isUnread = request.body !== null && (!request.bodyUsed || reason === "body_too_large");
	if (isUnread && !UNHEARD.includes(reason)) await discard(request, DISCARD_BYTES, DISCARD_MS);
	c.set("outcome", { reason });
	const context = { request, requestId: c.get("requestId"), reasons: c.get("host")?.reasons ?? true };
	return replyTo(reason, c.get("decision"), context);
}

/** The edge reads nothing more from a client that it wants no requests of. */
const UNHEARD: readonly (Reason | Fault)[] = ["rate_limited", "denied_network", "lockdown"];
/** A client that is still sending sees the refusal only if the edge reads on, up to these limits. */
const DISCARD_BYTES = 16 * 1024 * 1024;
const DISCARD_MS = 5000;
