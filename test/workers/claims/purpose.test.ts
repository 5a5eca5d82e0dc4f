/**
 * Token purposes: each shape of claims at each API route, flat and under `payload` or `query`. Protects against a token
 * that was made for one call and opens another, against unsigned builder scripts, and against URLs of foreign hosts.
 */
import { SignJWT } from "jose";
import { describe, expect, it } from "vitest";
import requests from "../../vectors/requests.json" with { type: "json" };
import { BINDINGS, callEdge, SECRETS } from "../support/call-edge.ts";

const URL_ = "https://files.test/a.docx";
/** Source: ONLYOFFICE API documentation, "Signature", request and browser; tokens that the server makes. */
const SHAPES = {
	command: { c: "info", key: "k1" },
	"command with users": { c: "drop", key: "k1", users: ["u1"] },
	"command version": { c: "version" },
	conversion: { filetype: "docx", key: "k1", outputtype: "pdf", title: "a.docx", url: URL_ },
	"asynchronous conversion": { async: true, filetype: "docx", key: "k1", outputtype: "pdf", url: URL_ },
	builder: { async: true, url: "https://files.test/a.docbuilder" },
	"builder with key": { async: false, key: "k1", url: URL_ },
	"builder with argument": { key: "k1", url: URL_, argument: { a: 1 } },
	"editor config": {
		document: { key: "k1", url: URL_, fileType: "docx" },
		documentType: "word",
		editorConfig: { callbackUrl: URL_ },
	},
	session: { document: { key: "k1" }, editorConfig: { ds_view: false, user: { id: "u" } } },
	download: { url: URL_, fileType: "pdf" },
	"version history": { key: "k1", previous: { key: "k0", url: URL_ }, url: URL_, version: 2 },
	changes: { changesUrl: URL_, key: "k1" },
	callback: { key: "k1", status: 2, url: URL_ },
	wopi: { fileInfo: { BaseFileName: "a.docx" }, userAuth: { access_token: "x" } },
	"a document alone": { document: { key: "k1" } },
	"an editor's settings alone": { editorConfig: {} },
	"a file alone, of WOPI": { fileInfo: { BaseFileName: "a.docx" } },
	"a user alone, of WOPI": { userAuth: { access_token: "x" } },
	"a version of a document": { version: 2, key: "k1" },
	"a URL alone": { url: URL_ },
	"nothing in particular": { key: "k1" },
	"a version of nothing": { version: 2 },
	"a file type without a URL": { fileType: "pdf" },
	"members that are null": { document: null, editorConfig: null, fileInfo: null, userAuth: null },
	empty: {},
};
/** Claims of no known shape. A token of these may be used for every call. */
const NO_SHAPE = [
	"a URL alone",
	"nothing in particular",
	"a version of nothing",
	"a file type without a URL",
	"members that are null",
	"empty",
] as const;
const MADE_FOR: Readonly<Record<string, readonly (keyof typeof SHAPES)[]>> = {
	"/command": ["command", "command with users", "command version", ...NO_SHAPE],
	"/converter": ["conversion", "asynchronous conversion", ...NO_SHAPE],
	"/docbuilder": ["builder", "builder with key", "builder with argument", ...NO_SHAPE],
};

const sign = (claims: object) =>
	new SignJWT({ ...claims })
		.setProtectedHeader({ alg: "HS256", typ: "JWT" })
		.sign(new TextEncoder().encode(SECRETS.JWT_SECRET));
async function outcome(
	path: string,
	claims: object,
	bindings: object = {},
	body = "",
): Promise<string | null> {
	const headers = { Authorization: `Bearer ${await sign(claims)}` };
	const request = new Request(`http://edge.test${path}`, { method: "POST", headers, body });
	const { response, forwarded } = await callEdge(request, { ...BINDINGS, ...bindings });
	if (forwarded.length > 0) return "forwarded";
	expect(await response.json()).toEqual({ error: path === "/command" ? 6 : -8 });
	return response.headers.get("X-Edge-Reason");
}

describe.each(Object.entries(MADE_FOR))("%s", (path, made) => {
	it.each(Object.entries(SHAPES))("%s", async (name, claims) => {
		const expected = made.some((one) => one === name) ? "forwarded" : "token_purpose";
		expect(await outcome(path, claims)).toBe(expected);
		const isDownloadOfServer = name === "a URL alone";
		expect(await outcome(path, { payload: claims })).toBe(isDownloadOfServer ? "token_purpose" : expected);
		expect(await outcome(path, { query: claims })).toBe(expected);
		expect(await outcome(path, claims, { TOKEN_PURPOSE: "server" })).toBe("forwarded");
	});
});

it.each([
	{ iss: "i" },
	{ sub: "s" },
	{ aud: "a" },
	{ exp: 4_102_444_800 },
	{ nbf: 1 },
	{ iat: 1 },
	{ jti: "j" },
])("the token of a download stays one with the registered claim %j", async (registered) => {
	expect(await outcome("/command", { payload: { url: URL_ }, ...registered })).toBe("token_purpose");
	expect(await outcome("/command", { payload: { url: URL_ }, ...registered, x: 1 })).toBe("forwarded");
});

it("/downloadfile accepts an editor's token, as the server does", async () => {
	expect(await outcome("/downloadfile/k1", SHAPES["editor config"])).toBe("forwarded");
});

describe("measured calls whose token was made for the API route", () => {
	const SHAPE_OF = { command: /"c":/, converter: /"outputtype":/, docbuilder: /"async":/ } as const;
	const claimsOf = (text: string) => {
		const token = /eyJ[\w-]+\.([\w-]+)\.[\w-]+/.exec(text)?.[1];
		return token ? atob(token.replaceAll("-", "+").replaceAll("_", "/")) : "";
	};
	const matching = requests.vectors.filter(({ id, via, handler, verdict, target, headers, body }) => {
		const shape = SHAPE_OF[handler as keyof typeof SHAPE_OF];
		if (!shape || verdict !== "accept" || via !== "docservice" || /tf|precedence|routing/.test(id))
			return false;
		return shape.test(claimsOf(JSON.stringify([target, headers, body])));
	});
	it("has its cases", () => expect(matching.length).toBeGreaterThan(40));
	it.each(matching)("$id", async ({ id, method, target, headers, body, body_encoding }) => {
		if (/array|nested|inside|two-|header-form\/(leading|suffix)/.test(id)) return;
		const init = {
			method,
			headers: headers as Record<string, string>,
			...(body !== null && body_encoding === "utf8" && { body }),
		};
		const bindings = { ...BINDINGS, JWT_SECRET: requests.secrets.inbox };
		const { response } = await callEdge(new Request(`http://edge.test${target}`, init), bindings);
		expect(response.headers.get("X-Edge-Reason")).not.toBe("token_purpose");
	});
});

describe("a builder script outside the token", () => {
	const SCRIPT = 'builder.CreateFile("docx");';
	it.each([
		["a script that the token does not name", { async: true }, SCRIPT, {}, "script_unsigned"],
		[
			"such a script, with ALLOW_UNSIGNED_SCRIPT",
			{ async: true },
			SCRIPT,
			{ ALLOW_UNSIGNED_SCRIPT: "true" },
			"forwarded",
		],
		[
			"such a script, with TOKEN_PURPOSE = server",
			{ async: true },
			SCRIPT,
			{ TOKEN_PURPOSE: "server" },
			"forwarded",
		],
		["a token that names its script, so the body is not run", { url: URL_ }, SCRIPT, {}, "forwarded"],
		[
			"a token that names its script under payload",
			{ payload: { async: true, url: URL_ } },
			SCRIPT,
			{},
			"forwarded",
		],
		["a body of parameters", { async: true }, '{"async":true}', {}, "forwarded"],
		["no body", { async: true, key: "k" }, "", {}, "forwarded"],
		["a body of white space, which is no script", { async: true, key: "k" }, " \r\n", {}, "forwarded"],
	])("%s", async (_, claims, body, bindings, expected) => {
		expect(await outcome("/docbuilder", claims, bindings, body)).toBe(expected);
	});
	it.each(["", null, false, 0])("a url of %j names no script, so the body would be run", async (url) => {
		for (const claims of [{ async: true, url }, { payload: { async: true, url } }])
			expect(await outcome("/docbuilder", claims, {}, SCRIPT)).toBe("script_unsigned");
	});
});

describe("lifetimes", () => {
	const now = Math.floor(Date.now() / 1000);
	it.each([
		[{ c: "version" }, { REQUIRE_EXP: "true" }, "token_lifetime"],
		[{ c: "version", exp: now + 60 }, { REQUIRE_EXP: "true" }, "forwarded"],
		[{ c: "version", payload: { exp: now + 60 } }, { REQUIRE_EXP: "true" }, "token_lifetime"],
		[{ c: "version", iat: now - 100 }, { MAX_TOKEN_AGE_SECONDS: "300" }, "forwarded"],
		[{ c: "version", iat: now - 400 }, { MAX_TOKEN_AGE_SECONDS: "300" }, "token_lifetime"],
		[{ c: "version" }, { MAX_TOKEN_AGE_SECONDS: "300" }, "token_lifetime"],
		[{ c: "version", iat: "soon" }, { MAX_TOKEN_AGE_SECONDS: "300" }, "token_lifetime"],
		[{ c: "version", iat: 1 }, {}, "forwarded"],
	])("%j with %j: %s", async (claims, bindings, expected) => {
		expect(await outcome("/command", claims, bindings)).toBe(expected);
	});
});

describe("hosts inside tokens", () => {
	const LIST = {
		ALLOWED_URL_HOSTS: "files.test, *.example.org, 10.0.0.5:8080, [fd00::1]",
		TOKEN_PURPOSE: "server",
	};
	it.each([
		["https://files.test/a", "forwarded"],
		["https://FILES.test./a", "forwarded"],
		["https://a.b.example.org/a", "forwarded"],
		["http://10.0.0.5:8080/a", "forwarded"],
		["http://[fd00::1]/a", "forwarded"],
		["", "forwarded"],
		["https://example.org/a", "token_url_host"],
		["https://evil.test/a", "token_url_host"],
		["https://files.test.evil.test/a", "token_url_host"],
		["https://files.test@evil.test/a", "token_url_host"],
		["https://user@files.test/a", "token_url_host"],
		["https://files.test:8443/a", "token_url_host"],
		["ftp://files.test/a", "token_url_host"],
		["file:///etc/passwd", "token_url_host"],
		["data:text/plain,x", "token_url_host"],
		["/relative", "token_url_host"],
		["http://127.0.0.1/a", "token_url_host"],
		["http://2130706433/a", "token_url_host"],
		["http://0x7f.1/a", "token_url_host"],
		["http://169.254.169.254/latest/meta-data", "token_url_host"],
		["http://10.0.0.5/a", "token_url_host"],
		["http://[::1]/a", "token_url_host"],
		["http://[::ffff:127.0.0.1]/a", "token_url_host"],
		["http://localhost/a", "token_url_host"],
	])("%s: %s", async (url, expected) => {
		for (const claims of [
			{ url },
			{ document: { url } },
			{ editorConfig: { callbackUrl: url } },
			{ changesUrl: url },
			{ payload: { previous: { url } } },
		]) {
			expect(await outcome("/command", claims, LIST)).toBe(expected);
		}
	});
	it("other claims are not URLs that the server fetches", async () => {
		expect(await outcome("/command", { title: "https://evil.test/a", urls: 5 }, LIST)).toBe("forwarded");
	});
	it("without ALLOWED_URL_HOSTS every host is accepted", async () => {
		expect(await outcome("/command", { c: "x", url: "http://127.0.0.1/" })).toBe("forwarded");
	});
});
