/**
 * The refusal of a library middleware, in the Document Server's own words.
 */
import type { Context } from "hono";
import { replyTo } from "../reply/reply.ts";
import { OPEN_ROUTE, type ReplyStyle } from "../routes/route.ts";
import type { Reason } from "../verdict.ts";

export function refuseIn(c: Context, reply: ReplyStyle, reason: Reason, echoedKey?: unknown): Response {
	const refused = { route: { ...OPEN_ROUTE, reply }, echoedKey };
	return replyTo(reason, refused, { request: c.req.raw, requestId: crypto.randomUUID(), reasons: true });
}
