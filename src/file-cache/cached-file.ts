/**
 * One file in the platform's cache: found, stored, and fetched by one request at a time.
 *
 * The Cache API and not Workers Cache: that one answers in front of a Worker's entry, where no link has
 * been checked. What the platform does not keep (on `workers.dev` it keeps nothing) is only not found.
 */

import type { ForwardContext } from "../origin/forward.ts";
import type { Fault } from "../verdict.ts";
import { type Fork, forkBody } from "./fork-body.ts";
import { dropTargeted, freshSeconds } from "./freshness.ts";

const CACHE_NAME = "verified-files";
/** How long a request waits for another that is fetching the same file. */
const FILL_WAIT_MS = 5000;
/** nginx's `add_header` for cached files; what follows is the request's own. */
export const DISPOSITION = "attachment; filename*=UTF-8''";

export interface CachedFile {
	/** @param range for a part of it: the value of a `Range` header */
	readonly find: (range?: string) => Promise<Response | undefined>;
	/** Waits for who is fetching it, if anybody is, and finds it then. */
	readonly awaitFill: () => Promise<Response | undefined>;
	readonly isBeingFilled: () => boolean;
	/** Fetches it while others wait. */
	readonly fill: (
		fetchFile: () => Promise<Response | Fault>,
		storing: StoringRules,
	) => Promise<Response | Fault>;
	/** @returns the answer for the client; it is stored while the client reads it, if it may be */
	readonly keep: (answer: Response, storing: StoringRules, onStored?: () => void) => Response;
	/** Of a file that the origin has replaced: without this, each part of it would cost two requests to the origin. */
	readonly forget: () => Promise<void>;
}

export interface StoringRules extends Pick<ForwardContext, "waitUntil" | "clock"> {
	readonly seconds: number;
	/** Without one it is worth nothing, unless it never changes. */
	readonly needsValidator: boolean;
	/** As in the query, raw. */
	readonly filename: string;
}

/** Who is fetching what, in this isolate. */
const fills = new Map<string, Promise<void>>();

/** @param uri nginx's, one character per byte @param bases of another origin it may be another file */
export function openCachedFile(host: string, uri: string, bases: readonly string[]): CachedFile {
	const key = `https://${host}/${encodeURIComponent(uri)}?${encodeURIComponent(bases.join())}`;
	const endFill = (fill: Promise<void>) => {
		if (fills.get(key) === fill) fills.delete(key);
	};
	const find: CachedFile["find"] = async (range) => {
		try {
			const cache = await caches.open(CACHE_NAME);
			return await cache.match(new Request(key, range === undefined ? {} : { headers: { Range: range } }));
		} catch {
			return undefined;
		}
	};
	const keep: CachedFile["keep"] = (answer, storing, onStored = () => undefined) => {
		const seconds = storableSeconds(answer, storing);
		if (seconds === 0 || answer.body === null) {
			onStored();
			return answer;
		}
		const headers = new Headers(answer.headers);
		dropTargeted(headers);
		headers.set("Cache-Control", `public, max-age=${seconds}`);
		if (headers.has("Content-Disposition")) headers.set("Content-Disposition", DISPOSITION);
		const fork = forkBody(answer.body, Number(headers.get("Content-Length")));
		storing.waitUntil(putWhole(key, fork, headers).then(onStored, onStored));
		return new Response(fork.first, answer);
	};
	return {
		find,
		keep,
		forget: async () => {
			try {
				await (await caches.open(CACHE_NAME)).delete(key);
			} catch {
				// It stays until its time is over; the origin is asked first, as before.
			}
		},
		isBeingFilled: () => fills.has(key),
		awaitFill: async () => {
			const fill = fills.get(key);
			if (fill === undefined) return undefined;
			await Promise.race([fill, new Promise((resolve) => setTimeout(resolve, FILL_WAIT_MS))]);
			// Who began it may be gone.
			endFill(fill);
			return find();
		},
		fill: async (fetchFile, storing) => {
			const { promise, resolve } = Promise.withResolvers<void>();
			fills.set(key, promise);
			const end = () => {
				endFill(promise);
				resolve();
			};
			const answer = await fetchFile();
			if (typeof answer !== "string") return keep(answer, storing, end);
			end();
			return answer;
		},
	};
}

/**
 * A platform may keep what it has of a file that broke off: it comes under a name of its own first, and
 * under the one it is found by when all of it is there.
 */
async function putWhole(key: string, { second, isWhole, drop }: Fork, headers: Headers): Promise<void> {
	const partKey = `${key}&part=${crypto.randomUUID()}`;
	let cache: Cache;
	try {
		cache = await caches.open(CACHE_NAME);
		await cache.put(partKey, new Response(second, { headers }));
	} finally {
		// The client must not wait for a cache that reads no further.
		drop();
	}
	if (!(await isWhole)) return;
	const whole = await cache.match(partKey);
	// With its own headers: those of the cache speak of the part.
	if (whole) await cache.put(key, new Response(whole.body, { headers }));
	await cache.delete(partKey);
}

/** @returns 0: not at all */
function storableSeconds({ status, headers }: Response, storing: StoringRules): number {
	const { seconds, needsValidator, filename, clock } = storing;
	const textOf = (name: string) => headers.get(name) ?? "";
	const isWhole =
		status === 200 && /^\d+$/.test(textOf("Content-Length")) && !headers.has("Content-Encoding");
	const isForAll = !headers.has("Set-Cookie") && /^(?:accept-encoding)?$/i.test(textOf("Vary"));
	const isNginxs = ["", DISPOSITION + filename].includes(textOf("Content-Disposition"));
	const canBeAskedFor = !needsValidator || headers.has("ETag") || headers.has("Last-Modified");
	if (!isWhole || !isForAll || !isNginxs || !canBeAskedFor) return 0;
	return freshSeconds(headers, seconds, clock());
}
