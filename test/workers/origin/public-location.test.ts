/**
 * A redirect never shows a client the origin's address, and nothing else of an answer is touched.
 * With a real nginx: test/node/public-location.test.ts.
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
	["a container's port, which is hidden", ["http://ds.test:8080"], "http://ds.test/a/", "/a/"],
	["capitals", ["http://ds.test"], "HTTP://DS.Test/A/", "/A/"],
	["credentials", ["http://ds.test"], "http://u:p@ds.test/a/", "/a/"],
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
	["a host below", ["http://ds.test"], "http://x.ds.test/a/", undefined],
	["a host that only begins so", ["http://ds.test"], "http://ds.test.other.test/a/", undefined],
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
	it.each(NAMED)("%s", (_, bases, location, expected) => {
		const target = targetOf("https://edge.test/a");
		const rewritten = publicLocation(location, target, originOf(bases));
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

describe("of an answer", () => {
	const answerWith = async (init: ResponseInit, body: BodyInit | null = "moved") =>
		(await callEdge(new Request("https://edge.test/a"), BINDINGS, () => new Response(body, init))).response;

	it.each([201, 301, 302, 303, 307, 308, 404])("with status %i, only Location changes", async (status) => {
		const named = "http://origin.test/a/";
		const headers = {
			Location: named,
			"Content-Location": named,
			Refresh: `0; url=${named}`,
			Link: `<${named}>`,
		};
		const answer = await answerWith({ status, headers }, `moved to ${named}`);
		expect([answer.status, await answer.text()]).toEqual([status, `moved to ${named}`]);
		expect(Object.fromEntries(answer.headers)).toMatchObject({
			location: "https://edge.test/a/",
			"content-location": named,
			refresh: `0; url=${named}`,
			link: `<${named}>`,
		});
	});
	it("several cookies stay several", async () => {
		const headers = new Headers({ Location: "http://origin.test/a/" });
		for (const cookie of ["a=1", "b=2"]) headers.append("Set-Cookie", cookie);
		expect((await answerWith({ status: 302, headers })).headers.getSetCookie()).toEqual(["a=1", "b=2"]);
	});
	it("that is a WebSocket, nothing changes, and it is not copied", () => {
		const headers = { Location: "http://ds.test/a/" };
		const answer = new Response(null, { status: 101, webSocket: new WebSocketPair()[0], headers });
		const target = targetOf("https://edge.test/a");
		expect(withPublicLocation(answer, target, originOf(["http://ds.test"]))).toBe(answer);
	});
	it("without a body it has none", async () => {
		const answer = await answerWith({ status: 304, headers: { Location: "http://origin.test/a/" } }, null);
		expect([answer.body, answer.headers.get("Location")]).toEqual([null, "https://edge.test/a/"]);
	});
	it.each([undefined, "/a/", "https://other.test/"])(
		"with Location %s is the very object that came",
		async (Location) => {
			const answer = new Response("x", { status: 302, ...(Location && { headers: { Location } }) });
			const { response } = await callEdge(new Request("https://edge.test/a"), BINDINGS, () => answer);
			expect(response).toBe(answer);
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
