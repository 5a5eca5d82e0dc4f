/**
 * Finds a file in one of two levels, and caches it in both. The first level is this isolate's memory, for small files
 * that never change. The second is the platform's cache.
 *
 * Only verified requests may come here.
 */
import type { Fault } from "../verdict.ts";
import { type CachingRules, FRESH_UNTIL, headersToCache } from "./caching-rules.ts";
import { collectBody, forkBody } from "./fork-body.ts";
import { createFileMemory, type RememberedFile, SMALL_FILE_BYTES } from "./memory.ts";
import { deleteFile, matchFile, putFile, putWhole } from "./platform-cache.ts";
import { labelHit, labelResponse } from "./response-headers.ts";

/** A whole file. Each response copies its headers. */
export type FoundFile = RememberedFile | Pick<Response, "headers" | "body">;

export const isRemembered = (file: FoundFile): file is RememberedFile => file.body instanceof Blob;

/** For a file whose body is not sent: the platform would keep an unread body open. */
export async function discardBody(file: FoundFile): Promise<void> {
	if (!isRemembered(file)) await file.body?.cancel();
}

export interface CachedFile {
	/** @returns no promise for a file in the memory */
	readonly find: () => RememberedFile | Promise<FoundFile | undefined>;
	/** Finds a part of a file that is not in the memory. @param range value of a `Range` header */
	readonly findPart: (range: string) => Promise<Response | undefined>;
	/**
	 * Caches a response while the client reads it, if it may be cached.
	 *
	 * @param onSettled called when the file is cached, or will not be
	 * @returns the response for the client, labelled as a miss
	 */
	readonly keep: (response: Response, onSettled?: () => void) => Response | Fault;
	/** Drops a file that the origin has replaced. Else each part of the file would cost two requests to the origin. */
	readonly forget: () => Promise<void>;
}

const memory = createFileMemory();

/**
 * @param uri nginx's `$uri`, one character per byte
 * @param originUrls part of the cache key: another origin may hold another file under this path
 */
export const cacheKeyOf = (host: string, uri: string, originUrls: readonly string[]): string =>
	`https://${host}/${encodeURIComponent(uri)}?${encodeURIComponent(originUrls.join())}`;

export function openCachedFile(cacheKey: string, rules: CachingRules): CachedFile {
	const { neverChanges, clock, waitUntil } = rules;
	const findInPlatform = async (): Promise<FoundFile | undefined> => {
		const readAfter = memory.changes();
		const found = await matchFile(cacheKey);
		const expiresMs = Number(found?.headers.get(FRESH_UNTIL));
		const mayRemember = found && neverChanges && isSmall(found.headers) && clock() < expiresMs;
		if (!mayRemember) return found;
		const body = await readWhole(found);
		if (body === undefined) return undefined;
		const file = toRemember(body, found.headers, expiresMs);
		memory.remember(cacheKey, file, readAfter);
		return file;
	};
	const cacheSmall = async (collected: Promise<Blob | undefined>, headers: Headers) => {
		const body = await collected;
		if (body === undefined) return;
		// Without a cache of the platform, as on `workers.dev`, the memory still holds the file.
		await putFile(cacheKey, body, headers).catch(() => undefined);
		const expiresMs = Number(headers.get(FRESH_UNTIL));
		if (neverChanges) memory.remember(cacheKey, toRemember(body, headers, expiresMs));
	};
	return {
		find: () => memory.recall(cacheKey, clock()) ?? findInPlatform(),
		findPart: (range) => matchFile(cacheKey, range),
		keep: (response, onSettled = () => undefined) => {
			const headers = headersToCache(response, rules);
			if (headers === undefined || response.body === null) {
				onSettled();
				return labelResponse(response, "miss");
			}
			const keepBy = (forClient: ReadableStream, work: Promise<void>) => {
				waitUntil(work.then(onSettled, onSettled));
				return labelResponse(response, "miss", forClient);
			};
			const lengthBytes = lengthOf(headers);
			if (isSmall(headers)) {
				const { first, collected } = collectBody(response.body, lengthBytes);
				return keepBy(first, cacheSmall(collected, headers));
			}
			const fork = forkBody(response.body, lengthBytes);
			// The memory may hold a smaller file that this one replaces.
			const forget = () => void (neverChanges && memory.forget(cacheKey));
			return keepBy(fork.first, putWhole(cacheKey, fork, headers).finally(forget));
		},
		forget: async () => {
			await deleteFile(cacheKey);
			memory.forget(cacheKey);
		},
	};
}

const lengthOf = (headers: Headers) => Number(headers.get("Content-Length") ?? Number.NaN);
const isSmall = (headers: Headers) => lengthOf(headers) <= SMALL_FILE_BYTES;

/** @returns `undefined` if the body breaks off */
async function readWhole(file: Response): Promise<Blob | undefined> {
	const body = await file.blob().catch(() => undefined);
	return body?.size === lengthOf(file.headers) ? body : undefined;
}

function toRemember(body: Blob, cached: Headers, expiresMs: number): RememberedFile {
	const headers = new Headers(cached);
	labelHit(headers);
	return { headers, body, expiresMs };
}
