/** The memory and the platform's cache answer a request alike: status, headers, body, and requests to the origin. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { FRESH_UNTIL } from "../../../src/file-cache/caching-rules.ts";
import { matchFile } from "../../../src/file-cache/platform-cache.ts";
import { BINDINGS } from "../support/call-edge.ts";
import { ask, BODY, cacheIn, DATE, file, keyOf, newUri, putInPlatform, sign } from "./media-files.ts";

beforeEach(() => void vi.spyOn(caches, "open"));
afterEach(() => void vi.restoreAllMocks());

/** Without the end of its time, no isolate remembers a file. */
async function cacheInPlatform(uri: string, response: () => Response): Promise<void> {
	const source = newUri();
	await cacheIn(source, response);
	const { headers, body = null } = (await matchFile(keyOf(source))) ?? new Response();
	const plain = new Headers(headers);
	plain.delete(FRESH_UNTIL);
	await putInPlatform(uri, new Response(body, { headers: plain }));
}
const LEVELS = [
	["the memory", cacheIn, false],
	["the platform's cache", cacheInPlatform, true],
] as const;

interface Row {
	readonly headers?: Record<string, string>;
	readonly method?: string;
	/** The file of the origin while it is cached. */
	readonly cached?: Record<string, string>;
	readonly origin?: () => Response;
}
const TAG = { "If-None-Match": '"e"' };
const PART = { Range: "bytes=0-2" };
const RELOAD = { "Cache-Control": "no-cache" };
const same = () => new Response(null, { status: 304, headers: { "X-New": "1", "Set-Cookie": "a=1" } });
const changed = () => file("changed");

/** Miniflare's cache writes its own date. */
const visible = ({ headers }: Response) => [...headers].filter(([name]) => name !== "date");

// biome-ignore format: a table
it.each<[string, Row, status: number, outcome: string, body: string]>([
	["the whole file", {}, 200, "hit", BODY],
	["HEAD", { method: "HEAD" }, 200, "hit", ""],
	["the first bytes", { headers: PART }, 206, "hit", "012"],
	["bytes of the middle", { headers: { Range: "bytes=3-4" } }, 206, "hit", "34"],
	["the last bytes", { headers: { Range: "bytes=-2" } }, 206, "hit", "89"],
	["to beyond the end", { headers: { Range: "bytes=8-99" } }, 206, "hit", "89"],
	["the whole file as a part", { headers: { Range: "bytes=0-" } }, 206, "hit", BODY],
	["a part beyond the end", { headers: { Range: "bytes=10-" } }, 200, "bypass", "origin"],
	["several parts", { headers: { Range: "bytes=0-1,3-4" } }, 200, "bypass", "origin"],
	["a part by HEAD", { method: "HEAD", headers: PART }, 200, "bypass", ""],
	["a part of a file without Accept-Ranges", { headers: PART, cached: { "Accept-Ranges": "none" } }, 200, "bypass", "origin"],
	["If-Range: the tag", { headers: { ...PART, "If-Range": '"e"' } }, 206, "hit", "012"],
	["If-Range: another tag", { headers: { ...PART, "If-Range": '"x"' } }, 200, "hit", BODY],
	["If-Range: the date", { headers: { ...PART, "If-Range": DATE } }, 206, "hit", "012"],
	["If-None-Match: the tag", { headers: TAG }, 304, "hit", ""],
	["If-None-Match: the tag, weak", { headers: { "If-None-Match": 'W/"e"' } }, 304, "hit", ""],
	["If-None-Match: another tag", { headers: { "If-None-Match": '"x"' } }, 200, "hit", BODY],
	["If-Modified-Since: the date", { headers: { "If-Modified-Since": DATE } }, 304, "hit", ""],
	["If-Modified-Since: a later date", { headers: { "If-Modified-Since": "Tue, 14 Nov 2023 22:13:21 GMT" } }, 200, "hit", BODY],
	["a condition for a file without Last-Modified", { headers: TAG, cached: { "Last-Modified": "" } }, 200, "bypass", "origin"],
	["If-Match", { headers: { "If-Match": '"e"' } }, 200, "bypass", "origin"],
	["a reload", { headers: RELOAD, origin: same }, 200, "revalidated", BODY],
	["a reload by HEAD", { method: "HEAD", headers: RELOAD, origin: same }, 200, "revalidated", ""],
	["a reload of a part", { headers: { ...RELOAD, ...PART }, origin: same }, 206, "revalidated", "012"],
	["a reload with the tag", { headers: { ...RELOAD, ...TAG }, origin: same }, 304, "revalidated", ""],
	["a reload of a part, of a file with a new tag", { headers: { ...RELOAD, ...PART, "If-Range": '"e"' }, origin: () => new Response(null, { status: 304, headers: { ETag: '"n"' } }) }, 200, "revalidated", BODY],
	["a reload of a changed file", { headers: RELOAD, origin: changed }, 200, "miss", "changed"],
	["a reload of a changed file's part", { headers: { ...RELOAD, ...PART }, origin: changed }, 200, "miss", "changed"],
	["a reload of a file that is gone", { headers: RELOAD, origin: () => new Response("gone", { status: 404 }) }, 404, "miss", "gone"],
])("%s", async (_, { headers = {}, method = "GET", cached, origin }, status, outcome, body) => {
	const seen = [];
	for (const [level, cache, asksPlatform] of LEVELS) {
		const uri = newUri();
		await cache(uri, () => file(BODY, cached));
		const { response, asked } = await ask(sign(uri, { filename: "%C3%A4.png" }), { method, headers }, BINDINGS, origin);
		const text = await response.text();
		expect([level, response.status, asked.outcome, text]).toEqual([level, status, outcome, body]);
		expect(response.headers.get("Cache-Control")).toBe(status < 400 ? "private" : null);
		if (outcome === "hit") {
			expect([level, asked.asksPlatform]).toEqual([level, asksPlatform]);
			expect(response.headers.get("Content-Disposition")).toBe("attachment; filename*=UTF-8''%C3%A4.png");
		}
		seen.push({ status: response.status, headers: visible(response), text, forwarded: asked.forwarded });
	}
	expect(seen[0]).toEqual(seen[1]);
	expect(seen.flatMap((one) => one.headers).filter(([name]) => name === FRESH_UNTIL.toLowerCase())).toEqual([]);
});
