/**
 * The weak ETag that Express adds to every response, and its 304 for a client that has this response already.
 * Sources: `etag`, `fresh` (RFC 9110 §13.1.2), Express `res.send`.
 */
import { Buffer } from "node:buffer";
import { hash } from "node:crypto";

/** Most refusals are one of a few short texts, so their ETags are kept. */
const KNOWN_LIMIT = 100;
const KNOWN_CHARACTERS = 200;
const known = new Map<string, string>();

export function weakEtag(body: string): string {
	const etag = known.get(body) ?? hashEtag(body);
	if (known.size < KNOWN_LIMIT && body.length <= KNOWN_CHARACTERS) known.set(body, etag);
	return etag;
}

function hashEtag(body: string): string {
	const length = Buffer.from(body, "utf8").length.toString(16);
	return `W/"${length}-${hash("sha1", body, "base64").slice(0, 27)}"`;
}

/** Only a response of 200 to GET or HEAD becomes 304. */
export function isNotModified(request: Request, status: number, etag: string | undefined): boolean {
	if (status !== 200 || (request.method !== "GET" && request.method !== "HEAD")) return false;
	const ifNoneMatch = request.headers.get("If-None-Match");
	if (ifNoneMatch === null) return false;
	if (/(?:^|,)\s*no-cache\s*(?:,|$)/.test(request.headers.get("Cache-Control") ?? "")) return false;
	if (ifNoneMatch === "*") return true;
	return ifNoneMatch.split(",").some((tag) => tag.trim() === etag || `W/${tag.trim()}` === etag);
}
