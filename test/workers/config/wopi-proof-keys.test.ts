/**
 * `WOPI_PATHS` and `WOPI_PROOF_KEYS`: the bindings of a WOPI host. Protects against an edge that leaves WOPI paths open
 * after a mistake in its bindings, and against a key that everybody can sign with.
 */
import { Buffer } from "node:buffer";
import { describe, expect, it } from "vitest";
import type { Bindings } from "../../../src/config/bindings.ts";
import { createHostDirectory } from "../../../src/config/host-directory.ts";
import { readHost } from "../../../src/config/read-host.ts";
import { callEdge } from "../support/call-edge.ts";
import { NOW_SECONDS } from "../support/keys.ts";
import { keySet, publicKey } from "../support/wopi-vectors.ts";

const { current, old } = keySet("main");
const GOOD: Bindings = {
	ORIGIN: "https://files.test",
	ROLE: "storage",
	WOPI_PATHS: "/wopi/files/*",
	WOPI_PROOF_KEYS: { current, old },
};
const problemsOf = (bindings: Bindings) =>
	readHost(bindings, NOW_SECONDS).problems.map(({ binding, problem }) => `${binding} ${problem}`);
const read = (keys: unknown) => readHost({ ...GOOD, WOPI_PROOF_KEYS: keys }, NOW_SECONDS);

/** A modulus of ones: it is odd, and its first bit is set. */
const modulusOf = (bytes: number) => {
	const number = new Uint8Array(bytes).fill(0xff);
	return Buffer.from(number).toString("base64");
};

describe("a WOPI host", () => {
	it("needs paths and proof keys, and no secret", () => expect(problemsOf(GOOD)).toEqual([]));
	it("needs the outbox secret if it also has callbacks", () => {
		expect(problemsOf({ ...GOOD, CALLBACK_PATHS: "/track" })).toEqual([
			"JWT_SECRET_OUTBOX is missing (and so is JWT_SECRET)",
		]);
	});
	it.each([
		["a table", { current, old }, [""]],
		["text", JSON.stringify({ current, old }), [""]],
		["one key", { current }, [""]],
		["a list of one", [{ current, old }], [""]],
		[
			"a list",
			JSON.stringify([
				{ current, old },
				{ name: "ds-2", current },
			]),
			["1", "ds-2"],
		],
	])("takes keys as %s", (_, keys, names) => {
		const host = read(keys);
		expect(host.problems).toEqual([]);
		expect(host.wopiProofKeys.map(({ name }) => name)).toEqual(names);
		expect(host.wopiProofKeys[0]?.current.bytes).toBe(256);
	});
	it("takes a modulus with a leading zero byte", () => {
		const modulus = Buffer.from(Uint8Array.from([0, ...Buffer.from(current.modulus, "base64")])).toString(
			"base64",
		);
		const host = read({ current: { ...current, modulus } });
		expect(host.wopiProofKeys).toEqual(read({ current }).wopiProofKeys);
	});
	it.each([256, 384, 512])("takes a key of %i bytes", (bytes) => {
		expect(read({ current: { modulus: modulusOf(bytes), exponent: "AQAB" } }).problems).toEqual([]);
	});
	it("can be one of HOSTS, with its own keys", async () => {
		const { ROLE, WOPI_PATHS, WOPI_PROOF_KEYS, ORIGIN } = GOOD;
		const HOSTS = {
			"a.test": { ROLE, WOPI_PATHS, WOPI_PROOF_KEYS, ORIGIN },
			"b.test": { ROLE, WOPI_PATHS, WOPI_PROOF_KEYS: { current: publicKey("next") }, ORIGIN },
			"c.test": { ROLE, WOPI_PATHS, ORIGIN },
		};
		const { find } = createHostDirectory({ HOSTS }, () => undefined);
		const [a, b, c] = await Promise.all(["a.test", "b.test", "c.test"].map((name) => find(name, 0)));
		expect([a?.problems, b?.problems]).toEqual([[], []]);
		expect(a?.wopiProofKeys).not.toEqual(b?.wopiProofKeys);
		expect(c?.problems.map(({ binding }) => binding)).toEqual(["WOPI_PROOF_KEYS"]);
	});
	it("takes its routes in SHADOW_ROUTES", () => {
		expect(problemsOf({ ...GOOD, SHADOW_ROUTES: "wopi-call, wopi-file-url" })).toEqual([]);
	});
	it("WOPI_PROOF_KEYS is no problem at a Document Server's host, which may inherit it", () => {
		const server = { ORIGIN: "https://ds.test", JWT_SECRET: "s", SECURE_LINK_SECRET: "l" };
		expect(problemsOf({ ...server, WOPI_PROOF_KEYS: { current, old } })).toEqual([]);
	});
});

const MODULUS = "a modulus that is not base64 of 2048 to 4096 bits";
describe("a problem", () => {
	it.each([
		["no keys", "", "is empty: WOPI_PATHS needs the proof keys of /hosting/discovery"],
		["keys that are not set", undefined, "is empty: WOPI_PATHS needs the proof keys of /hosting/discovery"],
		["text that is not JSON", "canary", "is no object with current and old"],
		["an empty list", [], "is an empty list"],
		["no current key", { old }, "has no current key"],
		["a key without `current`", current, "has more than name, current and old", "has no current key"],
		["a key as text", { current: "canary" }, "has as current no key of modulus and exponent"],
		["an old key as null", { current, old: null }, "has as old no key of modulus and exponent"],
		[
			"no exponent",
			{ current: { modulus: current.modulus } },
			"has as current no key of modulus and exponent",
		],
		[
			"another exponent",
			{ current: { ...current, exponent: "Aw==" } },
			"has in current another exponent than AQAB",
		],
		[
			"a private key",
			{ current: { ...current, d: "canary" } },
			"has in current more than modulus and exponent",
		],
		["an empty modulus", { current: { ...current, modulus: "" } }, `has in current ${MODULUS}`],
		["text that is not base64", { current: { ...current, modulus: "canary!" } }, `has in current ${MODULUS}`],
		[
			"base64url",
			{ current: { ...current, modulus: `-_${current.modulus.slice(2)}` } },
			`has in current ${MODULUS}`,
		],
		["1024 bits", { current: { ...current, modulus: modulusOf(128) } }, `has in current ${MODULUS}`],
		["4104 bits", { current, old: { ...current, modulus: modulusOf(513) } }, `has in old ${MODULUS}`],
		[
			"an even modulus",
			{ current: { ...current, modulus: `${current.modulus.slice(0, -4)}AA==` } },
			`has in current ${MODULUS}`,
		],
		[
			"a modulus of zeros",
			{ current: { ...current, modulus: Buffer.from(new Uint8Array(256)).toString("base64") } },
			`has in current ${MODULUS}`,
		],
		[
			"the key that servers before 8.3 share",
			{ current: { ...current, modulus: `5cvdwCUNhlp1wl2TyuMgmD3G4iqevPDI${current.modulus.slice(32)}` } },
			"has as current the key of servers before 8.3, whose private half is published",
		],
		["a second server without keys", [{ current }, {}], "server 2 has no current key"],
		[
			"a name that would break a log line",
			[{ name: "a b", current }],
			"has a name that is not 1 to 64 letters, digits, `.`, `_` or `-`",
		],
		[
			"two servers of one name",
			[
				{ name: "a", current },
				{ name: "a", current: old },
			],
			"has two servers of one name",
		],
		["nine servers", Array.from({ length: 9 }, () => ({ current })), "names more than 8 servers"],
	])("%s", (_, keys, ...problems) => {
		expect(problemsOf({ ...GOOD, WOPI_PROOF_KEYS: keys })).toEqual(
			problems.map((problem) => `WOPI_PROOF_KEYS ${problem}`),
		);
		expect(JSON.stringify(read(keys).problems)).not.toMatch(/canary/);
	});
	it.each([
		[
			"keys without paths",
			{ WOPI_PATHS: "", CALLBACK_PATHS: "/t", JWT_SECRET: "s" },
			"WOPI_PROOF_KEYS protects nothing without WOPI_PATHS",
		],
		["a list entry that is not a path", { WOPI_PATHS: "wopi" }, "WOPI_PATHS is not a list of paths"],
		[
			"a file path with a query",
			{ WOPI_FILE_URL_PATHS: "/a?b" },
			"WOPI_FILE_URL_PATHS is not a list of paths",
		],
		[
			"file paths without WOPI paths",
			{ WOPI_PATHS: "", WOPI_FILE_URL_PATHS: "/f", WOPI_PROOF_KEYS: "" },
			"CALLBACK_PATHS is empty, and so are DOWNLOAD_PATHS and WOPI_PATHS",
		],
		[
			"WOPI paths at a Document Server's host",
			{ ROLE: "server" },
			'WOPI_PATHS protects nothing without ROLE = "storage"',
		],
	])("%s", (_, bindings, problem) => expect(problemsOf({ ...GOOD, ...bindings })).toContain(problem));

	const call = (path: string, bindings: Bindings) =>
		callEdge(new Request(`http://edge.test${path}`, { headers: { "X-WOPI-Proof": "x" } }), bindings);
	it.each(["", "x", { old }, [{ current }, {}]])("with the keys closes the WOPI paths: %j", async (keys) => {
		const bindings = { ...GOOD, WOPI_PROOF_KEYS: keys };
		const { response, forwarded, log } = await call("/wopi/files/1?access_token=x", bindings);
		expect([response.status, forwarded.length]).toEqual([503, 0]);
		expect(response.headers.get("X-Edge-Reason")).toBe("edge_misconfigured");
		expect(log.join()).toContain("WOPI_PROOF_KEYS");
		expect((await call("/other", bindings)).forwarded.length).toBe(1);
	});
	it("with the lists closes every path, because the protected ones are unknown", async () => {
		for (const WOPI_PATHS of ["wopi", { a: "/a" }]) {
			const { response, forwarded } = await call("/other", { ...GOOD, WOPI_PATHS });
			expect([response.status, forwarded.length]).toEqual([503, 0]);
		}
	});
});

describe("a refusal", () => {
	it.each(["GET", "POST", "DELETE"])(
		"of %s has WOPI's form: 500, in plain text, with its reason",
		async (method) => {
			const request = new Request("http://edge.test/wopi/files/1?access_token=canary", { method });
			const { response, forwarded, log } = await callEdge(request, GOOD);
			expect([response.status, forwarded.length]).toEqual([500, 0]);
			expect(Object.fromEntries(response.headers)).toMatchObject({
				"cache-control": "no-store",
				"content-type": "text/plain; charset=utf-8",
				"x-edge-reason": "wopi_proof_missing",
				"x-request-id": expect.stringMatching(/^[\da-f-]{36}$/),
			});
			expect(await response.text()).toMatch(/^Internal Server Error/);
			expect(JSON.parse(log.at(-1) ?? "")).toMatchObject({
				route: "wopi-call",
				verdict: "refuse",
				status: 500,
			});
			expect(log.join()).not.toContain("canary");
		},
	);
	it("is not made for a FileUrl, which the log shows as its own route", async () => {
		const request = new Request("http://edge.test/open/1");
		const { forwarded, log } = await callEdge(request, { ...GOOD, WOPI_FILE_URL_PATHS: "/open/*" });
		expect(forwarded.length).toBe(1);
		expect(JSON.parse(log.at(-1) ?? "")).toMatchObject({ route: "wopi-file-url", verdict: "accept" });
	});
	it("is path_ambiguous for a header that names another path", async () => {
		const headers = { "X-Original-URL": "/wopi/files/1" };
		const { response } = await callEdge(new Request("http://edge.test/open", { headers }), GOOD);
		expect(response.headers.get("X-Edge-Reason")).toBe("path_ambiguous");
	});
	it("is not made in shadow mode, and is compared with the origin's response", async () => {
		const request = () => new Request("http://edge.test/wopi/files/1?access_token=x");
		const bindings = { ...GOOD, MODE: "shadow" };
		const agreed = await callEdge(request(), bindings, () => new Response("bad proof", { status: 500 }));
		expect(JSON.parse(agreed.log.at(-1) ?? "")).toMatchObject({
			verdict: "refuse",
			shadow: "agree",
			status: 500,
		});
		const alone = await callEdge(request(), bindings);
		expect(JSON.parse(alone.log.at(-1) ?? "")).toMatchObject({ shadow: "edge_only_refuses", status: 200 });
	});
});
