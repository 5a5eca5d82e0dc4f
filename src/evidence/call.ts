/**
 * The evidence of an API call: the token that the server would find is good, and is for this.
 */
import type { Host } from "../config/host.ts";
import type { RouteMatch } from "../policy/find-route.ts";
import type { TokenEvidence } from "../policy/routes.ts";
import type { Target } from "../target/target.ts";
import { accept, type Verdict } from "../verdict.ts";
import { type Body, NO_BODY, readBody } from "./body.ts";
import { checkSessionClaims } from "./session-claims.ts";
import { verifyToken } from "./token.ts";
import { findToken } from "./token-source.ts";

export interface CheckedCall {
	readonly verdict: Verdict;
	/** The body, when it was read for its token. */
	readonly body?: Body;
	/** The call's `key` parameter. */
	readonly callKey?: unknown;
}

export async function checkCall(
	request: Request,
	{ enabledBy, places }: TokenEvidence,
	{ target, route, docid }: RouteMatch & { readonly target: Target },
	host: Host,
	nowSeconds: number,
): Promise<CheckedCall> {
	const required = host.tokenEnabled[enabledBy];
	if (!required && enabledBy === "inbox") return { verdict: accept() };
	const readsBody = places.some(([place]) => place === "params");
	const body = readsBody ? await readBody(request) : NO_BODY;
	if ("ok" in body) return { verdict: body };

	const call = { query: target.service.query, headers: request.headers, body: body.text };
	const found = findToken(places, call, host.tokenHeader);
	if ("ok" in found) return { verdict: found, body };
	const { token, secret, key: callKey } = found;
	if (!token && !required) return { verdict: accept(), body, callKey };
	const rules = { nowSeconds, toleranceSeconds: host.clockToleranceSeconds };
	const verdict = await verifyToken(token, host.keys[secret], rules);
	if (!verdict.ok || !route.claims || secret !== "session") return { verdict, body, callKey };
	const misuse = checkSessionClaims(route.claims, verdict.claims, docid, host.bindDocument);
	return { verdict: misuse ?? verdict, body, callKey };
}
