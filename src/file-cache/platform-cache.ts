/**
 * Reads and writes files in the platform's cache.
 *
 * The edge uses the Cache API because Workers Cache answers in front of the Worker's code, where no link has been
 * checked. A cache that keeps nothing, as on `workers.dev`, is no error: the file is just not found.
 */
import type { Fork } from "./fork-body.ts";

const CACHE_NAME = "verified-files";

/** @param range value of a `Range` header, for a part of the file */
export async function matchFile(cacheKey: string, range?: string): Promise<Response | undefined> {
	try {
		const cache = await caches.open(CACHE_NAME);
		const init = range === undefined ? {} : { headers: { Range: range } };
		return await cache.match(new Request(cacheKey, init));
	} catch {
		return undefined;
	}
}

export async function putFile(cacheKey: string, body: Blob, headers: Headers): Promise<void> {
	const cache = await caches.open(CACHE_NAME);
	await cache.put(cacheKey, new Response(body, { headers }));
}

/**
 * Caches a file only when all of it has arrived. A platform may keep the beginning of a file that breaks off, so the
 * file first gets a temporary cache key.
 */
export async function putWhole(
	cacheKey: string,
	{ second, isWhole, drop }: Fork,
	headers: Headers,
): Promise<void> {
	const temporaryKey = `${cacheKey}&part=${crypto.randomUUID()}`;
	let cache: Cache;
	try {
		cache = await caches.open(CACHE_NAME);
		await cache.put(temporaryKey, new Response(second, { headers }));
	} finally {
		// The client must not wait for a cache that has stopped reading.
		drop();
	}
	if (!(await isWhole)) return;
	const whole = await cache.match(temporaryKey);
	// The headers of the match describe the temporary file, so the file keeps its own.
	if (whole) await cache.put(cacheKey, new Response(whole.body, { headers }));
	await cache.delete(temporaryKey);
}

export async function deleteFile(cacheKey: string): Promise<void> {
	try {
		await (await caches.open(CACHE_NAME)).delete(cacheKey);
	} catch {
		// The old file stays until its time is over. This costs requests to the origin, but serves no old file.
	}
}
