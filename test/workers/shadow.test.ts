/**
 * Shadow mode, status and metrics. Protects against a shadow mode that refuses or changes a request, and against
 * status endpoints that a stranger can read.
 */
import { SignJWT } from "jose";
import { describe, expect, it, vi } from "vitest";
import worker from "../../src/worker.ts";
import { callEdge, SECRETS } from "./support/call-edge.ts";

const STATUS_SECRET = "a secret for the status page";
const BASE = { ...SECRETS, ORIGIN: "http://origin.test", STATUS_SECRET };
const sign = (secret: string, claims: object = { c: "version" }) =>
	new SignJWT({ ...claims }).setProtectedHeader({ alg: "HS256" }).sign(new TextEncoder().encode(secret));
const bearer = async (secret: string) => ({ Authorization: `Bearer ${await sign(secret)}` });
const GOOD = await bearer(SECRETS.JWT_SECRET);
const BAD = await bearer("another secret");
const accepts = () => new Response('{"error":0,"version":"9"}');
/** No refusal is as long: the edge must not hold what the origin streams. */
const endsLikeRefusal = () => new Response(`${" ".repeat(2000)}{"error":6}`);
const refuses = () => new Response('{"error":6}', { headers: { "Content-Length": "11" } });
const call = (headers: Record<string, string>, path = "/command") =>
	new Request(`http://edge.test${path}`, { method: "POST", headers, body: '{"c":"version"}' });

/** The members of the last log line that do not differ from run to run. */
async function shadowOf(request: Request, origin: () => Response, bindings: object = { MODE: "shadow" }) {
	const { response, forwarded, log } = await callEdge(request, { ...BASE, ...bindings }, origin);
	const { verdict, reason, shadow } = JSON.parse(log.at(-1) ?? "");
	return { status: response.status, forwarded: forwarded.length, verdict, reason, shadow };
}

describe("shadow mode forwards every request, and compares the verdict with the origin's", () => {
	it.each([
		["both accept", GOOD, accepts, "accept", "agree"],
		["both refuse", BAD, refuses, "refuse", "agree"],
		["the edge alone would refuse", BAD, accepts, "refuse", "edge_only_refuses"],
		["the origin alone refuses: it holds another secret", GOOD, refuses, "accept", "origin_only_refuses"],
		["a long response without a length is not read to its end", GOOD, endsLikeRefusal, "accept", "agree"],
	])("%s", async (_, headers, origin, verdict, shadow) => {
		expect(await shadowOf(call(headers), origin)).toMatchObject({
			forwarded: 1,
			status: 200,
			verdict,
			shadow,
		});
	});
	it.each([
		["/cache/files/a/b", () => new Response(null, { status: 403 }), "agree"],
		["/cache/files/a/b", () => new Response("file"), "edge_only_refuses"],
		["/downloadfile/a", () => new Response("Forbidden", { status: 403 }), "agree"],
		["/converter", () => new Response("<FileResult><Error>-8</Error></FileResult>"), "agree"],
		["/web-apps/x.js", () => new Response("x"), "not compared"],
	])("%s", async (path, origin, shadow) => {
		expect(await shadowOf(new Request(`http://edge.test${path}`, { method: "POST" }), origin)).toMatchObject({
			forwarded: 1,
			shadow,
		});
	});
	it("the request reaches the origin with its body and token unchanged", async () => {
		const body = '{"c":"drop","token":"x"}';
		const request = new Request("http://edge.test/command", { method: "POST", body });
		const { forwarded } = await callEdge(request, { ...BASE, MODE: "shadow", ORIGIN_JWT_SECRET: "other" });
		expect(await forwarded[0]?.text()).toBe(body);
	});
	it("closed routes stay closed, and an unknown host gets 421", async () => {
		const closed = new Request("http://edge.test/internal/x");
		expect(await shadowOf(closed, accepts)).toMatchObject({ forwarded: 0, status: 403 });
		const hosts = { MODE: "shadow", HOSTS: { "other.test": {} } };
		expect(await shadowOf(call(GOOD), accepts, hosts)).toMatchObject({ forwarded: 0, status: 421 });
	});
	it("can be on for one host, or for some routes", async () => {
		const hosts = { HOSTS: { "edge.test": { MODE: "shadow" }, "other.test": {} } };
		expect(await shadowOf(call(BAD), accepts, hosts)).toMatchObject({ forwarded: 1 });
		const other = new Request("http://other.test/command", { method: "POST", headers: BAD });
		expect(await shadowOf(other, accepts, hosts)).toMatchObject({ forwarded: 0 });
		const routes = { SHADOW_ROUTES: "command, cached-file" };
		expect(await shadowOf(call(BAD), accepts, routes)).toMatchObject({
			forwarded: 1,
			shadow: "edge_only_refuses",
		});
		expect(await shadowOf(call(BAD, "/converter"), accepts, routes)).toMatchObject({ forwarded: 0 });
	});
});

describe("the edge's own endpoints", () => {
	/** Calls one isolate, whose statistics hold the calls before. */
	function edge(bindings: object = {}) {
		const env = { ...BASE, ...bindings };
		const fetchAt = (path: string, headers: Record<string, string> = {}) =>
			worker.fetch(new Request(`http://edge.test${path}`, { headers }) as never, env, {} as never);
		const json = async (path: string) => (await fetchAt(path, await bearer(STATUS_SECRET))).json();
		return { env, fetchAt, json };
	}
	it("/.edge/health answers everybody with ok, and with nothing else", async () => {
		const response = await edge().fetchAt("/.edge/health");
		expect([response.status, await response.text()]).toEqual([200, "ok"]);
	});
	it.each(["/.edge/status", "/.edge/ready"])(
		"%s gives 404 without a token of the status secret",
		async (path) => {
			for (const headers of [{}, GOOD, BAD, { Authorization: "Bearer x" }] as Record<string, string>[]) {
				expect((await edge().fetchAt(path, headers)).status).toBe(404);
			}
			const unset = edge({ STATUS_SECRET: undefined });
			expect((await unset.fetchAt(path, await bearer(STATUS_SECRET))).status).toBe(404);
			expect((await edge().fetchAt("/.edge/other", await bearer(STATUS_SECRET))).status).toBe(404);
		},
	);
	it("count a request that failed behind the edge as its fault, not as accepted", async () => {
		const { env, json } = edge();
		const spy = vi.spyOn(globalThis, "fetch").mockRejectedValue(new Error("refused"));
		const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
		await worker.fetch(call(GOOD) as never, env, {} as never);
		expect(await json("/.edge/status")).toMatchObject({
			mode: "enforce",
			shadowRoutes: [],
			tokenEnabled: { inbox: true, browser: true, outbox: true },
			verdicts: { command: { origin_unreachable: 1 } },
		});
		spy.mockRestore();
		log.mockRestore();
	});
	it("/.edge/ready asks an integration's host about each of its own routes", async () => {
		const paths = { CALLBACK_PATHS: "/callback", DOWNLOAD_PATHS: "/download" };
		const { json } = edge({ MODE: "shadow", ROLE: "storage", ...paths });
		expect(await json("/.edge/ready")).toMatchObject({
			neverCompared: ["callback", "download"],
			neverCalled: ["callback", "download"],
		});
	});
	it("count verdicts by route and reason, keys by last use, comparisons, and the clock", async () => {
		const { env, fetchAt, json } = edge({ MODE: "shadow" });
		const spy = vi.spyOn(globalThis, "fetch").mockImplementation(async () => accepts());
		const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
		const send = (headers: Record<string, string>) => worker.fetch(call(headers) as never, env, {} as never);
		await send(GOOD);
		expect(await json("/.edge/ready")).toMatchObject({
			mode: "shadow",
			compared: 1,
			comparedByRoute: { command: 1 },
			neverCompared: ["cached-file"],
			safe: false,
		});
		await send(BAD);
		const ahead = await sign(SECRETS.JWT_SECRET, { c: "x", iat: Math.floor(Date.now() / 1000) + 30 });
		await send({ Authorization: `Bearer ${ahead}` });
		await fetchAt("/web-apps/x.js");
		expect(await json("/.edge/ready")).toMatchObject({
			compared: 3,
			notCompared: 1,
			disagreements: { "edge_only_refuses command token_signature": 1 },
			safe: false,
		});
		const status = (await json("/.edge/status")) as { keysLastUsed: object; clockAheadSeconds: number };
		expect(status).toMatchObject({
			verdicts: { command: { accept: 2, token_signature: 1 }, open: { accept: 1 } },
		});
		expect(Object.keys(status.keysLastUsed)).toEqual(["JWT_SECRET"]);
		expect(status.clockAheadSeconds).toBeGreaterThan(27);
		spy.mockRestore();
		log.mockRestore();
	});
});

it("metrics: a data point per decision", async () => {
	const points: unknown[] = [];
	const METRICS = { writeDataPoint: (point: unknown) => points.push(point) };
	await callEdge(
		call(GOOD),
		{ ...BASE, METRICS },
		() => new Response("12345", { headers: { "Content-Length": "5" } }),
	);
	await callEdge(call(BAD), { ...BASE, METRICS });
	expect(points).toMatchObject([
		{
			indexes: ["edge.test"],
			blobs: ["edge.test", "command", "accept", "", "JWT_SECRET", "", ""],
			doubles: [expect.any(Number), 5],
		},
		{ indexes: ["edge.test"], blobs: ["edge.test", "command", "refuse", "token_signature", "", "", ""] },
	]);
});
