/**
 * Lets only one request of this isolate at a time fetch a file. The others wait until it is cached. Isolates do not know
 * of each other's fetches.
 */
import type { Fault } from "../verdict.ts";
import type { CachedFile } from "./cached-file.ts";

/** How long a request waits for another one that is fetching the same file. */
const WAIT_MS = 5000;

/** The files that this isolate is fetching. */
const fills = new Map<string, Promise<void>>();

export const isBeingFilled = (cacheKey: string): boolean => fills.has(cacheKey);

/** Fetches a file while other requests wait, until it is cached or will not be. */
export async function fill(
	cacheKey: string,
	fetchFile: () => Promise<Response | Fault>,
	keep: CachedFile["keep"],
): Promise<Response | Fault> {
	const { promise, resolve } = Promise.withResolvers<void>();
	fills.set(cacheKey, promise);
	const end = () => {
		endFill(cacheKey, promise);
		resolve();
	};
	const outcome = await fetchFile();
	if (typeof outcome !== "string") return keep(outcome, end);
	end();
	return outcome;
}

/** @returns whether there was a request to wait for */
export async function waitForFill(cacheKey: string): Promise<boolean> {
	const fill = fills.get(cacheKey);
	if (fill === undefined) return false;
	await Promise.race([fill, new Promise((resolve) => setTimeout(resolve, WAIT_MS))]);
	// The client that started the fill may have left. Later requests must not wait for it.
	endFill(cacheKey, fill);
	return true;
}

function endFill(cacheKey: string, fill: Promise<void>): void {
	if (fills.get(cacheKey) === fill) fills.delete(cacheKey);
}
