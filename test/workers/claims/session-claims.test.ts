/**
 * Session routes: the server's own rules on the claims of a good token, and the binding to the document of the path.
 * Protects against a session token that reads or writes another document, or exceeds its permissions.
 */
import { SignJWT } from "jose";
import { describe, expect, it } from "vitest";
import { BINDINGS, callEdge, SECRETS } from "../support/call-edge.ts";

const sign = (claims: object) =>
	new SignJWT({ ...claims })
		.setProtectedHeader({ alg: "HS256", typ: "JWT" })
		.sign(new TextEncoder().encode(SECRETS.JWT_SECRET));
const WRITER = { editorConfig: { user: { id: "u" } } };
const of = (key: unknown, more: object = {}) => ({ document: { key, ...more }, ...WRITER });

type Endpoint = "upload" | "downloadas" | "savefile" | "printfile";
async function outcome(
	endpoint: Endpoint,
	documentKey: string,
	claims: object | undefined,
	bindings = BINDINGS,
) {
	const token = claims && (await sign(claims));
	const cmd = encodeURIComponent(JSON.stringify(token ? { tokenSession: token } : {}));
	const url = {
		upload: `/upload/${documentKey}/any${token ? `?token=${token}` : ""}`,
		downloadas: `/downloadas/${documentKey}?cmd=${cmd}`,
		savefile: `/savefile/${documentKey}?cmd=${cmd}`,
		printfile: `/printfile/${documentKey}/a.pdf${token ? `?token=${token}` : ""}`,
	}[endpoint];
	const method = endpoint === "printfile" ? "GET" : "POST";
	const { response, forwarded } = await callEdge(new Request(`http://edge.test${url}`, { method }), bindings);
	if (forwarded.length > 0) return "forwarded";
	expect([response.status, await response.text()]).toEqual([403, "Forbidden"]);
	return response.headers.get("X-Edge-Reason");
}

const ENDPOINTS = ["upload", "downloadas", "savefile", "printfile"] as const;
const FREE = { ...BINDINGS, BIND_DOCUMENT: "false" };
const encrypted = { ds_encrypted: true };

describe.each(ENDPOINTS)("/%s", (endpoint) => {
	const allowed = of("doc1", encrypted);
	it("a token of this document is forwarded", async () => {
		expect(await outcome(endpoint, "doc1", allowed)).toBe("forwarded");
		expect(await outcome(endpoint, "d%6fc1", allowed)).toBe("forwarded");
	});
	it("the path may have the suffix that the server adds", async () => {
		expect(await outcome(endpoint, "doc1_2026", allowed)).toBe("forwarded");
	});
	it("a token of another document is refused; with BIND_DOCUMENT = false the server decides", async () => {
		expect(await outcome(endpoint, "doc2", allowed)).toBe("token_document");
		const unbound = await outcome(endpoint, "doc2", allowed, FREE);
		expect(unbound).toBe(endpoint === "printfile" ? "token_document" : "forwarded");
	});
	it.each(["oc1", "oc", "doc", "1", "", "doc11", "xdoc1", "DOC1"])(
		"a token of %j is refused: a part of the path's document is another document",
		async (key) => expect(await outcome(endpoint, "doc1", of(key, encrypted))).toBe("token_document"),
	);
	it("claims on which the server's handler fails are forwarded", async () => {
		expect(await outcome(endpoint, "doc1", { a: 1 })).toBe("forwarded");
	});
	it("a missing token is refused, unless the browser's check is off", async () => {
		expect(await outcome(endpoint, "doc1", undefined)).toBe("token_missing");
		const off = { ...BINDINGS, JWT_ENABLED_BROWSER: "false" };
		expect(await outcome(endpoint, "doc1", undefined, off)).toBe("forwarded");
		const wrong = { ...off, JWT_SECRET_SESSION: "another secret" };
		expect(await outcome(endpoint, "doc1", allowed, wrong)).toBe("token_signature");
	});
});

describe("permissions in the claims", () => {
	it.each([
		["upload", { document: { key: "doc1" }, editorConfig: { ds_view: true } }, "forwarded"],
		[
			"upload",
			{ document: { key: "doc1" }, editorConfig: { ds_isCloseCoAuthoring: true } },
			"token_permission",
		],
		["savefile", of("doc1"), "token_permission"],
		[
			"savefile",
			{ document: { key: "doc1", ...encrypted }, editorConfig: { ds_view: true } },
			"token_permission",
		],
		["downloadas", of("doc1", { permissions: { download: false, print: false } }), "token_permission"],
		["downloadas", of("doc1", { permissions: { download: false } }), "forwarded"],
		["printfile", { document: { key: "" } }, "forwarded"],
		["printfile", { document: { key: "doc" } }, "forwarded"],
		["printfile", { document: { key: "oc1" } }, "token_document"],
	] as const)("%s with %j: %s", async (endpoint, claims, expected) => {
		expect(await outcome(endpoint, "doc1", claims, FREE)).toBe(expected);
	});
});

it("a cmd that is not JSON is a bad request, as at the server", async () => {
	for (const query of ["", "?cmd=abc", "?cmd={}&cmd={}"]) {
		const request = new Request(`http://edge.test/downloadas/doc1${query}`, { method: "POST" });
		const { response, forwarded } = await callEdge(request);
		expect([response.status, await response.text(), forwarded.length]).toEqual([400, "Bad Request", 0]);
	}
});

it("an upload is streamed: it reaches the origin while the client still sends", async () => {
	const token = await sign(of("doc1"));
	const { readable, writable } = new TransformStream<Uint8Array>();
	const writer = writable.getWriter();
	const request = new Request(`http://edge.test/upload/doc1?token=${token}`, {
		method: "POST",
		body: readable,
	});
	let atOrigin = 0;
	const { response } = await callEdge(request, BINDINGS, async ({ body }) => {
		const reader = (body as ReadableStream<Uint8Array>).getReader();
		void writer.write(new Uint8Array(1000));
		atOrigin = (await reader.read()).value?.length ?? 0;
		void writer.close();
		return new Response("ok");
	});
	expect(await response.text()).toBe("ok");
	expect(atOrigin).toBe(1000);
});
