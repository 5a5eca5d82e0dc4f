/**
 * How long a response may be cached: never longer than its strictest header says. The cache must not overrule an
 * operator who forbids or limits caching at the origin.
 */
import { describe, expect, it } from "vitest";
import { asksForReload, dropTargeted, freshSeconds, setPrivate } from "../../../src/file-cache/freshness.ts";
import { NOW_SECONDS } from "../support/keys.ts";

const LIMIT = 3600;
const at = (seconds: number) => new Date((NOW_SECONDS + seconds) * 1000).toUTCString();
const NOW = { Date: at(0) };

// biome-ignore format: a table
const ROWS: [headers: Record<string, string>, seconds: number][] = [
	[{}, LIMIT],
	[NOW, LIMIT],
	[{ "Cache-Control": "public" }, LIMIT],
	[{ "Cache-Control": "must-revalidate, proxy-revalidate" }, LIMIT],
	[{ "Cache-Control": "no-transform, immutable, stale-while-revalidate=99" }, LIMIT],

	[{ "Cache-Control": "no-store" }, 0],
	[{ "Cache-Control": "NO-STORE" }, 0],
	[{ "Cache-Control": "no-cache" }, 0],
	[{ "Cache-Control": "private" }, 0],
	[{ "Cache-Control": "public,max-age=99,private" }, 0],
	[{ "Cache-Control": 'no-cache="Set-Cookie", max-age=60' }, 0],
	[{ "Cache-Control": 'private="X-A", max-age=60' }, 0],
	[{ "Cache-Control": 'x="no-store, private"' }, LIMIT],
	[{ "Cache-Control": 'x="a\\"b", no-store' }, 0],
	[{ "Cache-Control": 'x="no-store' }, 0],
	[{ "Cache-Control": "not-no-store, privately" }, LIMIT],
	[{ Pragma: "no-cache" }, 0],
	[{ Pragma: "No-Cache", "Cache-Control": "max-age=60" }, 0],
	[{ Pragma: "x" }, LIMIT],

	[{ Age: "x5" }, LIMIT],
	[{ Age: "5x" }, LIMIT],
	[{ "X-Accel-Expires": "60x" }, LIMIT],

	[{ "Cache-Control": "max-age=60" }, 60],
	[{ "Cache-Control": "Max-Age=60" }, 60],
	[{ "Cache-Control": 'max-age="60"' }, 60],
	[{ "Cache-Control": "max-age = 60" }, 60],
	[{ "Cache-Control": "public, must-revalidate, max-age=60, x" }, 60],
	[{ "Cache-Control": "max-age=99999" }, LIMIT],
	[{ "Cache-Control": "max-age=99999999999999999999999" }, LIMIT],
	[{ "Cache-Control": "max-age=0" }, 0],
	[{ "Cache-Control": "max-age=00" }, 0],
	[{ "Cache-Control": "max-age" }, 0],
	[{ "Cache-Control": "max-age=" }, 0],
	[{ "Cache-Control": "max-age=-1" }, 0],
	[{ "Cache-Control": "max-age=1.5" }, 0],
	[{ "Cache-Control": "max-age=1e3" }, 0],
	[{ "Cache-Control": "max-age=60, max-age=30" }, 30],
	[{ "Cache-Control": "s-maxage=0" }, 0],
	[{ "Cache-Control": "s-maxage=0, max-age=60" }, 0],
	[{ "Cache-Control": "max-age=0, S-MaxAge=60" }, 60],

	[{ Expires: at(60), ...NOW }, 60],
	[{ Expires: at(60) }, 60],
	[{ Expires: at(0), ...NOW }, 0],
	[{ Expires: at(-60), ...NOW }, 0],
	[{ Expires: "0" }, 0],
	[{ Expires: "-1" }, 0],
	[{ Expires: "" }, 0],
	[{ Expires: "2099-01-01T00:00:00Z" }, 0],
	[{ Expires: "Thu, 01 Jan 1970 00:00:01 GMT" }, 0],
	[{ Expires: at(60), Date: at(-30) }, 60],
	[{ Expires: at(60), Date: at(-300) }, 60],
	[{ Expires: at(60), Date: at(30) }, 30],
	[{ Expires: at(-60), "Cache-Control": "max-age=60", ...NOW }, 60],
	[{ Expires: at(60), "Cache-Control": "max-age=0", ...NOW }, 0],
	[{ Expires: at(60), "Cache-Control": "public" }, 60],

	[{ Age: "100" }, LIMIT - 100],
	[{ Age: "99999" }, 0],
	[{ Age: "x" }, LIMIT],
	[{ Age: "-5" }, LIMIT],
	[{ Age: "50, 10", "Cache-Control": "max-age=60" }, 10],
	[{ Age: "60", "Cache-Control": "max-age=60" }, 0],
	[{ Age: "10", Expires: at(60), ...NOW }, 50],
	[{ "Cache-Control": "max-age=60", Date: at(-20) }, 40],
	[{ "Cache-Control": "max-age=60", Date: at(-90) }, 0],
	[{ "Cache-Control": "max-age=60", Date: at(90) }, 60],
	[{ "Cache-Control": "max-age=60", Date: "x" }, 60],
	[{ Date: at(-999_999) }, LIMIT],

	[{ "X-Accel-Expires": "0" }, 0],
	[{ "X-Accel-Expires": "60" }, 60],
	[{ "X-Accel-Expires": "99999" }, LIMIT],
	[{ "X-Accel-Expires": `@${NOW_SECONDS + 60}` }, 60],
	[{ "X-Accel-Expires": `@${NOW_SECONDS - 60}` }, 0],
	[{ "X-Accel-Expires": "@0" }, 0],
	[{ "X-Accel-Expires": "off" }, LIMIT],
	[{ "X-Accel-Expires": "-1" }, LIMIT],
	[{ "X-Accel-Expires": "0", "Cache-Control": "max-age=60" }, 0],
	[{ "X-Accel-Expires": "60", "Cache-Control": "max-age=0" }, 60],
	[{ "X-Accel-Expires": "60", Expires: "0" }, 60],
	[{ "X-Accel-Expires": "60", "Cache-Control": "no-store" }, 0],

	[{ "CDN-Cache-Control": "no-store", "Cache-Control": "max-age=60" }, 0],
	[{ "CDN-Cache-Control": "max-age=0", "Cache-Control": "s-maxage=60" }, 0],
	[{ "CDN-Cache-Control": "max-age=60" }, 60],
	[{ "CDN-Cache-Control": "max-age=60", "Cache-Control": "max-age=10" }, 10],
	[{ "Cloudflare-CDN-Cache-Control": "private" }, 0],
	[{ "Surrogate-Control": 'no-store, content="ESI/1.0"' }, 0],
	[{ "Surrogate-Control": "max-age=60" }, 60],
	[{ "Surrogate-Control": "max-age=60", Expires: at(-60) }, 60],
];

describe(`how long a response may be cached, with a limit of ${LIMIT} seconds`, () => {
	it.each(ROWS)("%j: %i", (headers, seconds) => {
		expect(freshSeconds(new Headers(headers), LIMIT, NOW_SECONDS * 1000 + 900)).toBe(seconds);
	});
	it("never longer than the limit of the host", () => {
		for (const [headers] of ROWS)
			expect(freshSeconds(new Headers(headers), 5, NOW_SECONDS * 1000)).toBeLessThan(6);
	});
});

describe("whether a client asks for a reload", () => {
	it.each<[Record<string, string>, boolean]>([
		[{}, false],
		[{ "Cache-Control": "no-cache" }, true],
		[{ "Cache-Control": "No-Store" }, true],
		[{ "Cache-Control": "max-age=0" }, true],
		[{ "Cache-Control": 'max-age="0"' }, true],
		[{ "Cache-Control": "max-age=600" }, true],
		[{ "Cache-Control": "min-fresh=5" }, true],
		[{ "Cache-Control": "max-stale=5, no-transform" }, false],
		[{ "Cache-Control": "x-no-cache" }, false],
		[{ Pragma: "no-cache" }, true],
		[{ Pragma: "no-cache", "Cache-Control": "no-transform" }, false],
	])("%j: %s", (headers, isReload) => expect(asksForReload(new Headers(headers))).toBe(isReload));
});

describe("headers for caches in front of the edge", () => {
	it.each([
		["", "private"],
		["public, max-age=60", "private"],
		["s-maxage=60", "private"],
		['private="Set-Cookie", max-age=60', "private"],
		["x-private, public", "private"],
		["private, max-age=60", "private, max-age=60"],
		["no-store", "no-store"],
	])("Cache-Control %j becomes %j", (control, expected) => {
		const headers = new Headers(control === "" ? {} : { "Cache-Control": control });
		setPrivate(headers);
		expect(headers.get("Cache-Control")).toBe(expected);
	});
	it.each([
		"CDN-Cache-Control",
		"Cloudflare-CDN-Cache-Control",
		"Surrogate-Control",
		"X-Accel-Expires",
		"Age",
	])("%s is removed: a cache would obey it before Cache-Control", (name) => {
		const headers = new Headers({ [name]: "1", "Cache-Control": "private", ETag: '"e"' });
		dropTargeted(headers);
		expect([...headers.keys()]).toEqual(["cache-control", "etag"]);
	});
});
