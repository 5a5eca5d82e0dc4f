/**
 * The Hono app. Protects requests and responses against a change by Hono, and protected routes against a pattern of
 * Hono that reads a path differently from `decide`.
 */
import { createExecutionContext } from "cloudflare:test";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createEdge } from "../../src/app.ts";
import { ROUTES } from "../../src/routes/document-server-routes.ts";
import { BINDINGS, callEdge } from "./support/call-edge.ts";

afterEach(() => vi.restoreAllMocks());

/** Returns the edge's response, if the origin's is this very object. */
async function passThrough(request: Request, fromOrigin: Response, bindings: object = {}): Promise<Response> {
	vi.spyOn(globalThis, "fetch").mockResolvedValue(fromOrigin);
	vi.spyOn(console, "log").mockReturnValue();
	return createEdge().fetch(request, { ...BINDINGS, ...bindings }, createExecutionContext());
}

describe("method and body reach the origin unchanged", () => {
	it("HEAD, which Hono routes as GET", async () => {
		const head = new Response(null, { headers: { "Content-Length": "12345", ETag: '"x"' } });
		const { response, forwarded } = await callEdge(
			new Request("https://edge.test/web-apps/a", { method: "HEAD" }),
			BINDINGS,
			() => head,
		);
		expect(forwarded.map(({ method }) => method)).toEqual(["HEAD"]);
		expect([response.status, response.headers.get("Content-Length"), response.headers.get("ETag")]).toEqual([
			200,
			"12345",
			'"x"',
		]);
	});
	it.each(["PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND"])("%s", async (method) => {
		const { forwarded } = await callEdge(new Request("https://edge.test/x", { method }));
		expect(forwarded.map((one) => one.method)).toEqual([method]);
	});
	it("a body of arbitrary bytes", async () => {
		const body = Uint8Array.from([0, 255, 10, 13]);
		const { forwarded } = await callEdge(new Request("https://edge.test/x", { method: "POST", body }));
		expect(new Uint8Array((await forwarded[0]?.arrayBuffer()) ?? [])).toEqual(body);
	});
	// `Request` refuses a GET with a body: test/node/request-vectors.test.ts sends such requests to the bundle.
});

describe("the origin's response is returned itself, not a copy", () => {
	it("a stream, which a copy would decode", async () => {
		const { readable } = new TransformStream();
		const fromOrigin = new Response(readable, { headers: { "Content-Encoding": "gzip" } });
		const response = await passThrough(new Request("https://edge.test/web-apps/a"), fromOrigin);
		expect(response).toBe(fromOrigin);
		expect(response.body).toBe(readable);
	});
	it("a WebSocket, which a copy would lose", async () => {
		const fromOrigin = new Response(null, { status: 101, webSocket: new WebSocketPair()[0] });
		const request = new Request("https://edge.test/doc/k/c/?EIO=4&transport=websocket", {
			headers: { Upgrade: "websocket" },
		});
		const response = await passThrough(request, fromOrigin, { SOCKET_GUARD: "false" });
		expect(response).toBe(fromOrigin);
		expect(response.webSocket).not.toBeNull();
	});
	it.each([304, 404, 500, 503])("status %d", async (status) => {
		const fromOrigin = new Response(null, { status });
		expect(await passThrough(new Request("https://edge.test/x"), fromOrigin)).toBe(fromOrigin);
	});
});

describe("odd paths", () => {
	it.each([
		["/a%0ab", undefined, "a line feed, which Hono's patterns do not match"],
		["//command", undefined, "a double slash"],
		["/%E0%A4%A", "target_malformed", "a bad escape"],
		["/%69nternal/x", "path_closed", "a closed path, encoded"],
		["/x/..%2finternal/x", "path_closed", "a closed path behind an encoded slash"],
		["/9.1.0-2/%69nternal/x", "path_closed", "a closed path behind a version prefix"],
		["/comm%61nd", undefined, "a spelling that DocService answers 404"],
	])("%s: %s (%s)", async (path, reason, _why) => {
		const { response, forwarded } = await callEdge(new Request(`https://edge.test${path}`));
		expect(response.headers.get("X-Edge-Reason") ?? undefined).toBe(reason);
		expect(forwarded.length).toBe(reason === undefined ? 1 : 0);
	});
	it.each(["/.edge/health", "/%2eedge/health", "/x/../.edge/health", "/.edge//health"])(
		"%s reaches the edge's own endpoint",
		async (path) => {
			const { response, forwarded } = await callEdge(new Request(`https://edge.test${path}`));
			expect([await response.text(), forwarded.length]).toEqual(["ok", 0]);
		},
	);
	it.each(["/.edge", "/.edge/", "/.edge/x", "/.edge/status", "/.edge/status/x"])(
		"%s gives 404 to a stranger",
		async (path) => {
			const { response, forwarded } = await callEdge(new Request(`https://edge.test${path}`));
			expect([response.status, forwarded.length]).toEqual([404, 0]);
		},
	);
});

describe("only decide gives access", () => {
	it("the app registers path patterns only for its own endpoints", () => {
		const patterns = createEdge().routes.map(({ path }) => path);
		expect(new Set(patterns.filter((path) => !path.startsWith("/.edge/")))).toEqual(new Set(["/*"]));
	});
	const rows = ROUTES.filter(({ requires }) => requires.kind !== "open").map(
		({ path, methods }) =>
			[methods?.[0] ?? "GET", path.replaceAll("*", "x").replace(/:\w+/g, "one")] as const,
	);
	it.each(rows)("%s %s is protected", async (method, path) => {
		// The first request of a socket needs no token. EIO=3 is a version that the edge refuses.
		const url = `https://edge.test${path}${path.startsWith("/doc/") ? "?EIO=3&transport=polling" : ""}`;
		const { response, forwarded } = await callEdge(new Request(url, { method }));
		expect(response.headers.get("X-Edge-Reason")).not.toBeNull();
		expect(forwarded).toEqual([]);
	});
});

it("an unexpected error is answered without its text", async () => {
	const context = createExecutionContext();
	const throwing = new Proxy(new Request("https://edge.test/command", { method: "POST" }), {
		get(request, name) {
			if (name === "headers") throw new Error("canary: the request's own text");
			const value = Reflect.get(request, name, request);
			return typeof value === "function" ? value.bind(request) : value;
		},
	});
	const log = vi.spyOn(console, "log").mockReturnValue();
	const response = await createEdge().fetch(throwing, { ...BINDINGS }, context);
	expect([response.status, await response.text()]).toEqual([500, "Internal Server Error"]);
	expect(response.headers.get("Cache-Control")).toBe("no-store");
	expect(log.mock.calls.join()).not.toContain("canary");
});
