/**
 * Responses from a cached file. Protects against an answer that nginx would not give for the same file, against headers
 * of the cache that reach a client, and against a body that nobody reads. Sources: nginx
 * `ngx_http_not_modified_header_filter`, `ngx_http_range_header_filter`.
 */
import { describe, expect, it, vi } from "vitest";
import type { FoundFile } from "../../../src/file-cache/cached-file.ts";
import { FRESH_UNTIL } from "../../../src/file-cache/caching-rules.ts";
import {
	askIfChanged,
	asksForPart,
	mayRespondFromCache,
	respondFromCache,
} from "../../../src/file-cache/conditional-response.ts";

type Lines = Readonly<Record<string, string>>;
const DATE = "Tue, 14 Nov 2023 22:13:20 GMT";
const LATER = "Tue, 14 Nov 2023 22:13:21 GMT";
const CACHED: Lines = {
	"Content-Length": "10",
	"Content-Type": "image/png",
	"Accept-Ranges": "bytes",
	ETag: '"e"',
	"Last-Modified": DATE,
};
const requestOf = (headers: HeadersInit = {}, method = "GET") =>
	new Request("http://h/", { method, headers });
const without = (...names: string[]): Lines =>
	Object.fromEntries(Object.entries(CACHED).filter(([name]) => !names.includes(name)));

describe("which requests the cache may answer, and which may have less than the whole file as answer", () => {
	it.each([
		["GET", {}, true, false],
		["HEAD", {}, true, true],
		["POST", {}, false, true],
		["PUT", {}, false, true],
		["GET", { Range: "bytes=0-1" }, true, true],
		["GET", { Range: "bytes=0-1,3-4" }, false, true],
		["GET", { Range: "lines=1" }, false, true],
		["HEAD", { Range: "bytes=0-1" }, false, true],
		["GET", { "If-Range": '"e"' }, true, true],
		["GET", { "If-None-Match": '"e"' }, true, true],
		["GET", { "If-Modified-Since": DATE }, true, true],
		["GET", { "If-Match": '"e"' }, false, false],
		["GET", { "If-Unmodified-Since": DATE }, false, false],
	])("%s with %j: %s, %s", (method, headers, may, asks) => {
		const request = requestOf(headers, method);
		expect([mayRespondFromCache(request), asksForPart(request)]).toEqual([may, asks]);
	});
});

it.each<[string, Lines, Lines]>([
	["both", CACHED, { "if-none-match": '"e"', "if-modified-since": DATE }],
	["its tag", without("Last-Modified"), { "if-none-match": '"e"' }],
	["its date", without("ETag"), { "if-modified-since": DATE }],
	["neither", without("ETag", "Last-Modified"), {}],
])("the origin is asked for a change by %s, and by no condition of the client", (_, cached, conditions) => {
	const asked = askIfChanged(
		{ headers: new Headers(cached), body: null },
		requestOf({
			Range: "bytes=0-1",
			"If-Range": '"x"',
			"If-None-Match": '"x"',
			"If-Modified-Since": LATER,
			"Accept-Encoding": "gzip",
			"X-Kept": "1",
		}),
	);
	expect(Object.fromEntries(asked.headers)).toEqual({
		"accept-encoding": "identity",
		"x-kept": "1",
		...conditions,
	});
});

const noPart = async () => undefined;
const answerTo = (request: Request, cached: Lines = CACHED, body: BodyInit = "0123456789") =>
	respondFromCache(request, fileOf(cached, body), {
		filename: "n.png",
		confirmed: undefined,
		findPart: noPart,
	});
function fileOf(headers: Lines, body: BodyInit): FoundFile {
	return { headers: new Headers(headers), body: new Blob([body as string]), expiresMs: 0 };
}

describe("If-None-Match", () => {
	it.each([
		['"e"', 304],
		['W/"e"', 304],
		["*", 304],
		['"x", "e"', 304],
		['"x","e"', 304],
		['"x" , "e"', 304],
		['"e" , "x"', 304],
		['"e"\t,"x"', 304],
		['"x",, "e"', 304],
		['"x",\t"e"', 304],
		['"x"', 200],
		['"e"x', 200],
		['"ee"', 200],
		['x"e"', 200],
		['xW/"e"', 200],
		["e", 200],
	])("%s: %d", async (tags, status) => {
		expect((await answerTo(requestOf({ "If-None-Match": tags })))?.status).toBe(status);
		const weak = { ...CACHED, ETag: 'W/"e"' };
		expect((await answerTo(requestOf({ "If-None-Match": tags }), weak))?.status).toBe(status);
	});
	it.each([
		['"e"', 200],
		["*", 304],
	])("%s for a file without a tag: %d", async (tags, status) => {
		expect((await answerTo(requestOf({ "If-None-Match": tags }), without("ETag")))?.status).toBe(status);
	});
	it("a 304 has no header of a body", async () => {
		const response = await answerTo(requestOf({ "If-None-Match": "*" }));
		expect(Object.fromEntries(response?.headers ?? [])).toEqual({ etag: '"e"', "last-modified": DATE });
	});
});

describe("If-Range with a range", () => {
	it.each([
		['"e"', 206],
		[DATE, 206],
		["Tuesday, 14-Nov-23 22:13:20 GMT", 206],
		[LATER, 200],
		['"x"', 200],
		['W/"e"', 200],
		['""', 200],
		['"', 200],
		["x", 200],
		['"e" ', 206],
	])("%s: %d", async (condition, status) => {
		const response = await answerTo(requestOf({ Range: "bytes=2-4", "If-Range": condition }));
		expect([response?.status, await response?.text()]).toEqual([
			status,
			status === 206 ? "234" : "0123456789",
		]);
	});
	it("without a range it asks for the whole file", async () => {
		expect((await answerTo(requestOf({ "If-Range": '"e"' })))?.status).toBe(200);
	});
});

describe("a part", () => {
	it("has its own length and place", async () => {
		const response = await answerTo(requestOf({ Range: "bytes=2-4" }));
		expect([response?.status, Object.fromEntries(response?.headers ?? [])]).toEqual([
			206,
			{
				"content-length": "3",
				"content-range": "bytes 2-4/10",
				"content-type": "image/png",
				etag: '"e"',
				"last-modified": DATE,
			},
		]);
	});
	it.each<[string, string, Lines]>([
		["beyond the file", "bytes=10-", CACHED],
		["of a file that the origin gives in one piece only", "bytes=0-1", without("Accept-Ranges")],
		["of a file of which the origin says so", "bytes=0-1", { ...CACHED, "Accept-Ranges": "none" }],
		["of a file without a date", "bytes=0-1", without("Last-Modified")],
		["of a file with a date that is none", "bytes=0-1", { ...CACHED, "Last-Modified": "x" }],
	])("%s is left to the origin", async (_, range, cached) => {
		expect(await answerTo(requestOf({ Range: range }), cached)).toBeUndefined();
	});
});

describe("a file of the platform's cache", () => {
	const fromPlatform = async (
		headers: Lines,
		method = "GET",
		cached: Lines = CACHED,
		confirmed?: Headers,
	) => {
		const cancel = vi.fn();
		const pull = (controller: ReadableStreamDefaultController) => {
			controller.enqueue(new TextEncoder().encode("0123456789"));
			controller.close();
		};
		const body = new ReadableStream({ pull, cancel }, { highWaterMark: 0 });
		const found = { headers: new Headers({ ...cached, [FRESH_UNTIL]: "5", Age: "3" }), body };
		const partHeaders = { ...cached, "Content-Range": "bytes 2-4/10" };
		const findPart = async () => new Response("234", { status: 206, headers: partHeaders });
		const rules = { filename: "n.png", confirmed, findPart };
		const response = await respondFromCache(requestOf(headers, method), found, rules);
		return { response, text: await response?.text(), drops: cancel.mock.calls.length };
	};
	it.each<[string, Lines, string, Lines, number | undefined, string | undefined, number]>([
		["the whole file", {}, "GET", CACHED, 200, "0123456789", 0],
		["its headers", {}, "HEAD", CACHED, 200, "", 1],
		["a condition that does not hold", { "If-None-Match": '"x"' }, "GET", CACHED, 200, "0123456789", 0],
		["a condition that holds", { "If-None-Match": '"e"' }, "GET", CACHED, 304, "", 1],
		["a part", { Range: "bytes=2-4" }, "GET", CACHED, 206, "234", 1],
		["a part that the cache has not", { Range: "bytes=3-4" }, "GET", CACHED, undefined, undefined, 1],
		["a part beyond the file", { Range: "bytes=10-" }, "GET", CACHED, undefined, undefined, 1],
		[
			"a condition on a file without a date",
			{ "If-None-Match": '"e"' },
			"GET",
			without("Last-Modified"),
			undefined,
			undefined,
			1,
		],
		["the headers of a file without a date", {}, "HEAD", without("Last-Modified"), 200, "", 1],
	])("%s", async (_, headers, method, cached, status, body, drops) => {
		const { response, text, drops: dropped } = await fromPlatform(headers, method, cached);
		expect([response?.status, text, dropped]).toEqual([status, body, drops]);
	});
	it("is labelled as a hit, without the headers of the cache", async () => {
		const { response } = await fromPlatform({}, "GET", { ...CACHED, "Content-Disposition": "x" });
		expect(Object.fromEntries(response?.headers ?? [])).toEqual({
			"accept-ranges": "bytes",
			"cache-control": "private",
			"content-disposition": "attachment; filename*=UTF-8''n.png",
			"content-length": "10",
			"content-type": "image/png",
			etag: '"e"',
			"last-modified": DATE,
			"x-edge-cache": "hit",
		});
	});
	it("that the origin has confirmed has the headers of the confirmation, but not those of a body", async () => {
		const confirmed = new Headers({
			ETag: '"new"',
			"Content-Type": "text/html",
			"Content-Location": "/c",
			"Content-Length": "0",
			Connection: "close",
			"Keep-Alive": "5",
			"Accept-Ranges": "none",
			"X-Content-Note": "1",
		});
		confirmed.append("Set-Cookie", "a=1");
		confirmed.append("Set-Cookie", "b=2");
		const { response } = await fromPlatform({}, "GET", CACHED, confirmed);
		expect(response?.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
		const { "set-cookie": _, ...headers } = Object.fromEntries(response?.headers ?? []);
		expect(headers).toEqual({
			"accept-ranges": "bytes",
			"cache-control": "private",
			"content-length": "10",
			"content-location": "/c",
			"content-type": "image/png",
			etag: '"new"',
			"last-modified": DATE,
			"x-content-note": "1",
			"x-edge-cache": "revalidated",
		});
		const { response: changed } = await fromPlatform({ "If-None-Match": '"new"' }, "GET", CACHED, confirmed);
		expect(changed?.status).toBe(304);
	});
});
