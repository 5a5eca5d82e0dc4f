/**
 * Sets the headers of a response, once the response is built with a copy of the file's headers: `X-Edge-Cache` is set,
 * `Cache-Control` becomes `private`, `Age` and the headers for CDNs are removed. The headers of a 304 from the origin
 * replace the cached headers.
 *
 * `conditional-response.ts` sets the headers of a 304 and of a part.
 */
import type { Fault } from "../verdict.ts";
import { DISPOSITION, FRESH_UNTIL } from "./caching-rules.ts";
import { dropTargeted, setPrivate } from "./freshness.ts";

/** The value of `X-Edge-Cache`. */
export type CacheOutcome = "hit" | "miss" | "revalidated" | "bypass";

/**
 * Labels a response of the origin. Only the edge may cache it: a cache in front of the edge would answer without the
 * check of the link.
 *
 * @param body the client's copy of the body, if the cache reads the body too
 */
export function labelResponse(
	response: Response | Fault,
	outcome: CacheOutcome,
	body?: ReadableStream,
): Response | Fault {
	if (typeof response === "string") return response;
	const labelled = new Response(body ?? response.body, response);
	dropTargeted(labelled.headers);
	if (response.status < 400) setPrivate(labelled.headers);
	labelled.headers.set("X-Edge-Cache", outcome);
	return labelled;
}

/** Makes the headers of a hit from those of a file in the platform's cache. Only the file name is missing. */
export function labelHit(headers: Headers): void {
	for (const name of ["CF-Cache-Status", FRESH_UNTIL]) headers.delete(name);
	dropTargeted(headers);
	setPrivate(headers);
	headers.set("X-Edge-Cache", "hit" satisfies CacheOutcome);
}

/** Makes the headers of a confirmed file from those of the cached file and those of the origin's 304. */
export function labelRevalidated(headers: Headers, confirmed: Headers): void {
	updateHeaders(headers, confirmed);
	labelHit(headers);
	headers.set("X-Edge-Cache", "revalidated" satisfies CacheOutcome);
}

/** @param filename `filename` of the query, not decoded */
export function setFilename(headers: Headers, filename: string): void {
	if (headers.has("Content-Disposition")) headers.set("Content-Disposition", DISPOSITION + filename);
}

/** Headers that describe the body. A 304 has no body, so its headers of this kind must not replace the file's. */
const OF_BODY =
	/^(?:content-(?!disposition$|location$).*|transfer-encoding|accept-ranges|connection|keep-alive)$/;

/** Updates cached headers with those of a 304, such as its date and its cookies (RFC 9111 §3.2). */
function updateHeaders(headers: Headers, confirmed: Headers): void {
	for (const [name, value] of confirmed) {
		if (name === "set-cookie") headers.append(name, value);
		else if (!OF_BODY.test(name)) headers.set(name, value);
	}
}
