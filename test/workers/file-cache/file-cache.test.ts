/**
 * The file cache never answers before the link is checked, and never keeps a response that is not for all clients.
 * test/node/file-cache.test.ts tests how it serves files, with a real nginx as the origin.
 */
import { afterEach, describe, expect, it, vi } from "vitest";
import { createKey } from "../../../src/config/secrets/key-ring.ts";
import { cacheKeyOf } from "../../../src/file-cache/cached-file.ts";
import { matchFile } from "../../../src/file-cache/platform-cache.ts";
import { signSecureLink } from "../../../src/link/secure-link.ts";
import { nginxUri } from "../../../src/request/nginx-uri.ts";
import vectors from "../../vectors/secure-link.json" with { type: "json" };
import { BINDINGS, callEdge, type EdgeCall, SECRETS } from "../support/call-edge.ts";

const FAR = "4102444800";
let files = 0;
const newUri = (name = "media/image1.png") => `/cache/files/data/doc-${files++}/${name}/i.png`;
const sign = (uri: string, filename = "") => {
	const md5 = signSecureLink(uri, FAR, createKey("server", SECRETS.SECURE_LINK_SECRET));
	return `https://edge.test${uri}?md5=${md5}&expires=${FAR}&filename=${filename}`;
};
const file = (init: ResponseInit = {}, body: BodyInit | null = "picture") =>
	new Response(body, { ...init, headers: { "Content-Length": "7", ETag: '"e"', ...init.headers } });

afterEach(() => void vi.restoreAllMocks());

describe("no cache answers before the check", () => {
	it("a refused link does not reach the cache: all refused vectors, with a cached file under each path", async () => {
		const open = vi.spyOn(caches, "open");
		const cached = new Response("stored", {
			headers: { "Cache-Control": "max-age=600", "Content-Length": "6" },
		});
		const bindings = { ...BINDINGS, SECURE_LINK_SECRET: vectors.secret };
		let refused = 0;
		for (const { target, nginx_status, wire } of vectors.vectors) {
			if (wire || (nginx_status !== 403 && nginx_status !== 410)) continue;
			const request = new Request(`https://edge.test${target}`);
			const uri = nginxUri(new URL(request.url).pathname);
			if (uri === undefined || !uri.startsWith("/cache/files")) continue;
			const cacheKey = cacheKeyOf("edge.test", uri, ["http://origin.test"]);
			await (await caches.open("verified-files")).put(cacheKey, cached.clone());
			expect(await (await matchFile(cacheKey))?.text()).toBe("stored");
			open.mockClear();
			const { response, forwarded } = await callEdge(request, bindings);
			expect([response.status, forwarded.length, open.mock.calls.length]).toEqual([nginx_status, 0, 0]);
			expect(await response.text()).not.toContain("stored");
			expect(response.headers.get("Cache-Control")).toBe("no-store");
			refused++;
		}
		expect(refused).toBeGreaterThan(200);
	});
	it("a host without its secret serves no cached file", async () => {
		const uri = newUri();
		await callEdge(new Request(sign(uri)), BINDINGS, () => file());
		const { response } = await callEdge(new Request(sign(uri)), { ...BINDINGS, SECURE_LINK_SECRET: "" });
		expect(response.status).toBe(503);
	});
	it.each([
		["a hit", sign(newUri()), 2],
		["a miss", sign(newUri()), 1],
		["a file that is revalidated", sign(newUri("Editor.bin")), 2],
	])("no cache in front of the edge may keep %s", async (_, url, times) => {
		let control: string | null = null;
		for (let n = 0; n < times; n++) {
			const { response } = await callEdge(new Request(url), BINDINGS, ({ headers }) =>
				headers.has("If-None-Match")
					? new Response(null, { status: 304 })
					: file({ headers: { "Cache-Control": "public, max-age=99" } }),
			);
			control = response.headers.get("Cache-Control");
		}
		expect(control).toBe("private");
	});
});

it.each([
	["CDN-Cache-Control", "max-age=600"],
	["Surrogate-Control", "max-age=600"],
	["X-Accel-Expires", "600"],
	["Cache-Control", 'private="X-A", max-age=600'],
])("no header of the origin lets a cache in front of the edge keep a file: %s", async (name, value) => {
	const url = sign(newUri());
	for (const _ of [1, 2]) {
		const { response } = await callEdge(new Request(url), BINDINGS, () =>
			file({ headers: { [name]: value } }),
		);
		expect(response.headers.get("Cache-Control")).toBe("private");
		if (name !== "Cache-Control") expect(response.headers.has(name)).toBe(false);
	}
});

it("the platform gets the edge's own limit, and no header that it would obey first", async () => {
	const uri = newUri();
	const sent = { "CDN-Cache-Control": "max-age=999999", "Surrogate-Control": "max-age=999999", Age: "5" };
	await callEdge(new Request(sign(uri)), BINDINGS, () => file({ headers: sent }));
	const cached = await matchFile(cacheKeyOf("edge.test", uri, ["http://origin.test"]));
	expect(cached?.headers.get("Cache-Control")).toBe("public, max-age=86400");
	expect(["CDN-Cache-Control", "Surrogate-Control"].map((name) => cached?.headers.get(name))).toEqual([
		null,
		null,
	]);
	await cached?.body?.cancel();
});

describe("after the origin said 304", () => {
	/** @returns the second call for one file: it is cached, and the edge asks the origin whether it has changed */
	async function askTwice(confirmation: HeadersInit, headers: HeadersInit = {}): Promise<EdgeCall> {
		const url = sign(newUri("Editor.bin"));
		const cachedHeaders = {
			"Last-Modified": "Tue, 14 Nov 2023 22:13:20 GMT",
			"Accept-Ranges": "bytes",
			"X-Old": "1",
		};
		await callEdge(new Request(url), BINDINGS, () => file({ headers: cachedHeaders }));
		return callEdge(new Request(url, { headers }), BINDINGS, ({ headers: asked }) =>
			asked.get("If-None-Match") === '"e"'
				? new Response(null, { status: 304, headers: confirmation })
				: new Response("origin", { status: 299 }),
		);
	}
	it("the headers of the 304 replace the cached ones, except those that describe the body", async () => {
		const confirmation = {
			"X-Old": "2",
			"Set-Cookie": "a=1",
			"Content-Type": "x/y",
			"Cache-Control": "no-store",
		};
		const { response } = await askTwice(confirmation);
		const names = ["X-Old", "Set-Cookie", "Content-Length", "Cache-Control", "X-Edge-Cache"];
		expect(names.map((name) => response.headers.get(name))).toEqual([
			"2",
			"a=1",
			"7",
			"no-store",
			"revalidated",
		]);
		expect(response.headers.get("Content-Type")).not.toBe("x/y");
		expect(await response.text()).toBe("picture");
	});
	it.each([
		["serves a part of the confirmed file", {}, 206, "ict"],
		["serves no part of a file that has changed", { ETag: '"other"' }, 299, "origin"],
	])("%s", async (_, confirmation, status, body) => {
		const { response } = await askTwice(confirmation, { Range: "bytes=1-3" });
		expect([response.status, await response.text()]).toEqual([status, body]);
	});
});

describe("the origin answers if nginx's rules need a header that the cached file lacks", () => {
	const DATE = "Tue, 14 Nov 2023 22:13:20 GMT";
	it.each<[string, Record<string, string>, Record<string, string>]>([
		["a part of a file without Last-Modified", { "Accept-Ranges": "bytes" }, { Range: "bytes=0-1" }],
		["a part of a file without Accept-Ranges", { "Last-Modified": DATE }, { Range: "bytes=0-1" }],
		["If-None-Match for a file without Last-Modified", {}, { "If-None-Match": '"e"' }],
		["If-Modified-Since for a file without Last-Modified", {}, { "If-Modified-Since": "x" }],
	])("%s", async (_, cachedHeaders, headers) => {
		const url = sign(newUri());
		await callEdge(new Request(url), BINDINGS, () => file({ headers: cachedHeaders }));
		const { response, forwarded } = await callEdge(new Request(url, { headers }));
		expect([forwarded.length, response.headers.get("X-Edge-Cache")]).toEqual([1, "bypass"]);
	});
});

describe("the cache keeps", () => {
	/** Whether the second of two requests is served without the origin. */
	async function isCached(
		response: () => Response,
		url = sign(newUri()),
		init: RequestInit = {},
	): Promise<boolean> {
		await callEdge(new Request(url, init), BINDINGS, response);
		const { forwarded } = await callEdge(new Request(url), BINDINGS, response);
		return forwarded.length === 0;
	}
	it("a whole file", async () => expect(await isCached(() => file())).toBe(true));
	it.each<[string, () => Response]>([
		["201", () => file({ status: 201 })],
		["206", () => file({ status: 206, headers: { "Content-Range": "bytes 0-6/7" } })],
		["302", () => file({ status: 302, headers: { Location: "/x" } })],
		["403", () => file({ status: 403 })],
		["404", () => file({ status: 404 })],
		["500", () => file({ status: 500 })],
		["a cookie", () => file({ headers: { "Set-Cookie": "a=1" } })],
		["no-store", () => file({ headers: { "Cache-Control": "no-store" } })],
		["private", () => file({ headers: { "Cache-Control": "max-age=9, private" } })],
		["no-cache", () => file({ headers: { "Cache-Control": "no-cache" } })],
		["max-age=0", () => file({ headers: { "Cache-Control": "max-age=0" } })],
		["a response that varies by Origin", () => file({ headers: { Vary: "Origin" } })],
		["a response that varies by everything", () => file({ headers: { Vary: "*" } })],
		[
			"a Content-Disposition of another form than nginx's",
			() => file({ headers: { "Content-Disposition": "inline" } }),
		],
		[
			"a file name that this request did not ask for",
			() => file({ headers: { "Content-Disposition": "attachment; filename*=UTF-8''x" } }),
		],
		["a response of unknown length", () => new Response(new Response("picture").body)],
		[
			"a body shorter than its Content-Length",
			() => file({ headers: { "Content-Length": "9" } }, new Response("picture").body),
		],
	])("not %s", async (_, response) => expect(await isCached(response)).toBe(false));
	it.each<[string, RequestInit]>([
		["HEAD", { method: "HEAD" }],
		["POST", { method: "POST" }],
		["a part", { headers: { Range: "bytes=0-1" } }],
		["a condition", { headers: { "If-None-Match": '"x"' } }],
	])("no response to %s", async (_, init) => {
		expect(await isCached(() => file(), sign(newUri()), init)).toBe(false);
	});
	it("a file without a validator only if it never changes", async () => {
		const plain = () => new Response("picture", { headers: { "Content-Length": "7" } });
		expect(await isCached(plain)).toBe(true);
		const url = sign(newUri("Editor.bin"));
		await callEdge(new Request(url), BINDINGS, plain);
		const { forwarded } = await callEdge(new Request(url), BINDINGS, plain);
		expect(forwarded[0]?.headers.has("If-None-Match")).toBe(false);
	});
	it("a file that varies by coding only: the edge asks for it without a coding", async () => {
		const url = sign(newUri());
		const headers = { "Accept-Encoding": "gzip" };
		const { forwarded } = await callEdge(new Request(url, { headers }), BINDINGS, () =>
			file({ headers: { Vary: "Accept-Encoding" } }),
		);
		expect(forwarded[0]?.headers.get("Accept-Encoding")).toBe("identity");
		expect((await callEdge(new Request(url))).forwarded.length).toBe(0);
	});
	it("a file of one origin separate from that of another", async () => {
		const url = sign(newUri());
		await callEdge(new Request(url), BINDINGS, () => file());
		const { forwarded } = await callEdge(new Request(url), { ...BINDINGS, ORIGIN: "http://new.test" });
		expect(forwarded.length).toBe(1);
	});
	it("nothing in shadow mode", async () => {
		const shadow = { ...BINDINGS, MODE: "shadow" };
		const url = sign(newUri());
		for (const _ of [1, 2])
			expect((await callEdge(new Request(url), shadow, () => file())).forwarded.length).toBe(1);
	});
});

it("files are served if the cache fails", async () => {
	vi.spyOn(caches, "open").mockRejectedValue(new Error("no cache here"));
	const url = sign(newUri());
	for (const _ of [1, 2]) {
		const { response } = await callEdge(new Request(url), BINDINGS, () => file());
		expect([response.status, await response.text()]).toEqual([200, "picture"]);
	}
});

it("the log holds the outcome of the cache", async () => {
	const url = sign(newUri());
	await callEdge(new Request(url), BINDINGS, () => file());
	const { log } = await callEdge(new Request(url), BINDINGS);
	expect(JSON.parse(log[0] ?? "")).toMatchObject({ route: "cached-file", cache: "hit" });
});
