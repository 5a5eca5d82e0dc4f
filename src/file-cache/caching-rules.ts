/**
 * Decides whether a response of the origin may be cached, and with which headers the platform's cache gets it.
 *
 * The platform does not tell the age of a cached file. So the file carries the end of its time in a header of the
 * edge's own, which no response to a client has.
 */
import type { ForwardContext } from "../origin/forward.ts";
import { dropTargeted, freshSeconds } from "./freshness.ts";

/** nginx's `add_header` for cached files. The file name behind it comes from each request. */
export const DISPOSITION = "attachment; filename*=UTF-8''";
/** Unix time in milliseconds. */
export const FRESH_UNTIL = "Edge-Fresh-Until";

export interface CachingRules extends Pick<ForwardContext, "waitUntil" | "clock"> {
	readonly seconds: number;
	/** Else the origin is asked each time. Without `ETag` or `Last-Modified`, it cannot be asked. */
	readonly neverChanges: boolean;
	/** `filename` of the query, not decoded. */
	readonly filename: string;
}

/** @returns the headers for the platform's cache; `undefined` if the response must not be cached */
export function headersToCache(response: Response, rules: CachingRules): Headers | undefined {
	const nowMs = rules.clock();
	const seconds = isCacheable(response, rules) ? freshSeconds(response.headers, rules.seconds, nowMs) : 0;
	if (seconds === 0) return undefined;
	const headers = new Headers(response.headers);
	dropTargeted(headers);
	headers.set("Cache-Control", `public, max-age=${seconds}`);
	headers.set(FRESH_UNTIL, String(nowMs + seconds * 1000));
	if (headers.has("Content-Disposition")) headers.set("Content-Disposition", DISPOSITION);
	return headers;
}

function isCacheable({ status, headers }: Response, { neverChanges, filename }: CachingRules): boolean {
	const textOf = (name: string) => headers.get(name) ?? "";
	const isWhole =
		status === 200 && /^\d+$/.test(textOf("Content-Length")) && !headers.has("Content-Encoding");
	const isForAll = !headers.has("Set-Cookie") && /^(?:accept-encoding)?$/i.test(textOf("Vary"));
	const hasNginxDisposition = ["", DISPOSITION + filename].includes(textOf("Content-Disposition"));
	const canBeAskedFor = neverChanges || headers.has("ETag") || headers.has("Last-Modified");
	return isWhole && isForAll && hasNginxDisposition && canBeAskedFor;
}
