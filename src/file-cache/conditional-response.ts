/**
 * Builds responses from a cached file as nginx builds them from the file itself: conditions, one part, and the name to
 * save it under.
 *
 * Requests that need something that the cached file lacks go to the origin.
 * Sources: nginx `ngx_http_not_modified_header_filter`, `ngx_http_range_header_filter`.
 */
import { isRead } from "../origin/retry.ts";
import { type CachedFile, discardBody, type FoundFile, isRemembered } from "./cached-file.ts";
import { isOnePart, matchPart, readPart, slicePart } from "./file-part.ts";
import { parseHttpTime } from "./http-time.ts";
import { labelHit, labelRevalidated, setFilename } from "./response-headers.ts";

const WEAK = /^W\//;
const CONDITIONS = ["Range", "If-Range", "If-None-Match", "If-Modified-Since"];

export function mayRespondFromCache(request: Request): boolean {
	const { method, headers } = request;
	const range = headers.get("Range");
	const isWholeOrOnePart = range === null || (method === "GET" && isOnePart(range));
	return (
		isRead(request) && isWholeOrOnePart && !headers.has("If-Match") && !headers.has("If-Unmodified-Since")
	);
}

/** Whether the origin may respond with less than the whole file. */
export function asksForPart({ method, headers }: Request): boolean {
	return method !== "GET" || CONDITIONS.some((name) => headers.has(name));
}

/** @returns a request that asks the origin whether the file is still the cached one */
export function askIfChanged({ headers: cachedHeaders }: FoundFile, request: Request): Request {
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

interface ServingRules extends Pick<CachedFile, "findPart"> {
	/** `filename` of the query, not decoded. */
	readonly filename: string;
	/** The headers of the origin's 304, if the origin was asked. */
	readonly confirmed: Headers | undefined;
}

/** @returns `undefined` if the origin has to answer */
export async function respondFromCache(
	{ method, headers: requestHeaders }: Request,
	file: FoundFile,
	{ filename, confirmed, findPart }: ServingRules,
): Promise<Response | undefined> {
	/** The response copies the file's headers once. All changes are made in this copy. */
	const respond = (body: BodyInit | null, status = 200) => {
		const response = new Response(body, { status, headers: file.headers });
		if (confirmed) labelRevalidated(response.headers, confirmed);
		else if (!isRemembered(file)) labelHit(response.headers);
		setFilename(response.headers, filename);
		return response;
	};
	const hasCondition = CONDITIONS.some((name) => requestHeaders.has(name));
	if (!hasCondition && method === "GET") return respond(file.body);
	const current = (name: string) => confirmed?.get(name) ?? file.headers.get(name);
	const validators = { ETag: current("ETag"), "Last-Modified": current("Last-Modified") };
	const modified = parseHttpTime(validators["Last-Modified"] ?? "");
	if (modified === undefined && hasCondition) return void (await discardBody(file));

	if (isNotModified(requestHeaders, validators.ETag, modified)) {
		await discardBody(file);
		const response = respond(null, 304);
		for (const name of ["Content-Type", "Content-Length", "Accept-Ranges"]) response.headers.delete(name);
		return response;
	}
	const range = holdsIfRange(requestHeaders, validators.ETag, modified) ? requestHeaders.get("Range") : null;
	if (range === null && method === "GET") return respond(file.body);
	await discardBody(file);
	if (range === null) return respond(null);
	const part = readPart(range, Number(file.headers.get("Content-Length")));
	if (part === undefined || file.headers.get("Accept-Ranges") !== "bytes") return undefined;
	const body = isRemembered(file) ? slicePart(file, part) : await matchPart(part, validators, findPart);
	if (body === undefined) return undefined;
	const response = respond(body, 206);
	response.headers.delete("Accept-Ranges");
	response.headers.set("Content-Range", part.contentRange);
	response.headers.set("Content-Length", String(part.last - part.first + 1));
	return response;
}

function isNotModified(requestHeaders: Headers, tag: string | null, modified: number | undefined): boolean {
	const since = requestHeaders.get("If-Modified-Since");
	const tags = requestHeaders.get("If-None-Match");
	if (since === null && tags === null) return false;
	// nginx's default is `if_modified_since exact`.
	if (since !== null && parseHttpTime(since) !== modified) return false;
	if (tags === null || tags === "*") return true;
	const etag = tag?.replace(WEAK, "");
	if (etag === undefined) return false;
	const strongTags = tags.split(/,[ \t,]*/).map((tag) => tag.replace(WEAK, ""));
	return strongTags.some((tag) => tag.startsWith(etag) && /^[ \t]*$/.test(tag.slice(etag.length)));
}

/** nginx compares a tag byte by byte, and a date by its second (`ngx_http_range_header_filter`). */
function holdsIfRange(requestHeaders: Headers, etag: string | null, modified: number | undefined): boolean {
	const condition = requestHeaders.get("If-Range");
	if (condition === null) return true;
	const isTag = condition.length >= 2 && condition.endsWith('"');
	return isTag ? condition === etag : parseHttpTime(condition) === modified;
}
