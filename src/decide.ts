/**
 * The decision about one request, step by step:
 *
 *   target → route → what the route requires → verdict
 *
 * The Worker, the tests and every tool call this function, so they cannot disagree. It reads the request and its
 * arguments, never the clock, the environment or the network.
 */
import { checkApiCall } from "./calls/api-call.ts";
import { checkIntegrationCall } from "./calls/integration-call.ts";
import { findClosed } from "./config/exposure.ts";
import type { Host } from "./config/host.ts";
import type { Origin } from "./config/origin.ts";
import { checkLink } from "./link/check-link.ts";
import type { Body } from "./request/body.ts";
import { overridesPath } from "./request/override-headers.ts";
import { insidePrefix, readTarget, type Target } from "./request/target.ts";
import type { Rewrite } from "./rewrite/rewrite.ts";
import { findRoute } from "./routes/find-route.ts";
import { OPEN_ROUTE, type Route } from "./routes/route.ts";
import { type AcceptedSocket, checkSocket } from "./socket/check-socket.ts";
import { type Acceptance, accept, type Refusal, refuse } from "./verdict.ts";
import { checkWopiConversion } from "./wopi/conversion.ts";
import { checkWopiPage } from "./wopi/page.ts";
import { checkWopiProof } from "./wopi/proof.ts";

/** The request is forwarded to this origin. */
export interface AcceptedRequest extends Acceptance {
	readonly route: Route;
	readonly target: Target;
	readonly origin: Origin;
	/** The body, if it was read for its token. The edge forwards these bytes, unless `rewrite.body` replaces them. */
	readonly body?: Body;
	/** The changes on the way to the origin. */
	readonly rewrite?: Rewrite;
	readonly echoedKey?: unknown;
	/** The token's `key` claim. It chooses the origin. */
	readonly tokenDocumentKey?: unknown;
	/** The checks of an editor's socket that follow while it is forwarded. */
	readonly socket?: AcceptedSocket;
}

/** The request is refused in the words of this route. */
export interface RefusedRequest extends Refusal {
	readonly route: Route;
	/** Absent if the edge could not read the target, or found no single route. Shadow mode refuses such requests. */
	readonly target?: Target;
	/** The `key` parameter, which the command service repeats in its refusal. */
	readonly echoedKey?: unknown;
}

export type Decision = AcceptedRequest | RefusedRequest;

/**
 * Consumes the body of routes whose token may be in it.
 *
 * @param host `undefined` for a hostname that the edge does not serve
 * @param nowMs Unix time in milliseconds
 * @param asSent the target, if the caller has read it already
 */
export async function decide(
	request: Request,
	host: Host | undefined,
	nowMs: number,
	asSent: Target | Refusal = readTarget(request),
): Promise<Decision> {
	if ("ok" in asSent) return { ...asSent, route: OPEN_ROUTE };
	if (host === undefined) return { ...refuse("host_unknown"), route: OPEN_ROUTE };
	const { origin } = host;
	const target = insidePrefix(asSent, origin?.forwardedPrefix ?? "");
	if ("ok" in target) return { ...target, route: OPEN_ROUTE };
	if (host.integration && overridesPath(request.headers))
		return { ...refuse("path_ambiguous"), route: OPEN_ROUTE };

	const closed = host.integration ? undefined : findClosed(target, host.exposure);
	if (closed) return { ...refuse("path_closed"), route: closed, target };
	const match = findRoute(target, host.integration);
	if ("ok" in match) return { ...match, route: OPEN_ROUTE };
	const { route } = match;
	const { requires } = route;
	const refused = (refusal: Refusal): RefusedRequest => ({ ...refusal, route, target });
	if (requires.kind === "closed") return refused(refuse(requires.reason));
	if (origin === undefined) return refused(refuse("edge_misconfigured"));
	const forwarded = { ...accept(), route, target, origin };
	if (requires.kind === "open" || requires.kind === "by-exposure") return forwarded;
	if (host.problems.length > 0) return refused(refuse("edge_misconfigured"));

	const nowSeconds = Math.floor(nowMs / 1000);
	switch (requires.kind) {
		case "secure-link": {
			const verdict = checkLink(requires.readers, target, host, nowSeconds);
			return verdict.ok ? { ...forwarded, ...verdict } : refused(verdict);
		}
		case "socket": {
			if (!host.socketGuard) return forwarded;
			const checked = await checkSocket(request, target, host, nowSeconds);
			return "ok" in checked ? refused(checked) : { ...forwarded, ...checked };
		}
		case "wopi-page": {
			const verdict = await checkWopiPage(request, requires.page, target, host, nowSeconds);
			return verdict.ok ? { ...forwarded, ...verdict } : refused(verdict);
		}
		case "wopi-convert": {
			const verdict = await checkWopiConversion(request, target, host, nowSeconds);
			return verdict.ok ? { ...forwarded, ...verdict } : refused(verdict);
		}
		case "wopi-proof": {
			const verdict = await checkWopiProof(request.headers, target.href, host.wopiProofKeys, nowMs);
			return verdict.ok ? { ...forwarded, ...verdict } : refused(verdict);
		}
		case "token": {
			const check = host.integration ? checkIntegrationCall : checkApiCall;
			const { verdict, ...found } = await check(request, requires, { ...match, target }, host, nowSeconds);
			return verdict.ok ? { ...forwarded, ...verdict, ...found } : { ...refused(verdict), ...found };
		}
	}
}
