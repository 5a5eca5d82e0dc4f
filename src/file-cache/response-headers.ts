/**
 * Changes the headers of a cached file: `X-Edge-Cache` is set, `Cache-Control` becomes `private`, `Age` and the headers
 * for CDNs are removed. The headers of a 304 from the origin replace the cached headers.
 *
 * `conditional-response.ts` sets the headers of a part, and the `Content-Disposition` of each request.
 */
import type { Fault } from "../verdict.ts";
import { dropTargeted, setPrivate } from "./freshness.ts";

/** The value of `X-Edge-Cache`. */
export type CacheOutcome = "hit" | "miss" | "revalidated" | "bypass";

/** Only the edge may cache the response: a cache in front of the edge would answer without the check of the link. */
export function labelResponse(response: Response | Fault, outcome: CacheOutcome): Response | Fault {
	if (typeof response === "string") return response;
	const labelled = new Response(response.body, response);
	dropTargeted(labelled.headers);
	if (response.status < 400) setPrivate(labelled.headers);
	labelled.headers.set("X-Edge-Cache", outcome);
	return labelled;
}

/** Headers that describe the body. A 304 has no body, so its headers of this kind must not replace the file's. */
const OF_BODY =
	/^(?:content-(?!disposition$|location$).*|transfer-encoding|accept-ranges|connection|keep-alive)$/;

/** @returns the cached headers, updated with those of a 304, such as its date and its cookies (RFC 9111 §3.2) */
export function updateHeaders(cached: Headers, confirmed: Headers | undefined): Headers {
	const headers = new Headers(cached);
	for (const [name, value] of confirmed ?? []) {
		if (name === "set-cookie") headers.append(name, value);
		else if (!OF_BODY.test(name)) headers.set(name, value);
	}
	return headers;
}
