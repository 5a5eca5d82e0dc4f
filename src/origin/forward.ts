/**
 * Sends the judged request to the origin and gives back its answer as it is: redirects, errors, codings,
 * streams and WebSockets untouched. Never throws, never waits longer than the host allows.
 */
import type { Origin } from "../config/host.ts";
import type { Body } from "../evidence/body.ts";
import type { Target } from "../target/target.ts";
import type { Fault } from "../verdict.ts";
import { setForwardedHeaders } from "./forwarded-headers.ts";

/** What is sent of an accepted request. */
export interface Outgoing {
	readonly target: Target;
	readonly origin: Origin;
	/** The body that was judged; without it the one that the request still holds. */
	readonly body?: Body;
}

/** @param tokenHeader where the token was looked for */
export async function forward(
	request: Request,
	{ target, origin, body }: Outgoing,
	tokenHeader: string,
): Promise<Response | Fault> {
	const { url } = target;
	const timeout = new AbortController();
	// The timer ends with the answer's headers: the body behind them may take as long as it streams.
	const timer = setTimeout(() => timeout.abort(), origin.timeoutMs);
	const href = origin.base + url.pathname + url.search;
	try {
		// A request whose body was read cannot be used again; one that was not may be a GET with a body.
		const outgoing = body?.bytes
			? new Request(href, { method: request.method, headers: request.headers, body: body.bytes })
			: new Request(href, request);
		setForwardedHeaders(outgoing.headers, url, origin.forwardedPrefix, tokenHeader);
		return await fetch(outgoing, { redirect: "manual", signal: timeout.signal });
	} catch {
		return timeout.signal.aborted ? "origin_timeout" : "origin_unreachable";
	} finally {
		clearTimeout(timer);
	}
}
