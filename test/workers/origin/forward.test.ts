/**
 * The request that the origin gets: the judged URL and body, and trusted headers that only the edge may set.
 */
import { SignJWT } from "jose";
import { describe, expect, it } from "vitest";
import { createKey } from "../../../src/config/secrets/key-ring.ts";
import { signSecureLink } from "../../../src/link/secure-link.ts";
import { BINDINGS, callEdge, SECRETS } from "../support/call-edge.ts";

const token = await new SignJWT({ c: "version" })
	.setProtectedHeader({ alg: "HS256" })
	.sign(new TextEncoder().encode(SECRETS.JWT_SECRET));

/** The one request that reached the origin. */
async function forwardedOf(request: Request, bindings = BINDINGS): Promise<Request> {
	const { forwarded } = await callEdge(request, bindings);
	expect(forwarded.length).toBe(1);
	return forwarded[0] as Request;
}

describe("URL", () => {
	it("has path and query as parsed, on the origin's host", async () => {
		const forwarded = await forwardedOf(new Request("https://edge.test/a%2fb//c/%63?x=%20&x=+;y#fragment"));
		expect(forwarded.url).toBe("http://origin.test/a%2fb//c/%63?x=%20&x=+;y");
	});
	it("is below the path of ORIGIN", async () => {
		const bindings = { ...BINDINGS, ORIGIN: "http://origin.test/ds/" };
		expect((await forwardedOf(new Request("http://edge.test/a?b"), bindings)).url).toBe(
			"http://origin.test/ds/a?b",
		);
	});
});

describe("body", () => {
	const ASIS = { ...BINDINGS, TOKEN_REQUIRED_PARAMS: "false" };
	it("has the bytes that the edge read, unchanged", async () => {
		const bytes = new TextEncoder().encode(`{"token": "${token}",  "x":"\u00e9"}\n`);
		const odd = new Uint8Array([...bytes, 0x20, 0x0a]);
		const forwarded = await forwardedOf(
			new Request("http://edge.test/command", { method: "POST", body: odd }),
			ASIS,
		);
		expect(new Uint8Array(await forwarded.arrayBuffer())).toEqual(odd);
	});
	it.each([
		["only the token", (one: string) => `{"token":"${one}"}`],
		["with white space", (one: string) => `{"token": "${one}"}`],
		["with a second token", (one: string) => `{"token":"x","token":"${one}"}`],
		["with another member", (one: string) => `{"token":"${one}","key":"k"}`],
		["with a letter of the token escaped", (one: string) => `{"token":"\\u0065${one.slice(1)}"}`],
	])("%s: the origin gets only the token", async (_, bodyOf) => {
		const request = new Request("http://edge.test/command", { method: "POST", body: bodyOf(token) });
		expect(await (await forwardedOf(request)).text()).toBe(`{"token":"${token}"}`);
	});
	it.each([
		["as it came, if nothing may be dropped", ASIS],
		["if it holds the token alone", BINDINGS],
	])("a gzipped body stays gzipped: %s", async (_, bindings) => {
		const text = JSON.stringify({ token });
		const gzipped = await new Response(
			new Response(text).body?.pipeThrough(new CompressionStream("gzip")),
		).bytes();
		const headers = { "Content-Encoding": "gzip" };
		const request = new Request("http://edge.test/command", { method: "POST", body: gzipped, headers });
		const forwarded = await forwardedOf(request, bindings);
		expect(forwarded.headers.get("Content-Encoding")).toBe("gzip");
		expect(new Uint8Array(await forwarded.arrayBuffer())).toEqual(gzipped);
	});
});

describe("headers", () => {
	const CLIENT_SENT = {
		"X-Forwarded-For": "6.6.6.6",
		"X-Forwarded-Host": "evil.test",
		"X-Forwarded-Proto": "gopher",
		"X-Forwarded-Prefix": "/evil",
		"X-Forwarded-Anything": "evil",
		"X-Real-IP": "6.6.6.6",
		Forwarded: "for=6.6.6.6",
		"CloudFront-Forwarded-Proto": "evil",
		"Proxy-Authorization": "evil",
		"Proxy-Connection": "evil",
		"X-Hop": "evil",
		Connection: "X-Hop, close, (not a name)",
		Authorization: `Bearer ${token}`,
		"CF-Connecting-IP": "192.0.2.7",
		Range: "bytes=0-1",
		Cookie: "a=1; b=2",
	};
	it("the edge replaces the client's trusted headers with its own", async () => {
		const forwarded = await forwardedOf(new Request("https://edge.test:8443/x", { headers: CLIENT_SENT }));
		expect(Object.fromEntries(forwarded.headers)).toEqual({
			"x-edge-hops": "1",
			"x-forwarded-for": "192.0.2.7",
			"x-forwarded-host": "edge.test:8443",
			"x-forwarded-proto": "https",
			authorization: CLIENT_SENT.Authorization,
			"cf-connecting-ip": "192.0.2.7",
			range: "bytes=0-1",
			cookie: "a=1; b=2",
		});
	});
	it("a client cannot remove a header that the edge has read by naming it in Connection", async () => {
		const headers = { Connection: "Authorization, Content-Encoding", Authorization: `Bearer ${token}` };
		const request = new Request("http://edge.test/command", { method: "POST", headers });
		expect((await forwardedOf(request)).headers.get("Authorization")).toBe(headers.Authorization);
	});
	it("X-Forwarded-Prefix comes from configuration only", async () => {
		const headers = { "X-Forwarded-Prefix": "/evil" };
		const request = new Request("http://edge.test/ds-vpath/x", { headers });
		const forwarded = await forwardedOf(request, { ...BINDINGS, FORWARDED_PREFIX: "/ds-vpath" });
		expect(forwarded.headers.get("X-Forwarded-Prefix")).toBe("/ds-vpath");
	});
	it("Upgrade is forwarded for a WebSocket only", async () => {
		const upgrade = (Upgrade: string) => new Request("http://edge.test/doc/k/c/", { headers: { Upgrade } });
		expect((await forwardedOf(upgrade("websocket"))).headers.get("Upgrade")).toBe("websocket");
		expect((await forwardedOf(upgrade("h2c"))).headers.get("Upgrade")).toBeNull();
	});
	it.each([
		["PATCH", "/command"],
		["HEAD", "/doc/k/c/?EIO=4&transport=websocket"],
		["POST", "/doc/k/c/?EIO=4&transport=websocket"],
	])(
		"%s %s with Upgrade stays what was judged: the platform would send it as a GET",
		async (method, path) => {
			const headers = { Upgrade: "websocket" };
			const forwarded = await forwardedOf(new Request(`http://edge.test${path}`, { method, headers }));
			expect([forwarded.method, forwarded.headers.get("Upgrade")]).toEqual([method, null]);
		},
	);
});

it("the token is looked for in the configured header, behind the configured prefix", async () => {
	const bindings = { ...BINDINGS, JWT_HEADER: "AuthorizationJwt", JWT_PREFIX: "JWT " };
	const call = (headers: Record<string, string>) =>
		callEdge(new Request("http://edge.test/command", { method: "POST", headers }), bindings);
	expect((await call({ AuthorizationJwt: `JWT ${token}` })).forwarded.length).toBe(1);
	expect((await call({ Authorization: `Bearer ${token}` })).forwarded.length).toBe(0);
});

describe("a status that the platform sends in place of an origin", () => {
	it.each([
		[521, 502, "origin_unreachable"],
		[522, 502, "origin_unreachable"],
		[525, 502, "origin_unreachable"],
		[530, 502, "origin_unreachable"],
		[524, 504, "origin_timeout"],
	])("%i is a fault, in the reply style of the route", async (theirs, status, reason) => {
		const request = new Request("http://edge.test/command", {
			method: "POST",
			headers: { Authorization: `Bearer ${token}` },
		});
		const { response, forwarded } = await callEdge(
			request,
			BINDINGS,
			() => new Response("page", { status: theirs }),
		);
		expect([response.status, response.headers.get("X-Edge-Reason")]).toEqual([status, reason]);
		expect(await response.json()).toMatchObject({ error: 3 });
		expect(forwarded.length).toBe(1);
	});
	it.each([500, 502, 503, 504, 519, 528, 599])("%i passes: it is the origin's own", async (status) => {
		const { response } = await callEdge(
			new Request("http://edge.test/x"),
			BINDINGS,
			() => new Response("own", { status }),
		);
		expect([response.status, await response.text()]).toEqual([status, "own"]);
	});
});

describe("ORIGIN_FETCHER", () => {
	const fetcherOf = (name: string) => {
		const asked: string[] = [];
		const fetch = async (...args: Parameters<typeof globalThis.fetch>) => {
			asked.push(new Request(...args).url);
			return new Response(name);
		};
		return { asked, fetch };
	};
	it("calls the origin in place of fetch", async () => {
		const fetcher = fetcherOf("by certificate");
		const bindings = { ...BINDINGS, ORIGIN_FETCHER: fetcher };
		const { response, forwarded } = await callEdge(new Request("http://edge.test/x"), bindings);
		expect([await response.text(), forwarded.length, fetcher.asked]).toEqual([
			"by certificate",
			0,
			["http://origin.test/x"],
		]);
	});
	it("a fetcher that throws counts as an unreachable origin, and a GET of an asset is sent twice", async () => {
		let asked = 0;
		const fetch = () => {
			asked++;
			throw new TypeError("the text of this error could quote the request");
		};
		const bindings = { ...BINDINGS, ORIGIN_FETCHER: { fetch } };
		const { response, log } = await callEdge(new Request("http://edge.test/x"), bindings);
		expect([response.status, response.headers.get("X-Edge-Reason"), asked]).toEqual([
			502,
			"origin_unreachable",
			2,
		]);
		expect(log.join() + (await response.text())).not.toContain("quote");
	});
	it("a host with its own secrets has its own fetcher, or none", async () => {
		const [own, acme] = [fetcherOf("own"), fetcherOf("acme")];
		const HOSTS = { "acme.test": { SECRETS: "ACME" }, "other.test": { SECRETS: "OTHER" } };
		const bindings = { ...BINDINGS, HOSTS, ORIGIN_FETCHER: own, ACME_ORIGIN_FETCHER: acme };
		const bodyFrom = async (host: string) =>
			(await callEdge(new Request(`http://${host}/x`), bindings)).response.text();
		expect([await bodyFrom("acme.test"), await bodyFrom("other.test")]).toEqual(["acme", "origin"]);
	});
});

it("the origin lock signs the path as sent, with the path of ORIGIN, and its secret is not logged", async () => {
	const bindings = {
		...BINDINGS,
		ORIGIN: "http://origin.test/ds",
		ORIGIN_LOCK_SECRET: "a secret for the lock",
	};
	const { forwarded, log } = await callEdge(new Request("http://edge.test/a%20b?c"), bindings);
	const headers = forwarded[0]?.headers;
	const expires = headers?.get("X-Edge-Exp") ?? "";
	const lock = createKey("lock", "a secret for the lock");
	expect(headers?.get("X-Edge-Sig")).toBe(signSecureLink("/ds/a b", expires, lock));
	expect(log.join()).not.toContain("a secret for the lock");
});
