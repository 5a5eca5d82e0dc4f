/**
 * Sends the judged request to the origin and gives back its answer as it is: redirects, errors, codings,
 * streams and WebSockets untouched. Never throws, never waits longer than the host allows.
 */
import type { Origin } from "../config/host.ts";
import type { Body } from "../evidence/body.ts";
import { type Rewrite, rewriteTarget } from "../evidence/rewrite.ts";
import type { Target } from "../target/target.ts";
import type { Fault } from "../verdict.ts";
import { setForwardedHeaders } from "./forwarded-headers.ts";

/** What is sent of an accepted request. */
export interface Outgoing {
	readonly target: Target;
	readonly origin: Origin;
	/** The body that was judged; without it the one that the request still holds. */
	readonly body?: Body;
	readonly rewrite?: Rewrite;
}

/** @param tokenHeader where the token was looked for */
export async function forward(
	request: Request,
	{ target, origin, body, rewrite }: Outgoing,
	tokenHeader: string,
): Promise<Response | Fault> {
	const timeout = new AbortController();
	// The timer ends with the answer's headers: the body behind them may take as long as it streams.
	const timer = setTimeout(() => timeout.abort(), origin.timeoutMs);
	const href = origin.base + rewriteTarget(target, rewrite?.query);
	const bytes = rewrite?.body ?? body?.bytes;
	try {
		// A request whose body was read cannot be used again; one that was not may be a GET with a body.
		const outgoing = bytes
			? new Request(href, { method: request.method, headers: request.headers, body: bytes })
			: new Request(href, request);
		setForwardedHeaders(outgoing.headers, target.url, origin.forwardedPrefix, tokenHeader);
		if (rewrite?.header) outgoing.headers.set(...rewrite.header);
		if (rewrite?.body) outgoing.headers.delete("Content-Encoding");
		return await fetch(outgoing, { redirect: "manual", signal: timeout.signal });
	} catch {
		return timeout.signal.aborted ? "origin_timeout" : "origin_unreachable";
	} finally {
		clearTimeout(timer);
	}
}
