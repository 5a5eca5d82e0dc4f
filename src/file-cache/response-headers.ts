/**
 * The headers of a cached file that the edge changes: `Cache-Control`, headers for CDNs, `X-Edge-Cache`, and after a 304
 * of the origin the headers that it brought.
 */
import type { Fault } from "../verdict.ts";
import { dropTargeted, setPrivate } from "./freshness.ts";

/** What the cache did: the value of `X-Edge-Cache`. */
export type CacheOutcome = "hit" | "miss" | "revalidated" | "bypass";

/** Marks a response to the client. Only the edge may keep it: a cache in front would answer without the check of the link. */
export function labelResponse(response: Response | Fault, outcome: CacheOutcome): Response | Fault {
	if (typeof response === "string") return response;
	const labelled = new Response(response.body, response);
	dropTargeted(labelled.headers);
	if (response.status < 400) setPrivate(labelled.headers);
	labelled.headers.set("X-Edge-Cache", outcome);
	return labelled;
}

/** Headers that describe the body. In a 304 they would describe its own, which is empty. */
const OF_BODY =
	/^(?:content-(?!disposition$|location$).*|transfer-encoding|accept-ranges|connection|keep-alive)$/;

/** @returns the cached headers, updated by those of a 304 (RFC 9111 §3.2): its date, its cookies */
export function updateHeaders(cached: Headers, confirmed: Headers | undefined): Headers {
	const headers = new Headers(cached);
	for (const [name, value] of confirmed ?? []) {
		if (name === "set-cookie") headers.append(name, value);
		else if (!OF_BODY.test(name)) headers.set(name, value);
	}
	return headers;
}
