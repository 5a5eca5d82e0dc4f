/**
 * Refusals: the server's words and the edge's headers. Protects against a client that does not understand a refusal,
 * and against an edge that forwards protected requests while its bindings are wrong.
 */
import { describe, expect, it } from "vitest";
import { BINDINGS, callEdge } from "../support/call-edge.ts";

const post = (path: string, body: string, headers: Record<string, string> = {}) =>
	new Request(`http://edge.test${path}`, { method: "POST", body, headers });

describe("every refusal", () => {
	it("has its reason and an id, and is not cached", async () => {
		const { response, log } = await callEdge(post("/command", "{}"));
		expect(response.headers.get("Cache-Control")).toBe("no-store");
		expect(response.headers.get("X-Edge-Reason")).toBe("token_missing");
		const line = JSON.parse(log.at(-1) ?? "");
		expect(line).toMatchObject({
			id: response.headers.get("X-Request-Id"),
			host: "edge.test",
			route: "command",
			verdict: "refuse",
			reason: "token_missing",
			status: 200,
		});
		expect(new Date(line.time).getTime()).toBeGreaterThan(0);
		expect(line.ms).toBeGreaterThanOrEqual(0);
	});
	it("with REASONS = false only the log has the reason", async () => {
		const { response, log } = await callEdge(post("/command", "{}"), { ...BINDINGS, REASONS: "false" });
		expect(response.headers.has("X-Edge-Reason")).toBe(false);
		expect(log.at(-1)).toContain("token_missing");
	});
	it("has Express' ETag in DocService's form, and none in nginx's", async () => {
		const etagOf = async (request: Request) => (await callEdge(request)).response.headers.get("ETag");
		expect(await etagOf(post("/command", "{}"))).toBe('W/"b-LRcxe7iSAJH5JBcNMVwY3YCaOwE"');
		expect(await etagOf(new Request("http://edge.test/cache/files/a/b"))).toBe(null);
	});
	it("of a HEAD has no body", async () => {
		const request = new Request("http://edge.test/cache/files/a/b", { method: "HEAD" });
		const { response } = await callEdge(request);
		expect(response.status).toBe(403);
		expect(await response.text()).toBe("");
	});
});

describe("status by kind of request", () => {
	it.each([
		["GET", "/cache/files/a/b", 403, "link_unsigned", "text/html"],
		["GET", "/cache/files/a/b?md5=x&expires=1", 403, "link_malformed", "text/html"],
		["GET", "/storage-cache/files/data/a", 403, "link_unsigned", "text/plain; charset=utf-8"],
		["GET", "/internal/connections/edit", 403, "path_closed", "text/html"],
		["GET", "/%zz", 400, "target_malformed", "text/html"],
		["POST", "/comm%61nd", 404, "path_ambiguous", "text/html"],
		["GET", `/${"a".repeat(9000)}`, 414, "target_too_long", "text/html"],
		["POST", "/docbuilder", 200, "token_missing", "application/json; charset=UTF-8"],
		["GET", "/downloadfile/a", 403, "token_missing", "text/plain; charset=utf-8"],
	])("%s %s: %i %s", async (method, path, status, reason, type) => {
		const { response, forwarded } = await callEdge(new Request(`http://edge.test${path}`, { method }));
		expect(response.status).toBe(status);
		expect(response.headers.get("X-Edge-Reason")).toBe(reason);
		expect(response.headers.get("Content-Type")).toBe(type);
		expect(forwarded).toEqual([]);
	});
});

describe("bodies that cannot be read for their token", () => {
	const limit = 1024 * 1024;
	const gzip = async (text: string) =>
		new Response(new Response(text).body?.pipeThrough(new CompressionStream("gzip"))).arrayBuffer();
	const refusalOf = async (body: BodyInit, coding = "identity") => {
		const headers = { "Content-Encoding": coding };
		const request = new Request("http://edge.test/command", { method: "POST", body, headers });
		const { response, forwarded } = await callEdge(request);
		expect(forwarded).toEqual([]);
		return [response.status, response.headers.get("X-Edge-Reason")];
	};
	it("too large", async () =>
		expect(await refusalOf("x".repeat(limit + 1))).toEqual([413, "body_too_large"]));
	it("too large once inflated", async () => {
		expect(await refusalOf(await gzip("x".repeat(limit + 1)), "gzip")).toEqual([413, "body_too_large"]);
	});
	it("exactly at the limit: accepted", async () => {
		expect(await refusalOf(" ".repeat(limit))).toEqual([200, "token_missing"]);
	});
	it.each(["br", "zstd", "x-gzip", "gzip, identity"])("coded as %s", async (coding) => {
		expect(await refusalOf("{}", coding)).toEqual([415, "body_coding_unsupported"]);
	});
	it.each(["gzip", "deflate"])("not %s, although Content-Encoding says so", async (coding) => {
		expect(await refusalOf("{}", coding)).toEqual([400, "body_undecodable"]);
	});
	it("that breaks off", async () => {
		const body = new ReadableStream({
			start(controller) {
				controller.enqueue(new TextEncoder().encode('{"c":'));
				controller.error(new Error("client went away"));
			},
		});
		expect(await refusalOf(body)).toEqual([400, "body_undecodable"]);
	});
});

describe("an edge with a wrong binding", () => {
	const protectedRequests = [
		new Request("http://edge.test/cache/files/a/b?md5=AAAAAAAAAAAAAAAAAAAAAA&expires=4102444800"),
		post("/command", '{"c":"version"}'),
		post("/converter", "{}"),
		new Request("http://edge.test/downloadfile/a"),
	];
	it.each([
		["a secret is missing", { ...BINDINGS, SECURE_LINK_SECRET: undefined }, "SECURE_LINK_SECRET"],
		["a secret is empty", { ...BINDINGS, JWT_SECRET: "" }, "JWT_SECRET"],
		["the origin is no URL", { ...BINDINGS, ORIGIN: "nowhere" }, "ORIGIN"],
		["a switch is neither on nor off", { ...BINDINGS, JWT_ENABLED: "maybe" }, "JWT_ENABLED"],
	])(
		"%s: protected routes answer 503, no request is forwarded, and the log names the binding",
		async (_, bindings, name) => {
			for (const request of protectedRequests) {
				const { response, forwarded, log } = await callEdge(request.clone(), bindings);
				expect(response.status).toBe(503);
				expect(await response.text()).toContain("not configured");
				expect(forwarded).toEqual([]);
				expect(log.map((line) => JSON.parse(line)).find(({ binding }) => binding)).toMatchObject({
					binding: name,
				});
			}
		},
	);
	it("open routes are forwarded, unless ORIGIN is wrong", async () => {
		const open = () => new Request("http://edge.test/web-apps/index.html");
		expect((await callEdge(open(), { ...BINDINGS, JWT_SECRET: "" })).response.status).toBe(200);
		expect((await callEdge(open(), { ...BINDINGS, ORIGIN: "" })).response.status).toBe(503);
	});
});

it("JWT_ENABLED_INBOX = false: no token is required", async () => {
	const { forwarded } = await callEdge(post("/command", "{}"), { ...BINDINGS, JWT_ENABLED_INBOX: "false" });
	expect(forwarded.length).toBe(1);
});

/** The samples of public documentation are signed with the empty string: every reader has such a token. */
describe("the published sample token", () => {
	const SAMPLE =
		"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJjIjoiaW5mbyIsImtleSI6IktoaXJ6NnpUUGRmZDcifQ.r_6sThjFABsHMNHhkVdHDSz4jwkbXRQNYdvawkBGJgg";
	it.each([
		["a good secret", {}],
		["an empty secret", { JWT_SECRET: "" }],
		["a blank secret", { JWT_SECRET: " " }],
		["no secret", { JWT_SECRET: undefined }],
		["an empty inbox secret over a good default", { JWT_SECRET_INBOX: "" }],
		["a secret of one NUL, which HMAC pads to the same key", { JWT_SECRET: "\0" }],
	])("is refused with %s", async (_, bindings) => {
		for (const request of [
			post("/command", JSON.stringify({ token: SAMPLE })),
			post("/command", "{}", { Authorization: `Bearer ${SAMPLE}` }),
			new Request(`http://edge.test/coauthoring/CommandService.ashx?token=${SAMPLE}`),
		]) {
			const { response, forwarded } = await callEdge(request, { ...BINDINGS, ...bindings });
			expect(forwarded).toEqual([]);
			expect([200, 503]).toContain(response.status);
			if (response.status === 200) expect(await response.json()).toEqual({ error: 6 });
		}
	});
});
