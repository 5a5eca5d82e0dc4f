/**
 * One part of a cached file. Protects against bytes of another part or of another file, and against a range that nginx
 * reads differently. Source: nginx `ngx_http_range_parse`.
 */
import { describe, expect, it, vi } from "vitest";
import { isOnePart, matchPart, readPart } from "../../../src/file-cache/file-part.ts";

it.each([
	["bytes=0-1", true],
	["bytes=0-", true],
	["bytes=-1", true],
	["bytes=10-20", true],
	["bytes=-100", true],
	[`bytes=${"9".repeat(15)}-${"9".repeat(15)}`, true],
	[`bytes=${"9".repeat(16)}-`, false],
	[`bytes=0-${"9".repeat(16)}`, false],
	[`bytes=-${"9".repeat(16)}`, false],
	["bytes=-", false],
	["bytes=", false],
	["bytes=a-1", false],
	["bytes=-a", false],
	["bytes=0-1,2-3", false],
	["bytes= 0-1", false],
	["bytes=0-1 ", false],
	["Bytes=0-1", false],
	["xbytes=0-1", false],
	["bytes=-1x", false],
])("%s is one part: %s", (range, isOne) => expect(isOnePart(range)).toBe(isOne));

it.each([
	["bytes=0-0", 10, "bytes 0-0/10"],
	["bytes=0-", 10, "bytes 0-9/10"],
	["bytes=5-", 10, "bytes 5-9/10"],
	["bytes=5-7", 10, "bytes 5-7/10"],
	["bytes=5-100", 10, "bytes 5-9/10"],
	["bytes=9-9", 10, "bytes 9-9/10"],
	["bytes=10-", 10, undefined],
	["bytes=10-20", 10, undefined],
	["bytes=5-4", 10, undefined],
	["bytes=-3", 10, "bytes 7-9/10"],
	["bytes=-10", 10, "bytes 0-9/10"],
	["bytes=-100", 10, "bytes 0-9/10"],
	["bytes=-0", 10, undefined],
	["bytes=0-", 0, undefined],
	["bytes=-5", 0, undefined],
])("%s of a file of %d bytes: %s", (range, lengthBytes, contentRange) => {
	expect(readPart(range, lengthBytes)?.contentRange).toBe(contentRange);
});

describe("a part from the platform's cache", () => {
	const part = { first: 2, last: 3, contentRange: "bytes 2-3/10" };
	const headers = { "Content-Range": "bytes 2-3/10", ETag: '"a"' };
	const validators = { ETag: '"a"', "Last-Modified": null };
	it.each([
		["the right one", headers, 206, true],
		["of a replaced file", { ...headers, ETag: '"b"' }, 206, false],
		["of a file with another date", { ...headers, "Last-Modified": "x" }, 206, false],
		["of another length", { ...headers, "Content-Range": "bytes 2-3/11" }, 206, false],
		["without its place", { ETag: '"a"' }, 206, false],
		["the whole file", headers, 200, false],
	])("%s", async (_, foundHeaders, status, isUsed) => {
		const cancel = vi.fn();
		const body = new ReadableStream({ cancel });
		const findPart = vi.fn(async () => new Response(body, { status, headers: foundHeaders }));
		const found = await matchPart(part, validators, findPart);
		expect(findPart).toHaveBeenCalledWith("bytes=2-3");
		expect(found !== undefined).toBe(isUsed);
		expect(cancel).toHaveBeenCalledTimes(isUsed ? 0 : 1);
	});
	it("that the cache no longer has", async () => {
		expect(await matchPart(part, validators, async () => undefined)).toBeUndefined();
	});
});
