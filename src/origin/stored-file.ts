/**
 * Answers from a stored file as nginx answers from the file itself: conditions, parts, the name to save it
 * under. What is asked in a way that is not plain goes to the origin.
 * Sources: nginx `ngx_http_not_modified_header_filter`, `ngx_http_range_header_filter`.
 */
import { DISPOSITION, type FileStore } from "./file-store.ts";
import { isRead } from "./forward.ts";

/** One part of it; several are the origin's. */
const PART = /^bytes=(?:(\d{1,15})-(\d{0,15})|-(\d{1,15}))$/;

export function mayAnswerStored(request: Request): boolean {
	const { method, headers } = request;
	const range = headers.get("Range");
	const isPlain = range === null || (method === "GET" && PART.test(range));
	return isRead(request) && isPlain && !headers.has("If-Match") && !headers.has("If-Unmodified-Since");
}

/** Whether the origin's answer may be another than the whole file. */
export function asksForPart({ method, headers }: Request): boolean {
	return (
		method !== "GET" || ["Range", "If-None-Match", "If-Modified-Since"].some((name) => headers.has(name))
	);
}

/** Asks the origin whether the file is still the stored one. */
export function conditionalOn({ headers: stored }: Response, request: Request): Request {
	const conditional = wholeOf(request);
	const { headers } = conditional;
	const etag = stored.get("ETag");
	const modified = stored.get("Last-Modified");
	headers.delete("Range");
	headers.delete("If-Range");
	headers.delete("If-None-Match");
	headers.delete("If-Modified-Since");
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

/**
 * @param stored the whole file
 * @param filename as in the query, raw
 * @returns `undefined` where the origin has to answer
 */
export async function answerStored(
	{ method, headers: asked }: Request,
	stored: Response,
	filename: string,
	find: FileStore["find"],
): Promise<Response | undefined> {
	const headers = new Headers(stored.headers);
	headers.delete("CF-Cache-Status");
	if (headers.has("Content-Disposition")) headers.set("Content-Disposition", DISPOSITION + filename);
	const isKnown = isNotModified(asked, headers);
	const range = isKnown ? undefined : partOf(asked, headers);
	if (!isKnown && method === "GET" && range === undefined) return new Response(stored.body, { headers });

	await stored.body?.cancel();
	if (isKnown) {
		for (const name of ["Content-Type", "Content-Length", "Accept-Ranges"]) headers.delete(name);
		return new Response(null, { status: 304, headers });
	}
	if (range === undefined) return new Response(null, { headers });
	const part = await find(range);
	if (part?.status !== 206) return void part?.body?.cancel();
	for (const name of ["Content-Range", "Content-Length"]) headers.set(name, part.headers.get(name) ?? "");
	return new Response(part.body, { status: 206, headers });
}

function isNotModified(asked: Headers, stored: Headers): boolean {
	const since = asked.get("If-Modified-Since");
	const tags = asked.get("If-None-Match");
	if (since === null && tags === null) return false;
	// nginx's default is `if_modified_since exact`.
	if (since !== null && Date.parse(since) !== Date.parse(stored.get("Last-Modified") ?? "")) return false;
	if (tags === null || tags === "*") return true;
	const strong = (tag: string) => tag.trim().replace(/^W\//, "");
	const etag = stored.get("ETag");
	return etag !== null && tags.split(",").some((tag) => strong(tag) === strong(etag));
}

/** @returns `undefined` for the whole file */
function partOf(asked: Headers, stored: Headers): string | undefined {
	const range = asked.get("Range") ?? undefined;
	const condition = asked.get("If-Range");
	if (condition === null || range === undefined) return range;
	const isStored = condition.endsWith('"')
		? condition === stored.get("ETag")
		: Date.parse(condition) === Date.parse(stored.get("Last-Modified") ?? "");
	return isStored ? range : undefined;
}
