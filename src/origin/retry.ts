/**
 * Decides which requests the edge sends a second time after `origin_unreachable`. The edge repeats none after a
 * timeout.
 *
 * The edge repeats only requests that read a file or an asset: they have no effect at the server and bring no body. It
 * never repeats an API call (RFC 9110 §9.2.2), because it cannot tell two failures apart: the origin closed an idle
 * connection, or the connection broke after the call had its effect. The second try goes to the next origin that the
 * circuit breaker admits. If there is no other origin, the same origin gets the second try.
 */
import type { Route } from "../routes/route.ts";

export function isRepeatable(request: Request, { requires }: Route): boolean {
	return (requires.kind === "open" || requires.kind === "secure-link") && isRead(request);
}

/** A GET or HEAD that brings no body and opens no socket. */
export function isRead({ method, body, headers }: Request): boolean {
	return (method === "GET" || method === "HEAD") && body === null && !headers.has("Upgrade");
}
