/**
 * The one seam: what the edge says to a request, step by step. The Worker, the tests and every tool call
 * this function, so none of them can disagree with another.
 *
 *   target → route → evidence → verdict
 *
 * It reads the request and what it is handed, never the clock, the environment or the network.
 */
import type { Host, Origin } from "./config/host.ts";
import { type Body, NO_BODY, readBody } from "./evidence/body.ts";
import { verifySecureLink } from "./evidence/secure-link.ts";
import { verifyServiceLink } from "./evidence/service-link.ts";
import { verifyToken } from "./evidence/token.ts";
import { findToken } from "./evidence/token-source.ts";
import { findRoute } from "./policy/find-route.ts";
import { OPEN_ROUTE, type Route, type TokenEvidence } from "./policy/routes.ts";
import { nginxArg } from "./target/nginx-arg.ts";
import { readTarget, type Target } from "./target/target.ts";
import { type Acceptance, accept, type Refusal, refuse, type Verdict } from "./verdict.ts";

/** Forward it, to this origin. */
export interface Accepted extends Acceptance {
	readonly route: Route;
	readonly target: Target;
	readonly origin: Origin;
	/** The body, when it was read for its token: these very bytes go to the origin. */
	readonly body?: Body;
	readonly callKey?: unknown;
}

/** Answer it, in the words of this route. */
export interface Refused extends Refusal {
	readonly route: Route;
	/** The call's `key` parameter, which the command service repeats in its refusal. */
	readonly callKey?: unknown;
}

export type Decision = Accepted | Refused;

/**
 * Consumes the body of routes whose token may be in it.
 *
 * @param now Unix time in milliseconds
 * @param target for callers that have read it already
 */
export async function decide(
	request: Request,
	host: Host,
	now: number,
	target: Target | Refusal = readTarget(request),
): Promise<Decision> {
	if ("ok" in target) return { ...target, route: OPEN_ROUTE };
	const route = findRoute(target);
	if ("ok" in route) return { ...route, route: OPEN_ROUTE };
	const { evidence } = route;
	const { origin } = host;
	if (evidence.kind === "closed") return { ...refuse("path_closed"), route };
	if (origin === undefined) return { ...refuse("edge_misconfigured"), route };
	const open = { ...accept(), route, target, origin };
	if (evidence.kind === "none") return open;
	if (host.problems.length > 0) return { ...refuse("edge_misconfigured"), route };

	const nowSeconds = Math.floor(now / 1000);
	if (evidence.kind === "secure-link") {
		const verdict = checkLink(evidence.readers, target, host, nowSeconds);
		return verdict.ok ? { ...open, ...verdict } : { ...verdict, route };
	}
	if (!host.tokenEnabled[evidence.secret]) return open;
	const { verdict, ...call } = await checkToken(request, evidence, target, host, nowSeconds);
	return verdict.ok ? { ...open, ...verdict, ...call } : { ...verdict, ...call, route };
}

function checkLink(readers: "nginx" | "nginx and service", target: Target, host: Host, now: number): Verdict {
	const atNginx = readers === "nginx";
	const args = atNginx ? target.args : target.service.query;
	const uri = atNginx ? target.uri : target.canonical;
	const link = { uri, md5: nginxArg(args, "md5"), expires: nginxArg(args, "expires") };
	const verdict = verifySecureLink(link, host.keys.link, now);
	return verdict.ok && !atNginx ? verifyServiceLink(target.service, host.keys.link, now) : verdict;
}

interface CheckedCall {
	readonly verdict: Verdict;
	readonly body?: Body;
	readonly callKey?: unknown;
}

async function checkToken(
	request: Request,
	{ secret, places }: TokenEvidence,
	target: Target,
	host: Host,
	nowSeconds: number,
): Promise<CheckedCall> {
	const body = places.includes("params") ? await readBody(request) : NO_BODY;
	if ("ok" in body) return { verdict: body };
	const call = { query: target.service.query, headers: request.headers, body: body.text };
	const { token, key: callKey } = findToken(places, call, host.tokenHeader);
	if (token === undefined) return { verdict: refuse("token_missing"), body, callKey };
	const rules = { nowSeconds, toleranceSeconds: host.clockToleranceSeconds };
	return { verdict: await verifyToken(token, host.keys[secret], rules), body, callKey };
}
