/**
 * Finds a file in the platform's cache, caches it, and lets only one request at a time fetch it.
 *
 * Only verified requests may come here. The edge uses the Cache API because Workers Cache answers in front of the
 * Worker's code, where no link has been checked. A cache that keeps nothing, as on `workers.dev`, is no error: the file
 * is just not found.
 */

import type { ForwardContext } from "../origin/forward.ts";
import type { Fault } from "../verdict.ts";
import { type Fork, forkBody } from "./fork-body.ts";
import { dropTargeted, freshSeconds } from "./freshness.ts";

const CACHE_NAME = "verified-files";
/** How long a request waits for another one that is fetching the same file. */
const FILL_WAIT_MS = 5000;
/** nginx's `add_header` for cached files. The file name behind it comes from each request. */
export const DISPOSITION = "attachment; filename*=UTF-8''";

export interface CachedFile {
	/** @param range value of a `Range` header, for a part of the file */
	readonly find: (range?: string) => Promise<Response | undefined>;
	/** Waits for a request that is fetching the file, if there is one, and finds the file then. */
	readonly awaitFill: () => Promise<Response | undefined>;
	readonly isBeingFilled: () => boolean;
	/** Fetches the file while other requests wait. */
	readonly fill: (
		fetchFile: () => Promise<Response | Fault>,
		rules: CachingRules,
	) => Promise<Response | Fault>;
	/**
	 * Caches a response while the client reads it, if it may be cached.
	 *
	 * @param onSettled called when the file is cached, or will not be
	 * @returns the response for the client
	 */
	readonly keep: (response: Response, rules: CachingRules, onSettled?: () => void) => Response;
	/** Drops a file that the origin has replaced. Else each part of the file would cost two requests to the origin. */
	readonly forget: () => Promise<void>;
}

export interface CachingRules extends Pick<ForwardContext, "waitUntil" | "clock"> {
	readonly seconds: number;
	/** Whether the file may change. Without `ETag` or `Last-Modified`, the origin cannot be asked whether it has. */
	readonly needsValidator: boolean;
	/** `filename` of the query, not decoded. */
	readonly filename: string;
}

/** The files that this isolate is fetching. */
const fills = new Map<string, Promise<void>>();

/**
 * @param uri nginx's `$uri`, one character per byte
 * @param originUrls part of the cache key: another origin may hold another file under this path
 */
export function openCachedFile(host: string, uri: string, originUrls: readonly string[]): CachedFile {
	const cacheKey = `https://${host}/${encodeURIComponent(uri)}?${encodeURIComponent(originUrls.join())}`;
	const endFill = (fill: Promise<void>) => {
		if (fills.get(cacheKey) === fill) fills.delete(cacheKey);
	};
	const find: CachedFile["find"] = async (range) => {
		try {
			const cache = await caches.open(CACHE_NAME);
			const init = range === undefined ? {} : { headers: { Range: range } };
			return await cache.match(new Request(cacheKey, init));
		} catch {
			return undefined;
		}
	};
	const keep: CachedFile["keep"] = (response, rules, onSettled = () => undefined) => {
		const seconds = cacheableSeconds(response, rules);
		if (seconds === 0 || response.body === null) {
			onSettled();
			return response;
		}
		const headers = new Headers(response.headers);
		dropTargeted(headers);
		headers.set("Cache-Control", `public, max-age=${seconds}`);
		if (headers.has("Content-Disposition")) headers.set("Content-Disposition", DISPOSITION);
		const fork = forkBody(response.body, Number(headers.get("Content-Length")));
		rules.waitUntil(putWhole(cacheKey, fork, headers).then(onSettled, onSettled));
		return new Response(fork.first, response);
	};
	return {
		find,
		keep,
		forget: async () => {
			try {
				await (await caches.open(CACHE_NAME)).delete(cacheKey);
			} catch {
				// The old file stays until its time is over. This costs requests to the origin, but serves no old file.
			}
		},
		isBeingFilled: () => fills.has(cacheKey),
		awaitFill: async () => {
			const fill = fills.get(cacheKey);
			if (fill === undefined) return undefined;
			await Promise.race([fill, new Promise((resolve) => setTimeout(resolve, FILL_WAIT_MS))]);
			// The client that started the fill may have left. Later requests must not wait for it.
			endFill(fill);
			return find();
		},
		fill: async (fetchFile, rules) => {
			const { promise, resolve } = Promise.withResolvers<void>();
			fills.set(cacheKey, promise);
			const end = () => {
				endFill(promise);
				resolve();
			};
			const outcome = await fetchFile();
			if (typeof outcome !== "string") return keep(outcome, rules, end);
			end();
			return outcome;
		},
	};
}

/**
 * Caches a file only when all of it has arrived. A platform may keep the beginning of a file that breaks off, so the
 * file first gets a temporary cache key.
 */
async function putWhole(cacheKey: string, { second, isWhole, drop }: Fork, headers: Headers): Promise<void> {
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

/** @returns whole seconds; 0: not at all */
function cacheableSeconds({ status, headers }: Response, rules: CachingRules): number {
	const { seconds, needsValidator, filename, clock } = rules;
	const textOf = (name: string) => headers.get(name) ?? "";
	const isWhole =
		status === 200 && /^\d+$/.test(textOf("Content-Length")) && !headers.has("Content-Encoding");
	const isForAll = !headers.has("Set-Cookie") && /^(?:accept-encoding)?$/i.test(textOf("Vary"));
	const hasNginxDisposition = ["", DISPOSITION + filename].includes(textOf("Content-Disposition"));
	const canBeAskedFor = !needsValidator || headers.has("ETag") || headers.has("Last-Modified");
	if (!isWhole || !isForAll || !hasNginxDisposition || !canBeAskedFor) return 0;
	return freshSeconds(headers, seconds, clock());
}
