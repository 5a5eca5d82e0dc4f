/**
 * Answers from a stored file as nginx answers from the file itself: conditions, parts, the name to save it
 * under. Requests for several parts, and those whose answer nginx alone can give, go to the origin.
 * Sources: nginx `ngx_http_not_modified_header_filter`, `ngx_http_range_header_filter`.
 */

import { isRead } from "../origin/retry.ts";
import { type CachedFile, DISPOSITION } from "./cached-file.ts";
import { parseHttpTime } from "./http-time.ts";
import { updateHeaders } from "./response-headers.ts";

/** One part, written without spaces. nginx takes more; the origin answers those. */
const PART = /^bytes=(?:(\d{1,15})-(\d{0,15})|-(\d{1,15}))$/;
const WEAK = /^W\//;
const CONDITIONS = ["Range", "If-Range", "If-None-Match", "If-Modified-Since"];

export function mayRespondFromCache(request: Request): boolean {
	const { method, headers } = request;
	const range = headers.get("Range");
	const isPlain = range === null || (method === "GET" && PART.test(range));
	return isRead(request) && isPlain && !headers.has("If-Match") && !headers.has("If-Unmodified-Since");
}

/** Whether the origin's answer may be another than the whole file. */
export function asksForPart({ method, headers }: Request): boolean {
	return method !== "GET" || CONDITIONS.some((name) => headers.has(name));
}

/** Asks the origin whether the file is still the stored one. */
export function conditionalOn({ headers: stored }: Response, request: Request): Request {
	const conditional = wholeOf(request);
	const { headers } = conditional;
	for (const name of CONDITIONS) headers.delete(name);
	const etag = stored.get("ETag");
	const modified = stored.get("Last-Modified");
	if (etag !== null) headers.set("If-None-Match", etag);
	if (modified !== null) headers.set("If-Modified-Since", modified);
	return conditional;
}

/** A stored file is not compressed: the platform does that for each client. */
export function wholeOf(request: Request): Request {
	const whole = new Request(request);
	whole.headers.set("Accept-Encoding", "identity");
	return whole;
}

interface Stored {
	/** As in the query, raw. */
	readonly filename: string;
	/** Headers of the origin's 304, if it was asked. */
	readonly confirmed: Headers | undefined;
	readonly find: CachedFile["find"];
}

/**
 * @param stored the whole file
 * @returns `undefined` where the origin has to answer
 */
export async function respondFromCache(
	{ method, headers: asked }: Request,
	stored: Response,
	{ filename, confirmed, find }: Stored,
): Promise<Response | undefined> {
	const headers = updateHeaders(stored.headers, confirmed);
	headers.delete("CF-Cache-Status");
	if (headers.has("Content-Disposition")) headers.set("Content-Disposition", DISPOSITION + filename);
	const modified = parseHttpTime(headers.get("Last-Modified") ?? "");
	const hasCondition = CONDITIONS.some((name) => asked.has(name));
	if (!hasCondition && method === "GET") return new Response(stored.body, { headers });
	if (modified === undefined && hasCondition) return void (await stored.body?.cancel());

	if (isNotModified(asked, headers, modified)) {
		await stored.body?.cancel();
		for (const name of ["Content-Type", "Content-Length", "Accept-Ranges"]) headers.delete(name);
		return new Response(null, { status: 304, headers });
	}
	const range = holdsIfRange(asked, headers, modified) ? asked.get("Range") : null;
	if (range === null && method === "GET") return new Response(stored.body, { headers });
	await stored.body?.cancel();
	return range === null ? new Response(null, { headers }) : answerPart(range, headers, find);
}

async function answerPart(
	range: string,
	headers: Headers,
	find: CachedFile["find"],
): Promise<Response | undefined> {
	const lengthBytes = Number(headers.get("Content-Length"));
	const span = readPart(range, lengthBytes);
	if (span === undefined || headers.get("Accept-Ranges") !== "bytes") return undefined;
	const part = await find(`bytes=${span.first}-${span.last}`);
	const contentRange = `bytes ${span.first}-${span.last}/${lengthBytes}`;
	// The platform may hold another file under this name by now, or read the range in its own way.
	const isSame = ["ETag", "Last-Modified"].every((name) => part?.headers.get(name) === headers.get(name));
	const isPart = part?.status === 206 && part.headers.get("Content-Range") === contentRange;
	if (!isSame || !isPart) return void (await part?.body?.cancel());
	headers.delete("Accept-Ranges");
	headers.set("Content-Range", contentRange);
	headers.set("Content-Length", String(span.last - span.first + 1));
	return new Response(part.body, { status: 206, headers });
}

/** As `ngx_http_range_parse`. @returns `undefined` for a part that nginx refuses, and of an empty file */
function readPart(range: string, lengthBytes: number): { first: number; last: number } | undefined {
	const [, start, end, suffix] = PART.exec(range) ?? [];
	const first = suffix === undefined ? Number(start) : Math.max(0, lengthBytes - Number(suffix));
	const last = end ? Math.min(Number(end), lengthBytes - 1) : lengthBytes - 1;
	return first <= last ? { first, last } : undefined;
}

function isNotModified(asked: Headers, stored: Headers, modified: number | undefined): boolean {
	const since = asked.get("If-Modified-Since");
	const tags = asked.get("If-None-Match");
	if (since === null && tags === null) return false;
	// nginx's default is `if_modified_since exact`.
	if (since !== null && parseHttpTime(since) !== modified) return false;
	if (tags === null || tags === "*") return true;
	const etag = stored.get("ETag")?.replace(WEAK, "");
	if (etag === undefined) return false;
	const rests = tags.split(/,[ \t,]*/).map((tag) => tag.replace(WEAK, ""));
	return rests.some((tag) => tag.startsWith(etag) && /^[ \t]*$/.test(tag.slice(etag.length)));
}

/** A tag has to be the same to the byte (RFC 9110 §13.1.5 has no weak comparison here), a date the same second. */
function holdsIfRange(asked: Headers, stored: Headers, modified: number | undefined): boolean {
	const condition = asked.get("If-Range");
	if (condition === null) return true;
	const isTag = condition.length >= 2 && condition.endsWith('"');
	return isTag ? condition === stored.get("ETag") : parseHttpTime(condition) === modified;
}
