/**
 * Answers an accepted request: a cached file from the file cache if possible, every other request from the origin. An
 * editor's socket stays under check while it is forwarded.
 */
import type { Host } from "../config/host.ts";
import type { AcceptedRequest } from "../decide.ts";
import { findDenial } from "../deny/after-credential.ts";
import { findEarlyDenial } from "../deny/before-credential.ts";
import { documentsInPath, socketFacts } from "../deny/credential-facts.ts";
import { serveFile } from "../file-cache/file-cache.ts";
import type { RecordVerdict } from "../observe/recorder.ts";
import { type ForwardContext, forwardToOrigin } from "../origin/forward.ts";
import { countRefusal } from "../rate-limit/limit-decision.ts";
import { clientAddress, clientNetwork } from "../request/client-address.ts";
import type { Recheck } from "../socket/recheck.ts";
import { socketResponse } from "../socket/socket-response.ts";
import type { Verdict } from "../verdict.ts";
import type { EdgeContext } from "./edge-env.ts";
import { findHost, mayDenyLater } from "./identify.ts";
import { reportLoop } from "./origin-loop.ts";
import { refusal } from "./refuse.ts";

/** The last handler: it takes no `next`. */
export const forward =
	() =>
	async (c: EdgeContext): Promise<Response> => {
		const decision = c.get("decision");
		const host = c.get("host");
		if (!decision.ok || host === undefined) throw new Error("refuse() lets only accepted requests through");
		const request = c.req.raw;
		const context = forwardContext(c, host);
		const isFile = decision.route.id === "cached-file";
		const fromOrigin = await (isFile
			? serveFile(request, decision, host.cache, context)
			: forwardToOrigin(request, decision, context));
		if (typeof fromOrigin === "string") return refusal(c, fromOrigin);
		reportLoop(request, fromOrigin, host);
		const { socket } = decision;
		if (socket === undefined) return fromOrigin;
		const address = clientAddress(request.headers);
		const onVerdict = packetRecorder(c.get("record"), host, address);
		const recheck = mayDenyLater(c) ? recheckOf(c, decision, address) : undefined;
		const response = await socketResponse(fromOrigin, socket, host, onVerdict, recheck);
		return typeof response === "string" ? refusal(c, response) : response;
	};

// An open socket keeps the functions below for hours, and all that they hold. So they hold neither Hono's context nor the
// request or a response.

/** Records the verdict on each packet of a socket. */
function packetRecorder(record: RecordVerdict, host: Host, address: string): (verdict: Verdict) => void {
	return (verdict) => {
		record(verdict, SWITCHED, { isPacket: true });
		if (!verdict.ok) void countRefusal(verdict.reason, host, clientNetwork(address), Date.now());
	};
}

/** Every response that opened a WebSocket is recorded alike. */
const SWITCHED = { status: 101, headers: new Headers() };

/** Asks the deny lists of the moment about an open socket. */
function recheckOf(
	{ env, executionCtx }: EdgeContext,
	{ route, target }: AcceptedRequest,
	address: string,
): Recheck {
	const { requires } = route;
	return async (accepted) => {
		const host = await findHost({ env, executionCtx }, target, Date.now());
		if (host === undefined) return undefined;
		const early = findEarlyDenial(address, requires, host);
		if (early) return early;
		// Of a client that connected by polling before, only the path is known.
		const facts = accepted.length > 0 ? accepted : [socketFacts({}, documentsInPath(target))];
		return facts.map((one) => findDenial(one, host.deny)).find((denied) => denied !== undefined);
	};
}

export function forwardContext(c: EdgeContext, host: Host): ForwardContext {
	return {
		identity: host.identity,
		tokenHeaderName: host.tokenHeader.name,
		clientStallMs: host.clientStallMs,
		clock: Date.now,
		waitUntil: (promise) => c.executionCtx.waitUntil(promise),
	};
}
