/**
 * The rules of the file cache with a platform that stores everything. The platform's own cache refuses some responses,
 * so tests with it pass without the edge's rules. Protects against one client's cookies or coding for all clients.
 */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createKey } from "../../../src/config/secrets/key-ring.ts";
import { signSecureLink } from "../../../src/link/secure-link.ts";
import { BINDINGS, callEdge, SECRETS } from "../support/call-edge.ts";

const FAR = "4102444800";
let files = 0;
const newLink = () => {
	const uri = `/cache/files/data/lenient-${files++}/media/image1.png/i.png`;
	const md5 = signSecureLink(uri, FAR, createKey("server", SECRETS.SECURE_LINK_SECRET));
	return `https://edge.test${uri}?md5=${md5}&expires=${FAR}`;
};

interface Stored {
	readonly bytes: ArrayBuffer;
	readonly headers: Headers;
}
let stored: Map<string, Stored>;
beforeEach(() => {
	stored = new Map();
	const keyOf = (asked: RequestInfo | URL) => new Request(asked).url;
	vi.spyOn(caches, "open").mockResolvedValue({
		match: async (asked: RequestInfo | URL) => {
			const found = stored.get(keyOf(asked));
			return found && new Response(found.bytes, { headers: found.headers });
		},
		put: async (asked: RequestInfo | URL, response: Response) => {
			const { headers } = response;
			stored.set(keyOf(asked), { bytes: await response.arrayBuffer(), headers });
		},
		delete: async (asked: RequestInfo | URL) => stored.delete(keyOf(asked)),
	} as Cache);
});
afterEach(() => void vi.restoreAllMocks());

it.each<[string, boolean, Record<string, string>, number?]>([
	["a plain file", true, {}],
	["a file with a validator", true, { ETag: '"e"' }],
	["a cookie", false, { "Set-Cookie": "session=1" }],
	[
		"a cookie beside permission to cache",
		false,
		{ "Set-Cookie": "a=1", "Cache-Control": "public, max-age=600" },
	],
	["gzip", false, { "Content-Encoding": "gzip" }],
	["br", false, { "Content-Encoding": "br" }],
	["a coding beside Vary", false, { "Content-Encoding": "gzip", Vary: "Accept-Encoding" }],
	["Vary on another header", false, { Vary: "Cookie" }],
	["Vary on two headers", false, { Vary: "Accept-Encoding, Origin" }],
	["status 203", false, {}, 203],
	["status 404", false, {}, 404],
	["a part", false, { "Content-Range": "bytes 0-6/7" }, 206],
	["no-store", false, { "Cache-Control": "no-store" }],
])("%s is stored: %s", async (_, isStored, headers, status = 200) => {
	const url = newLink();
	const origin = () => new Response("picture", { status, headers: { "Content-Length": "7", ...headers } });
	await callEdge(new Request(url), BINDINGS, origin);
	expect(stored.size > 0).toBe(isStored);
	const { forwarded } = await callEdge(new Request(url), BINDINGS, origin);
	expect(forwarded.length).toBe(isStored ? 0 : 1);
});
