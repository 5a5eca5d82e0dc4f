/**
 * Whether the edge leaves a body unread, for a client that has exceeded its limit of refused requests.
 *
 * A body is what such a client can still cost. A good token in the header shows that the client is no stranger. Only an
 * open session of the editor's socket sends packets, so they are read.
 */
import type { Host } from "../config/host.ts";
import { isShadowed } from "../config/shadow-mode.ts";
import { type Route, readsBody } from "../routes/route.ts";
import { findToken } from "../token/find-token.ts";
import { tokenRules, verifyToken } from "../token/verify-token.ts";

export async function mustStayUnread(
	{ body, headers }: Request,
	{ id, requires }: Route,
	host: Host,
	nowSeconds: number,
): Promise<boolean> {
	if (body === null || requires.kind === "socket" || !readsBody(requires) || isShadowed(host, id))
		return false;
	const secret = requires.kind === "token" && requires.places.find(([place]) => place === "header")?.[1];
	if (!secret) return true;
	const parts = { query: "", headers, body: "", tokenLimit: host.limits.tokenBytes };
	const found = findToken([["header", secret]], parts, host.tokenHeader);
	if ("ok" in found) return true;
	return !(await verifyToken(found.token, host.keys[secret], tokenRules(host, nowSeconds))).ok;
}
