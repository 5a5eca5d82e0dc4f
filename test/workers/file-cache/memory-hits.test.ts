/**
 * The isolate's memory in front of the platform's cache. It answers without that cache, and never answers a request that
 * the cache would not.
 */
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Bindings } from "../../../src/config/bindings.ts";
import { openCachedFile } from "../../../src/file-cache/cached-file.ts";
import { FRESH_UNTIL } from "../../../src/file-cache/caching-rules.ts";
import worker from "../../../src/worker.ts";
import { BINDINGS, callEdge } from "../support/call-edge.ts";
import {
	ask,
	BODY,
	cacheIn,
	FROM_MEMORY,
	FROM_PLATFORM,
	file,
	keyOf,
	newUri,
	putInPlatform,
	sign,
} from "./media-files.ts";

const SMALL = 64 * 1024;
const MISS = { outcome: "miss", forwarded: 1 };
const streamed = (lengthBytes: number) =>
	new Response(new Response(BODY).body, { headers: { "Content-Length": String(lengthBytes) } });
/** Headers in the platform's cache. */
const until = (expiresMs: number) => ({
	"Cache-Control": "max-age=86400",
	[FRESH_UNTIL]: String(expiresMs),
});

beforeEach(() => void vi.spyOn(caches, "open"));
afterEach(() => void vi.restoreAllMocks());

describe("the memory holds a file", () => {
	it("that this isolate fetched", async () => {
		const uri = newUri();
		await cacheIn(uri);
		expect((await ask(sign(uri))).asked).toEqual(FROM_MEMORY);
	});
	it("that another isolate cached, from the second request on", async () => {
		const uri = newUri();
		await putInPlatform(uri, file(BODY, until(Date.now() + 60_000)));
		for (const expected of [FROM_PLATFORM, FROM_MEMORY]) {
			const { response, asked } = await ask(sign(uri));
			expect(asked).toEqual(expected);
			expect(await response.text()).toBe(BODY);
			expect(response.headers.has(FRESH_UNTIL)).toBe(false);
		}
	});
	it.each([
		["of 64 KiB", SMALL, FROM_MEMORY],
		["but none that is larger", SMALL + 1, FROM_PLATFORM],
	])("%s", async (_, bytes, expected) => {
		const uri = newUri();
		await cacheIn(uri, () => file(new Uint8Array(bytes)));
		for (const _ of [1, 2]) {
			const { response, asked } = await ask(sign(uri));
			expect(asked).toEqual(expected);
			expect((await response.bytes()).length).toBe(bytes);
			expect(response.headers.has(FRESH_UNTIL)).toBe(false);
		}
	});
	it("but none that may change under its path", async () => {
		const uri = newUri().replace("media/image1.png", "Editor.bin");
		await cacheIn(uri);
		const { asked } = await ask(sign(uri), {}, BINDINGS, () => new Response(null, { status: 304 }));
		expect(asked).toEqual({ outcome: "revalidated", forwarded: 1, asksPlatform: true });
	});
	it("where the platform's cache keeps nothing", async () => {
		vi.mocked(caches.open).mockRejectedValue(new Error("no cache here"));
		const uri = newUri();
		await cacheIn(uri);
		expect((await ask(sign(uri))).asked).toEqual(FROM_MEMORY);
	});
	it.each<[string, () => Response]>([
		["with a cookie", () => file(BODY, { "Set-Cookie": "a=1" })],
		["that must not be stored", () => file(BODY, { "Cache-Control": "no-store" })],
		["that varies", () => file(BODY, { Vary: "Origin" })],
		["that is not there", () => new Response("none", { status: 404, headers: { "Content-Length": "4" } })],
		["of unknown length", () => new Response(new Response(BODY).body)],
		["that is shorter than announced", () => streamed(BODY.length + 1)],
		["that is longer than announced", () => streamed(BODY.length - 1)],
	])("but none %s", async (_, response) => {
		vi.mocked(caches.open).mockRejectedValue(new Error("no cache here"));
		const uri = newUri();
		await cacheIn(uri, response);
		expect((await ask(sign(uri))).asked).toMatchObject(MISS);
	});
	it("but none whose copy in the platform's cache breaks off: the origin answers", async () => {
		const uri = newUri();
		const headers = { ...until(Date.now() + 60_000), "Content-Length": String(BODY.length + 1) };
		const match = async () => new Response(new Response(BODY).body, { headers });
		vi.mocked(caches.open).mockResolvedValue({ match } as unknown as Cache);
		for (const _ of [1, 2]) {
			const { response, asked } = await ask(sign(uri));
			expect([asked.outcome, await response.text()]).toEqual(["miss", "origin"]);
		}
	});
});

describe("a file leaves the memory when it leaves the platform's cache", () => {
	/** Asks at a later time. The platform's own clock does not move. */
	async function askAfter(uri: string, seconds: number) {
		const later = Date.now() + seconds * 1000;
		const clock = vi.spyOn(Date, "now").mockReturnValue(later);
		const { asked } = await ask(sign(uri));
		clock.mockRestore();
		return asked;
	}
	it.each<[string, Bindings, HeadersInit]>([
		["after CACHE_SECONDS", { ...BINDINGS, CACHE_SECONDS: "100" }, {}],
		["after the time that the origin states", BINDINGS, { "Cache-Control": "max-age=100" }],
	])("%s", async (_, bindings, headers) => {
		const uri = newUri();
		await callEdge(new Request(sign(uri)), bindings, () => file(BODY, headers));
		expect(await askAfter(uri, 50)).toEqual(FROM_MEMORY);
		expect(await askAfter(uri, 100)).toEqual(FROM_PLATFORM);
	});
	it("a file from the platform's cache keeps the end of its time", async () => {
		const uri = newUri();
		await putInPlatform(uri, file(BODY, until(Date.now() + 100_000)));
		await ask(sign(uri));
		expect(await askAfter(uri, 50)).toEqual(FROM_MEMORY);
		for (const _ of [1, 2]) expect(await askAfter(uri, 100)).toEqual(FROM_PLATFORM);
	});
	it("when it is forgotten", async () => {
		const uri = newUri();
		await cacheIn(uri);
		const headers = { "Cache-Control": "no-cache", Range: "bytes=0-1" };
		await ask(sign(uri), { headers }, BINDINGS, () => file("changed"));
		expect((await ask(sign(uri))).asked).toMatchObject(MISS);
	});
	it("when it is forgotten while it is read from the platform's cache", async () => {
		const { promise, resolve } = Promise.withResolvers<Response>();
		const cache = { match: () => promise, delete: async () => true };
		vi.mocked(caches.open).mockResolvedValue(cache as unknown as Cache);
		const rules = {
			seconds: 9,
			neverChanges: true,
			filename: "",
			waitUntil: () => undefined,
			clock: Date.now,
		};
		const cachedFile = openCachedFile(keyOf(newUri()), rules);
		const found = cachedFile.find();
		await cachedFile.forget();
		resolve(file(BODY, until(Date.now() + 60_000)));
		expect((await found)?.body).toBeInstanceOf(Blob);
		expect(cachedFile.find()).toBeInstanceOf(Promise);
	});
	it.each([
		["a small file", 20, FROM_MEMORY],
		["a large file", SMALL + 1, FROM_PLATFORM],
	])("when %s replaces it", async (_, bytes, expected) => {
		const uri = newUri();
		await cacheIn(uri);
		const headers = { "Cache-Control": "no-cache" };
		await ask(sign(uri), { headers }, BINDINGS, () => file("n".repeat(bytes)));
		const { response, asked } = await ask(sign(uri));
		expect(asked).toEqual(expected);
		expect(await response.text()).toBe("n".repeat(bytes));
	});
});

describe("no other request gets a file from the memory", () => {
	const uri = newUri();
	beforeEach(() => cacheIn(uri));
	it.each([
		["an expired link", sign(uri, { expires: "1700000000" }), 410],
		["another signature", sign(uri).replace(/md5=.{3}/, "md5=AAA"), 403],
		["a link of another file", sign(newUri()).replace(/levels-\d+/, uri.split("/")[4] ?? ""), 403],
		["no signature", `https://edge.test${uri}`, 403],
	])("%s", async (_, url, status) => {
		const { response, asked } = await ask(url);
		expect(asked).toEqual({ outcome: null, forwarded: 0, asksPlatform: false });
		expect(response.status).toBe(status);
		expect(await response.text()).not.toContain(BODY);
	});
	it.each<[string, string, Bindings]>([
		["another host", sign(uri, { host: "other.test" }), BINDINGS],
		["another origin", sign(uri), { ...BINDINGS, ORIGIN: "http://new.test" }],
		["another file", sign(newUri()), BINDINGS],
	])("%s: its own origin answers", async (_, url, bindings) => {
		expect((await ask(url, {}, bindings)).asked).toMatchObject(MISS);
	});
	it("a host whose cache is off", async () => {
		const { asked } = await ask(sign(uri), {}, { ...BINDINGS, CACHE_SECONDS: "0" });
		expect(asked).toEqual({ outcome: null, forwarded: 1, asksPlatform: false });
	});
	it("but another link of the same file gets it, under its own name", async () => {
		const { response, asked } = await ask(sign(uri, { expires: "4102444801", filename: "b.png" }));
		expect(asked).toEqual(FROM_MEMORY);
		expect(response.headers.get("Content-Disposition")).toBe("attachment; filename*=UTF-8''b.png");
	});
});

describe("many clients at once", () => {
	const call = (url: string, context: ExecutionContext) => {
		vi.spyOn(console, "log").mockImplementation(() => undefined);
		return worker.fetch(new Request(url) as Request<unknown, IncomingRequestCfProperties>, BINDINGS, context);
	};
	it("share one fetch", async () => {
		const fetched = vi.spyOn(globalThis, "fetch").mockImplementation(async () => {
			await scheduler.wait(1);
			return file();
		});
		const context = createExecutionContext();
		const url = sign(newUri());
		const texts = await Promise.all(
			Array.from({ length: 20 }, async () => (await call(url, context)).text()),
		);
		await waitOnExecutionContext(context);
		expect(texts).toEqual(texts.map(() => BODY));
		expect(fetched).toHaveBeenCalledOnce();
	});
	it("cannot change each other's responses", async () => {
		const uri = newUri();
		await cacheIn(uri);
		const context = createExecutionContext();
		vi.mocked(caches.open).mockRejectedValue(new Error("no cache here"));
		const responses = await Promise.all(Array.from({ length: 4 }, () => call(sign(uri), context)));
		const [read, cancelled, unread, cloned] = responses;
		const bytes = (await read?.bytes()) ?? new Uint8Array();
		expect(bytes.length).toBe(BODY.length);
		bytes.fill(0);
		structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
		await cancelled?.body?.cancel();
		cancelled?.headers.set("Content-Type", "text/html");
		for (const response of [unread, cloned?.clone(), cloned, await call(sign(uri), context)]) {
			expect([response?.headers.get("Content-Type"), await response?.text()]).toEqual(["text/plain", BODY]);
		}
	});
});
