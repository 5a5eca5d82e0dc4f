/**
 * Which requests are sent a second time when the origin did not answer.
 *
 * Only requests that read a file or an asset are: they have no effect at the server and bring no body. A connection
 * that the origin closed while it was idle looks to the edge like one that broke after the request had its effect, so
 * an API call is never sent twice (RFC 9110 §9.2.2). The second try goes to the next origin. With one origin it goes to
 * the same one.
 */
import type { Route } from "../routes/route.ts";

export function isRepeatable(request: Request, { requires }: Route): boolean {
	return (requires.kind === "open" || requires.kind === "secure-link") && isRead(request);
}

/** A GET or HEAD that brings no body and opens no socket. */
export function isRead({ method, body, headers }: Request): boolean {
	return (method === "GET" || method === "HEAD") && body === null && !headers.has("Upgrade");
}
