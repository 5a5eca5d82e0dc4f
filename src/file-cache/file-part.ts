/**
 * Reads a `Range` header as nginx does, and finds the bytes of that part of a cached file.
 *
 * Requests for several parts go to the origin. Source: nginx `ngx_http_range_header_filter`.
 */
import type { CachedFile } from "./cached-file.ts";
import type { RememberedFile } from "./memory.ts";

/** One part, written without spaces. nginx accepts more forms, and requests in those forms go to the origin. */
const PART = /^bytes=(?:(\d{1,15})-(\d{0,15})|-(\d{1,15}))$/;

export const isOnePart = (range: string): boolean => PART.test(range);

export interface Part {
	readonly first: number;
	readonly last: number;
	readonly contentRange: string;
}

/**
 * Reads a range as nginx `ngx_http_range_parse`.
 *
 * @returns `undefined` for a part that nginx refuses; an empty file has no parts
 */
export function readPart(range: string, lengthBytes: number): Part | undefined {
	const [, start, end, suffix] = PART.exec(range) ?? [];
	const first = suffix === undefined ? Number(start) : Math.max(0, lengthBytes - Number(suffix));
	const last = end ? Math.min(Number(end), lengthBytes - 1) : lengthBytes - 1;
	return first <= last ? { first, last, contentRange: `bytes ${first}-${last}/${lengthBytes}` } : undefined;
}

export const slicePart = ({ body }: RememberedFile, { first, last }: Part): Blob =>
	body.slice(first, last + 1);

/**
 * Takes a part from the platform's cache.
 *
 * @param validators `ETag` and `Last-Modified` of the whole file
 * @returns `undefined` if the cache does not have this part of this file
 */
export async function matchPart(
	{ first, last, contentRange }: Part,
	validators: Readonly<Record<string, string | null>>,
	findPart: CachedFile["findPart"],
): Promise<ReadableStream | undefined> {
	const found = await findPart(`bytes=${first}-${last}`);
	// Another request may have replaced the cached file, and the platform may read the range differently.
	const isSame = Object.entries(validators).every(([name, value]) => found?.headers.get(name) === value);
	const isPart = found?.status === 206 && found.headers.get("Content-Range") === contentRange;
	if (isSame && isPart) return found.body ?? undefined;
	return void (await found?.body?.cancel());
}
