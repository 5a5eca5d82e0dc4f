/**
 * The decision about one request, step by step:
 *
 *   target → route → deny list → what the route requires → deny list → verdict
 *
 * The Worker, the tests and every tool call this function, so they cannot disagree. It reads the request and its
 * arguments, never the clock, the environment or the network.
 */
import { checkApiCall } from "./calls/api-call.ts";
import { checkIntegrationCall } from "./calls/integration-call.ts";
import { mustStayUnread } from "./calls/unread-body.ts";
import { findClosed } from "./config/exposure.ts";
import type { Host } from "./config/host.ts";
import type { Origin } from "./config/origin.ts";
import { isShadowed } from "./config/shadow-mode.ts";
import { findDenial } from "./deny/after-credential.ts";
import { findEarlyDenial } from "./deny/before-credential.ts";
import { documentsInPath, factsOf } from "./deny/credential-facts.ts";
import { checkLink } from "./link/check-link.ts";
import type { Body } from "./request/body.ts";
import { clientAddress } from "./request/client-address.ts";
import { overridesPath } from "./request/override-headers.ts";
import { insidePrefix, readTarget, type Target } from "./request/target.ts";
import type { Rewrite } from "./rewrite/rewrite.ts";
import { findRoute, type RouteMatch } from "./routes/find-route.ts";
import { OPEN_ROUTE, type Route } from "./routes/route.ts";
import { type AcceptedSocket, checkSocket } from "./socket/check-socket.ts";
import { opensSession } from "./socket/handshake.ts";
import { type Acceptance, type Refusal, refuse, type Verdict } from "./verdict.ts";
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

/** The verdict to record and to explain. A polling body can hold several packets: its first refused one counts. */
export function verdictOf(decision: Decision): Verdict {
	const packets = decision.ok ? (decision.socket?.verdicts ?? []) : [];
	return packets.find(({ ok }) => !ok) ?? packets[0] ?? decision;
}

/**
 * Consumes the body of routes whose token may be in it.
 *
 * @param host `undefined` for a hostname that the edge does not serve
 * @param nowMs Unix time in milliseconds
 * @param asSent the target, if the caller has read it already
 * @param hasToWait whether the client has exceeded its limit of refused requests: then no body is read for it
 */
export async function decide(
	request: Request,
	host: Host | undefined,
	nowMs: number,
	asSent: Target | Refusal = readTarget(request),
	hasToWait = false,
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
	const denied = findEarlyDenial(clientAddress(request.headers), requires, host);
	if (denied) return refused(denied);
	if (origin === undefined) return refused(refuse("edge_misconfigured"));
	const forwarded = { ok: true, route, target, origin } as const;
	if (requires.kind === "open" || requires.kind === "by-exposure") return forwarded;
	if (host.problems.length > 0) return refused(refuse("edge_misconfigured"));
	if (host.deny.isHostDenied && isShadowed(host, route.id)) return refused(refuse("denied_host"));
	const nowSeconds = Math.floor(nowMs / 1000);
	if (hasToWait && (await mustStayUnread(request, route, host, nowSeconds)))
		return refused(refuse("rate_limited"));

	const decision = await checkRequirement(request, match, host, forwarded, nowMs);
	return (decision.ok && refuseDenied(decision, host)) || decision;
}

/** Checks the credential that the route requires. */
async function checkRequirement(
	request: Request,
	match: RouteMatch,
	host: Host,
	forwarded: AcceptedRequest,
	nowMs: number,
): Promise<Decision> {
	const { route, target } = forwarded;
	const { requires } = route;
	const refused = (refusal: Refusal): RefusedRequest => ({ ...refusal, route, target });
	const nowSeconds = Math.floor(nowMs / 1000);
	switch (requires.kind) {
		case "open":
		case "by-exposure":
			return forwarded;
		case "closed":
			return refused(refuse(requires.reason));
		case "secure-link": {
			const checked = checkLink(requires.readers, target, host, clientAddress(request.headers), nowSeconds);
			const verdict = checked instanceof Promise ? await checked : checked;
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

/**
 * Asks the deny list about an accepted request. A handshake of the editor's socket shows no credential yet: its packets
 * are asked later. A request of a socket's session shows none either, so it is asked for its host, path and purpose.
 */
function refuseDenied(
	accepted: AcceptedRequest,
	{ deny, socketGuard, tokenEnabled }: Host,
): RefusedRequest | undefined {
	if (deny.lists.length === 0) return undefined;
	const { route, target, echoedKey } = accepted;
	const isHandshake = route.requires.kind === "socket" && opensSession(target);
	if (isHandshake && socketGuard && tokenEnabled.browser) return undefined;
	const denied = findDenial(factsOf(accepted, route, [...documentsInPath(target), echoedKey]), deny);
	return denied && { ...denied, route, target, echoedKey };
}
