/**
 * The one seam: what the edge says to a request, step by step. The Worker, the tests and every tool call
 * this function, so none of them can disagree with another.
 *
 *   target → route → evidence → verdict
 *
 * It reads the request and what it is handed, never the clock, the environment or the network.
 */
import type { Host } from "./config/host.ts";
import type { Origin } from "./config/origin.ts";
import type { Body } from "./request/body.ts";
import { checkCall } from "./calls/api-call.ts";
import { checkLink } from "./link/check-link.ts";
import { checkOutgoing } from "./calls/integration-call.ts";
import type { Rewrite } from "./rewrite/rewrite.ts";
import { type AcceptedSocket, checkSocket } from "./socket/check-socket.ts";
import { checkWopiConversion, checkWopiPage } from "./wopi/page.ts";
import { findRoute } from "./routes/find-route.ts";
import { OPEN_ROUTE, type Route } from "./routes/document-server-routes.ts";
import { namesOtherPath } from "./routes/integration-routes.ts";
import { insidePrefix, readTarget, type Target } from "./request/target.ts";
import { type Acceptance, accept, type Refusal, refuse } from "./verdict.ts";
import { checkWopiProof } from "./wopi/proof.ts";

/** Forward it, to this origin. */
export interface Accepted extends Acceptance {
	readonly route: Route;
	readonly target: Target;
	readonly origin: Origin;
	/** The body, when it was read for its token: these very bytes go to the origin. */
	readonly body?: Body;
	/** What changes on the way to the origin. */
	readonly rewrite?: Rewrite;
	readonly callKey?: unknown;
	/** Key of the document that a call is about, where its token names one. */
	readonly documentKey?: unknown;
	/** Of an editor's socket: what is still to be checked while it is forwarded. */
	readonly socket?: AcceptedSocket;
}

/** Answer it, in the words of this route. */
export interface Refused extends Refusal {
	readonly route: Route;
	/** As the origin would see it; `undefined` where it could not be read. */
	readonly target?: Target;
	/** The call's `key` parameter, which the command service repeats in its refusal. */
	readonly callKey?: unknown;
}

export type Decision = Accepted | Refused;

/**
 * Consumes the body of routes whose token may be in it.
 *
 * @param host `undefined` for a hostname that is none of this edge
 * @param now Unix time in milliseconds
 * @param called the target, for callers that have read it already
 */
export async function decide(
	request: Request,
	host: Host | undefined,
	now: number,
	called: Target | Refusal = readTarget(request),
): Promise<Decision> {
	if ("ok" in called) return { ...called, route: OPEN_ROUTE };
	if (host === undefined) return { ...refuse("host_unknown"), route: OPEN_ROUTE };
	const { origin } = host;
	const target = insidePrefix(called, origin?.forwardedPrefix ?? "");
	if ("ok" in target) return { ...target, route: OPEN_ROUTE };
	if (host.storage && namesOtherPath(request.headers))
		return { ...refuse("path_ambiguous"), route: OPEN_ROUTE };
	const match = findRoute(target, host.storage);
	if ("ok" in match) return { ...match, route: OPEN_ROUTE };
	const { route } = match;
	const { evidence } = route;
	const refused = (refusal: Refusal): Refused => ({ ...refusal, route, target });
	if (evidence.kind === "closed") return refused(refuse(evidence.reason));
	if (origin === undefined) return refused(refuse("edge_misconfigured"));
	const open = { ...accept(), route, target, origin };
	if (evidence.kind === "none") return open;
	if (host.problems.length > 0) return refused(refuse("edge_misconfigured"));

	const nowSeconds = Math.floor(now / 1000);
	if (evidence.kind === "secure-link") {
		const verdict = checkLink(evidence.readers, target, host, nowSeconds);
		return verdict.ok ? { ...open, ...verdict } : refused(verdict);
	}
	if (evidence.kind === "socket") {
		if (!host.socketGuard) return open;
		const found = await checkSocket(request, target, host, nowSeconds);
		return "ok" in found ? refused(found) : { ...open, ...found };
	}
	if (evidence.kind === "wopi-page") {
		const found = await checkWopiPage(request, evidence.asks, target, host, nowSeconds);
		return found.ok ? { ...open, ...found } : refused(found);
	}
	if (evidence.kind === "wopi-convert") {
		const verdict = await checkWopiConversion(request, target, host, nowSeconds);
		return verdict.ok ? { ...open, ...verdict } : refused(verdict);
	}
	if (evidence.kind === "wopi-proof") {
		const verdict = await checkWopiProof(request.headers, target.href, host.wopiProofKeys, now);
		return verdict.ok ? { ...open, ...verdict } : refused(verdict);
	}
	const check = host.storage ? checkOutgoing : checkCall;
	const { verdict, ...call } = await check(request, evidence, { ...match, target }, host, nowSeconds);
	return verdict.ok ? { ...open, ...verdict, ...call } : { ...refused(verdict), ...call };
}
