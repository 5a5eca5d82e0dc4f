/**
 * Builds responses from a cached file as nginx builds them from the file itself: conditions, one part, and the name to
 * save it under.
 *
 * Requests for several parts go to the origin. So do requests that need something that the cached file lacks.
 * Sources: nginx `ngx_http_not_modified_header_filter`, `ngx_http_range_header_filter`.
 */

import { isRead } from "../origin/retry.ts";
import { type CachedFile, DISPOSITION } from "./cached-file.ts";
import { parseHttpTime } from "./http-time.ts";
import { updateHeaders } from "./response-headers.ts";

/** One part, written without spaces. nginx accepts more forms, and requests in those forms go to the origin. */
const PART = /^bytes=(?:(\d{1,15})-(\d{0,15})|-(\d{1,15}))$/;
const WEAK = /^W\//;
const CONDITIONS = ["Range", "If-Range", "If-None-Match", "If-Modified-Since"];

export function mayRespondFromCache(request: Request): boolean {
	const { method, headers } = request;
	const range = headers.get("Range");
	const isWholeOrOnePart = range === null || (method === "GET" && PART.test(range));
	return (
		isRead(request) && isWholeOrOnePart && !headers.has("If-Match") && !headers.has("If-Unmodified-Since")
	);
}

/** Whether the origin may respond with less than the whole file. */
export function asksForPart({ method, headers }: Request): boolean {
	return method !== "GET" || CONDITIONS.some((name) => headers.has(name));
}

/** @returns a request that asks the origin whether the file is still the cached one */
export function askIfChanged({ headers: cachedHeaders }: Response, request: Request): Request {
	const conditional = askUncompressed(request);
	const { headers } = conditional;
	for (const name of CONDITIONS) headers.delete(name);
	const etag = cachedHeaders.get("ETag");
	const modified = cachedHeaders.get("Last-Modified");
	if (etag !== null) headers.set("If-None-Match", etag);
	if (modified !== null) headers.set("If-Modified-Since", modified);
	return conditional;
}

/** @returns the request without content codings: the platform compresses a cached file for each client */
export function askUncompressed(request: Request): Request {
	const uncompressed = new Request(request);
	uncompressed.headers.set("Accept-Encoding", "identity");
	return uncompressed;
}

interface ServingRules {
	/** `filename` of the query, not decoded. */
	readonly filename: string;
	/** The headers of the origin's 304, if the origin was asked. */
	readonly confirmed: Headers | undefined;
	readonly find: CachedFile["find"];
}

/**
 * @param cached the whole file
 * @returns `undefined` if the origin has to answer
 */
export async function respondFromCache(
	{ method, headers: requestHeaders }: Request,
	cached: Response,
	{ filename, confirmed, find }: ServingRules,
): Promise<Response | undefined> {
	const headers = updateHeaders(cached.headers, confirmed);
	headers.delete("CF-Cache-Status");
	if (headers.has("Content-Disposition")) headers.set("Content-Disposition", DISPOSITION + filename);
	const modified = parseHttpTime(headers.get("Last-Modified") ?? "");
	const hasCondition = CONDITIONS.some((name) => requestHeaders.has(name));
	if (!hasCondition && method === "GET") return new Response(cached.body, { headers });
	if (modified === undefined && hasCondition) return void (await cached.body?.cancel());

	if (isNotModified(requestHeaders, headers, modified)) {
		await cached.body?.cancel();
		for (const name of ["Content-Type", "Content-Length", "Accept-Ranges"]) headers.delete(name);
		return new Response(null, { status: 304, headers });
	}
	const range = holdsIfRange(requestHeaders, headers, modified) ? requestHeaders.get("Range") : null;
	if (range === null && method === "GET") return new Response(cached.body, { headers });
	await cached.body?.cancel();
	return range === null ? new Response(null, { headers }) : respondWithPart(range, headers, find);
}

async function respondWithPart(
	range: string,
	headers: Headers,
	find: CachedFile["find"],
): Promise<Response | undefined> {
	const lengthBytes = Number(headers.get("Content-Length"));
	const span = readPart(range, lengthBytes);
	if (span === undefined || headers.get("Accept-Ranges") !== "bytes") return undefined;
	const part = await find(`bytes=${span.first}-${span.last}`);
	const contentRange = `bytes ${span.first}-${span.last}/${lengthBytes}`;
	// Another request may have replaced the cached file, and the platform may read the range differently.
	const isSame = ["ETag", "Last-Modified"].every((name) => part?.headers.get(name) === headers.get(name));
	const isPart = part?.status === 206 && part.headers.get("Content-Range") === contentRange;
	if (!isSame || !isPart) return void (await part?.body?.cancel());
	headers.delete("Accept-Ranges");
	headers.set("Content-Range", contentRange);
	headers.set("Content-Length", String(span.last - span.first + 1));
	return new Response(part.body, { status: 206, headers });
}

/**
 * Reads a range as nginx `ngx_http_range_parse`.
 *
 * @returns `undefined` for a part that nginx refuses; an empty file has no parts
 */
function readPart(range: string, lengthBytes: number): { first: number; last: number } | undefined {
	const [, start, end, suffix] = PART.exec(range) ?? [];
	const first = suffix === undefined ? Number(start) : Math.max(0, lengthBytes - Number(suffix));
	const last = end ? Math.min(Number(end), lengthBytes - 1) : lengthBytes - 1;
	return first <= last ? { first, last } : undefined;
}

function isNotModified(requestHeaders: Headers, cached: Headers, modified: number | undefined): boolean {
	const since = requestHeaders.get("If-Modified-Since");
	const tags = requestHeaders.get("If-None-Match");
	if (since === null && tags === null) return false;
	// nginx's default is `if_modified_since exact`.
	if (since !== null && parseHttpTime(since) !== modified) return false;
	if (tags === null || tags === "*") return true;
	const etag = cached.get("ETag")?.replace(WEAK, "");
	if (etag === undefined) return false;
	const strongTags = tags.split(/,[ \t,]*/).map((tag) => tag.replace(WEAK, ""));
	return strongTags.some((tag) => tag.startsWith(etag) && /^[ \t]*$/.test(tag.slice(etag.length)));
}

/** nginx compares a tag byte by byte, and a date by its second (`ngx_http_range_header_filter`). */
function holdsIfRange(requestHeaders: Headers, cached: Headers, modified: number | undefined): boolean {
	const condition = requestHeaders.get("If-Range");
	if (condition === null) return true;
	const isTag = condition.length >= 2 && condition.endsWith('"');
	return isTag ? condition === cached.get("ETag") : parseHttpTime(condition) === modified;
}
