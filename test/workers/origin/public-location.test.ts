/**
 * A redirect never shows a client the origin's address, and the rest of a response stays as it is.
 * The test with a real nginx is test/node/public-location.test.ts.
 */
import { describe, expect, it } from "vitest";
import type { Origin } from "../../../src/config/origin.ts";
import { publicLocation, withPublicLocation } from "../../../src/origin/public-location.ts";
import { readTarget, type Target } from "../../../src/request/target.ts";
import { BINDINGS, callEdge } from "../support/call-edge.ts";

const targetOf = (url: string) => readTarget({ method: "GET", url }) as Target;
const originOf = (urls: readonly string[], forwardedPrefix = ""): Origin => ({
	urls,
	forwardedPrefix,
	timeoutMs: 1,
	fileTimeoutMs: 1,
});

// biome-ignore format: a table
const NAMED: [name: string, urls: string[], location: string, expected: string | undefined][] = [
	["the origin", ["http://ds.test"], "http://ds.test/a/", "/a/"],
	["the origin, with a query and a fragment", ["http://ds.test"], "http://ds.test/a/?b=%20&c#d", "/a/?b=%20&c#d"],
	["the origin's root", ["http://ds.test"], "http://ds.test", "/"],
	["a path in its own spelling", ["http://ds.test"], "http://ds.test/%D1%81%20%2f//x", "/%D1%81%20%2f//x"],
	["the default port, written", ["http://ds.test"], "http://ds.test:80/a/", "/a/"],
	["the listener's scheme, behind TLS", ["https://ds.test"], "http://ds.test/a/", "/a/"],
	["the listener's port, behind TLS", ["https://ds.test"], "http://ds.test:8080/a/", "/a/"],
	["the listener's scheme and port", ["http://ds.test:9000"], "https://ds.test:8443/a/", "/a/"],
	["the origin without its container's port", ["http://ds.test:8080"], "http://ds.test/a/", "/a/"],
	["capitals", ["http://ds.test"], "HTTP://DS.Test/A/", "/A/"],
	["the origin, with credentials", ["http://ds.test"], "http://u:p@ds.test/a/", "/a/"],
	["no scheme", ["http://ds.test"], "//ds.test/a/", "/a/"],
	["no scheme, as browsers read it", ["http://ds.test"], "/\\ds.test/a/", "/a/"],
	["an address", ["http://10.0.0.5:8080"], "http://10.0.0.5/a/", "/a/"],
	["an address in brackets", ["http://[::1]:8080"], "http://[::1]:8080/a/", "/a/"],
	["the second of two origins", ["http://one.test", "http://two.test"], "http://two.test/a/", "/a/"],
	["below the origin's path", ["https://ds.test/ds"], "https://ds.test/ds/a/", "/a/"],
	["at the origin's path", ["https://ds.test/ds"], "https://ds.test/ds", "/"],
	["above the origin's path, where a proxy dropped it", ["https://ds.test/ds"], "http://ds.test/a/", "/a/"],
	["beside the origin's path", ["https://ds.test/ds"], "https://ds.test/dsx/a/", "/dsx/a/"],
	["the longer of two paths", ["https://ds.test/ds", "https://ds.test/ds/two"], "https://ds.test/ds/two/a/", "/a/"],

	["another host", ["http://ds.test"], "http://other.test/a/", undefined],
	["a subdomain of the origin", ["http://ds.test"], "http://x.ds.test/a/", undefined],
	["a host that begins with the origin's name", ["http://ds.test"], "http://ds.test.other.test/a/", undefined],
	["the origin as a user name", ["http://ds.test"], "http://ds.test@other.test/a/", undefined],
	["the origin in a query", ["http://ds.test"], "http://other.test/?u=http://ds.test/", undefined],
	["the site itself", ["http://ds.test"], "https://edge.test/a/", undefined],
	["the site, on the origin's host", ["http://edge.test:8080"], "https://edge.test/a/", undefined],
	["the origin, on the site's host", ["http://edge.test:8080"], "http://edge.test:8080/a/", "/a/"],
	["another scheme", ["http://ds.test"], "ftp://ds.test/a/", undefined],
	["an absolute path", ["http://ds.test"], "/a/", undefined],
	["a relative path", ["http://ds.test"], "a/?http://ds.test/", undefined],
	["a query alone", ["http://ds.test"], "?a", undefined],
	["nothing", ["http://ds.test"], "", undefined],
	["no URL", ["http://ds.test"], "http://", undefined],
];

describe("a redirect that names", () => {
	it.each(NAMED)("%s", (_, originUrls, location, expected) => {
		const target = targetOf("https://edge.test/a");
		const rewritten = publicLocation(location, target, originOf(originUrls));
		expect(rewritten).toBe(expected && `https://edge.test${expected}`);
	});
});

describe("prefixes of the path", () => {
	const VPATH = "/ds-vpath";
	it.each([
		["none", "https://edge.test/a", "", "http://ds.test/a/", "https://edge.test/a/"],
		["the site's port", "http://edge.test:8000/a", "", "http://ds.test/a/", "http://edge.test:8000/a/"],
		["a virtual path", "https://edge.test/a", VPATH, "http://ds.test/a/", "https://edge.test/ds-vpath/a/"],
		[
			"a version, kept",
			"https://edge.test/9.1.0-2/a",
			"",
			"http://ds.test/9.1.0-2/a/",
			"https://edge.test/9.1.0-2/a/",
		],
		[
			"a version, dropped",
			"https://edge.test/9.1.0-2/a",
			"",
			"http://ds.test/a/",
			"https://edge.test/9.1.0-2/a/",
		],
		[
			"a version, dropped, same path",
			"https://edge.test/9.1.0-2/a",
			"",
			"http://ds.test/a?b",
			"https://edge.test/9.1.0-2/a?b",
		],
		[
			"both",
			"https://edge.test/9.1.0-2/a",
			VPATH,
			"http://ds.test/a/",
			"https://edge.test/ds-vpath/9.1.0-2/a/",
		],
		[
			"a version, to another path",
			"https://edge.test/9.1.0-2/a",
			"",
			"http://ds.test/b/",
			"https://edge.test/b/",
		],
		[
			"a version, to a path below",
			"https://edge.test/9.1.0-2/a",
			"",
			"http://ds.test/a/b",
			"https://edge.test/a/b",
		],
		[
			"a version, the path encoded",
			"https://edge.test/9.1.0-2/%D1%81",
			"",
			"http://ds.test/%D1%81/",
			"https://edge.test/9.1.0-2/%D1%81/",
		],
	])("%s", (_, asked, vpath, location, expected) => {
		expect(publicLocation(location, targetOf(asked), originOf(["http://ds.test"], vpath))).toBe(expected);
	});
});

describe("a response", () => {
	const responseWith = async (init: ResponseInit, body: BodyInit | null = "moved") =>
		(await callEdge(new Request("https://edge.test/a"), BINDINGS, () => new Response(body, init))).response;

	it.each([201, 301, 302, 303, 307, 308, 404])(
		"with status %i gets a new Location and nothing else",
		async (status) => {
			const named = "http://origin.test/a/";
			const headers = {
				Location: named,
				"Content-Location": named,
				Refresh: `0; url=${named}`,
				Link: `<${named}>`,
			};
			const response = await responseWith({ status, headers }, `moved to ${named}`);
			expect([response.status, await response.text()]).toEqual([status, `moved to ${named}`]);
			expect(Object.fromEntries(response.headers)).toMatchObject({
				location: "https://edge.test/a/",
				"content-location": named,
				refresh: `0; url=${named}`,
				link: `<${named}>`,
			});
		},
	);
	it("keeps several cookies apart", async () => {
		const headers = new Headers({ Location: "http://origin.test/a/" });
		for (const cookie of ["a=1", "b=2"]) headers.append("Set-Cookie", cookie);
		expect((await responseWith({ status: 302, headers })).headers.getSetCookie()).toEqual(["a=1", "b=2"]);
	});
	it("that opens a WebSocket is returned as it is, not as a copy", () => {
		const headers = { Location: "http://ds.test/a/" };
		const response = new Response(null, { status: 101, webSocket: new WebSocketPair()[0], headers });
		const target = targetOf("https://edge.test/a");
		expect(withPublicLocation(response, target, originOf(["http://ds.test"]))).toBe(response);
	});
	it("without a body stays without a body", async () => {
		const response = await responseWith(
			{ status: 304, headers: { Location: "http://origin.test/a/" } },
			null,
		);
		expect([response.body, response.headers.get("Location")]).toEqual([null, "https://edge.test/a/"]);
	});
	it.each([undefined, "/a/", "https://other.test/"])(
		"with Location %s is returned as it is, not as a copy",
		async (Location) => {
			const fromOrigin = new Response("x", { status: 302, ...(Location && { headers: { Location } }) });
			const { response } = await callEdge(new Request("https://edge.test/a"), BINDINGS, () => fromOrigin);
			expect(response).toBe(fromOrigin);
		},
	);
});

it("shadow mode does not show the origin's address either", async () => {
	const headers = { Location: "http://origin.test/a/" };
	const bindings = { ...BINDINGS, MODE: "shadow" };
	const { response } = await callEdge(
		new Request("https://edge.test/a"),
		bindings,
		() => new Response(null, { status: 301, headers }),
	);
	expect(response.headers.get("Location")).toBe("https://edge.test/a/");
});
