/**
 * Routes that nobody needs from outside: closed on a public host in every spelling, open on a server of one's own, and
 * never in the way of a protected route.
 */
import jsonwebtoken from "jsonwebtoken";
import { describe, expect, it } from "vitest";
import { readHost } from "../../../src/config/read-host.ts";
import { SERVER_ROUTES } from "../../../src/routes/document-server-routes.ts";
import { ROUTE_MEANINGS } from "../../../src/routes/route-meanings.ts";
import { BINDINGS, callEdge } from "../support/call-edge.ts";
import { NOW_SECONDS } from "../support/keys.ts";

const PUBLIC = { ...BINDINGS, EXPOSURE: "public" };
const get = (path: string, bindings = PUBLIC) => callEdge(new Request(`https://edge.test${path}`), bindings);

const CLOSED = [
	"/example/",
	"/example/editor?fileExt=docx",
	"/Example/",
	"/%65xample/",
	"/example%2feditor",
	"//example/",
	"/x/../example/",
	"/x/..%2fexample/",
	"/9.1.0-2/example/",
	"/%2565xample/",
	"/example;a=b/",
	"/example\\editor",
	"/9.1.0-2/%2565xample/",
	"/9.1.0-2/example;a=b/",
	"/welcome/",
	"/welcome",
	"/welcome/docker.html",
	"/admin",
	"/admin/login",
	"/api/v1/admin/config",
	"/meta/",
	"/dummyCallback",
	"/dummycallback/",
	"/index.html",
	"/INDEX.HTML",
	"/9.1.0-2/index%2ehtml",
	// An open route must not hide a closed one that nginx finds behind it.
	"/web-apps/..%2fexample/",
	"/fonts/%2e%2e%2fwelcome/",
	"/healthcheck/..%2findex.html",
	"/doc/..%2fexample/",
];
const OPEN = [
	"/",
	"/healthcheck",
	"/web-apps/apps/api/documents/api.js",
	"/web-apps/welcome/",
	"/welcomes",
	"/examples/",
	"/index.htm",
	"/sdkjs/index.html",
	"/plugins.json",
	"/fonts/admin",
	"/hosting/discovery",
];

describe("a public host", () => {
	it.each(CLOSED)("closes %s", async (path) => {
		const { response, forwarded } = await get(path);
		expect([response.status, response.headers.get("X-Edge-Reason"), forwarded.length]).toEqual([
			403,
			"path_closed",
			0,
		]);
	});
	it.each(OPEN)("leaves %s open", async (path) => expect((await get(path)).forwarded.length).toBe(1));
	it("closes them behind a token too: nginx decodes the path and DocService does not", async () => {
		const claims = { document: { key: ".." }, editorConfig: {} };
		const token = jsonwebtoken.sign(claims, BINDINGS.JWT_SECRET as string);
		const request = new Request("https://edge.test/upload/..%2fexample/", {
			method: "POST",
			headers: { Authorization: `Bearer ${token}` },
		});
		expect((await callEdge(request, PUBLIC)).response.headers.get("X-Edge-Reason")).toBe("path_closed");
	});
	it.each(["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"])("closes them to %s", async (method) => {
		const { response } = await callEdge(new Request("https://edge.test/example/", { method }), PUBLIC);
		expect(response.status).toBe(403);
	});
	it("OPEN_ROUTES opens by name", async () => {
		const bindings = { ...PUBLIC, OPEN_ROUTES: "welcome, index" };
		for (const [path, count] of [
			["/welcome/", 1],
			["/index.html", 1],
			["/example/", 0],
		] as const)
			expect((await get(path, bindings)).forwarded.length).toBe(count);
	});
	it("shadow mode shows what would be closed, and closes nothing", async () => {
		const { response, log } = await get("/welcome/", { ...PUBLIC, MODE: "shadow" } as typeof PUBLIC);
		expect([response.status, JSON.parse(log[0] ?? "")]).toMatchObject([
			200,
			{ route: "welcome", verdict: "refuse", reason: "path_closed" },
		]);
	});
});

it.each(CLOSED)("a server of one's own forwards %s as it came", async (path) => {
	const { forwarded } = await get(path, BINDINGS as typeof PUBLIC);
	expect(forwarded.map(({ url }) => new URL(url).pathname)).toEqual([
		new URL(`https://edge.test${path}`).pathname,
	]);
});

it.each(["/example/..%2fcommand", "/index.html/../command", "/welcome/%2e%2e/command", "/meta/..\\command"])(
	"%s: a route that exposure opens hides no protected one",
	async (path) => {
		for (const bindings of [BINDINGS, PUBLIC]) {
			const request = new Request(`https://edge.test${path}`, { method: "POST", body: "{}" });
			expect((await callEdge(request, bindings)).forwarded).toEqual([]);
		}
	},
);

describe("known sample secrets", () => {
	const problemsOf = (bindings: object) =>
		readHost({ ...BINDINGS, ...bindings }, NOW_SECONDS).problems.map(
			({ binding, problem }) => `${binding} ${problem}`,
		);
	it.each(["secret", "verysecretstring", "VerySecretString"])(
		"%s is refused on a public host",
		async (secret) => {
			const bindings = { ...PUBLIC, JWT_SECRET: secret };
			expect(problemsOf(bindings)).toEqual([
				"JWT_SECRET holds a known sample (key JWT_SECRET): a public host needs a secret of its own",
			]);
			const { response } = await callEdge(
				new Request("https://edge.test/command", { method: "POST" }),
				bindings,
			);
			expect([response.status, response.headers.get("X-Edge-Reason")]).toEqual([503, "edge_misconfigured"]);
		},
	);
	it("in a ring too", () => {
		expect(
			problemsOf({ ...PUBLIC, JWT_SECRET: '{"a":"a long secret of my own","b":"secret"}' }),
		).toHaveLength(1);
	});
	it("on a server of one's own the log warns only", () =>
		expect(problemsOf({ JWT_SECRET: "secret" })).toEqual([]));
});

it.each([
	[{ EXPOSURE: "closed" }, 'EXPOSURE is neither "server" nor "public"'],
	[
		{ OPEN_ROUTES: "command" },
		"OPEN_ROUTES names something else than example, welcome, admin, meta, dummy-callback, index",
	],
])("a problem: %j", (bindings, problem) => {
	const { problems } = readHost({ ...BINDINGS, ...bindings }, NOW_SECONDS);
	expect(problems.map((one) => `${one.binding} ${one.problem}`)).toEqual([problem]);
});

it("every route of the server has its reason in the documents", () => {
	const paths = SERVER_ROUTES.map(({ path }) => path);
	expect(Object.keys(ROUTE_MEANINGS).toSorted()).toEqual([...new Set(paths)].toSorted());
});
