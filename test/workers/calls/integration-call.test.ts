/**
 * Callbacks and downloads of the Document Server to an integration, as ONLYOFFICE's documentation shows them, signed by
 * the server's own library. Protects an integration from calls that the Document Server did not make.
 */
import { createHmac } from "node:crypto";
import jsonwebtoken from "jsonwebtoken";
import { describe, expect, it } from "vitest";
import vectors from "../../vectors/tokens.json" with { type: "json" };
import { callEdge, type EdgeCall } from "../support/call-edge.ts";

const SECRET = "a secret that the Document Server signs with";
const INTEGRATION = {
	ORIGIN: "http://integration.test",
	ROLE: "storage",
	JWT_SECRET_OUTBOX: SECRET,
	CALLBACK_PATHS: "/track, /both",
	DOWNLOAD_PATHS: "/download/*, /both",
};

/** Source: ONLYOFFICE API documentation, "Callback handler" and "Signature". */
const CALLBACK = {
	key: "Khirz6zTPdfd7",
	status: 2,
	url: "https://example.com/url-to-edited-document.docx",
	users: ["6d5a81d0"],
	actions: [{ type: 0, userid: "78e1e841" }],
};
const FILE = "https://files.test/download/url-to-example-document.docx";

const sign = (claims: object, secret = SECRET, options: jsonwebtoken.SignOptions = {}) =>
	jsonwebtoken.sign(claims, secret, { algorithm: "HS256", noTimestamp: true, ...options });
const inHeader = (payload: object, secret = SECRET) => ({
	Authorization: `Bearer ${sign({ payload }, secret)}`,
});
const inBody = (claims: object, secret = SECRET) =>
	JSON.stringify({ ...claims, token: sign(claims, secret) });
const callback = (init: RequestInit, path = "/track") =>
	new Request(`https://files.test${path}`, { method: "POST", ...init });
const download = (url: string, claimed: unknown = url, method = "GET") =>
	new Request(url, { method, headers: inHeader({ url: claimed }) });

const outcomeOf = ({ response, forwarded }: EdgeCall) =>
	forwarded.length > 0 ? "accept" : response.headers.get("X-Edge-Reason");
const judge = async (request: Request, bindings: object = {}) =>
	outcomeOf(await callEdge(request, { ...INTEGRATION, ...bindings }));
async function forwardedOf(request: Request, bindings: object = {}): Promise<Request> {
	const call = await callEdge(request, { ...INTEGRATION, ...bindings });
	expect(outcomeOf(call)).toBe("accept");
	return call.forwarded[0] as Request;
}

describe("a callback", () => {
	it.each([
		["with its token in the body", { body: inBody(CALLBACK) }],
		["with its token in the header", { body: JSON.stringify(CALLBACK), headers: inHeader(CALLBACK) }],
		["with both, as the server sends it", { body: inBody(CALLBACK), headers: inHeader(CALLBACK) }],
		[
			"with fewer claims in the header, as the server sends it when they are long",
			{ body: inBody({ ...CALLBACK, changeshistory: ["x"] }), headers: inHeader(CALLBACK) },
		],
	])("%s is forwarded", async (_, init) => expect(await judge(callback(init))).toBe("accept"));

	const GOOD_BODY = inBody(CALLBACK);
	const GOOD_HEADER = inHeader(CALLBACK);
	const expired = sign({ ...CALLBACK, exp: 1 });
	it.each([
		["no token", { body: JSON.stringify(CALLBACK) }, "token_missing"],
		["no body", {}, "token_missing"],
		["a body that is not JSON", { body: "status=2&token=x" }, "token_missing"],
		["a token in the query alone", { body: "{}" }, "token_missing"],
		["a token in a form", { body: new URLSearchParams({ token: sign(CALLBACK) }) }, "token_missing"],
		["another secret in the body", { body: inBody(CALLBACK, "another") }, "token_signature"],
		[
			"another secret in the header",
			{ body: "{}", headers: inHeader(CALLBACK, "another") },
			"token_signature",
		],
		[
			"a bad body beside a good header",
			{ body: inBody(CALLBACK, "another"), headers: GOOD_HEADER },
			"token_signature",
		],
		[
			"a good body beside a bad header",
			{ body: GOOD_BODY, headers: inHeader(CALLBACK, "another") },
			"token_signature",
		],
		[
			"a good body beside an expired header",
			{ body: GOOD_BODY, headers: { Authorization: `Bearer ${expired}` } },
			"token_expired",
		],
		["a body token that is not a string", { body: '{"token":{}}', headers: GOOD_HEADER }, "token_malformed"],
		[
			"a good body beside a header without its prefix",
			{ body: GOOD_BODY, headers: { Authorization: `bearer ${expired}` } },
			"token_missing",
		],
		[
			"two headers",
			{
				body: GOOD_BODY,
				headers: [
					["Authorization", GOOD_HEADER.Authorization],
					["Authorization", GOOD_HEADER.Authorization],
				] as [string, string][],
			},
			"token_malformed",
		],
		["expired", { body: JSON.stringify({ token: expired }) }, "token_expired"],
		["not yet valid", { body: inBody({ ...CALLBACK, nbf: 4102444800 }) }, "token_not_yet_valid"],
		[
			"a body that is not gzip",
			{ body: GOOD_BODY, headers: { "Content-Encoding": "gzip" } },
			"body_undecodable",
		],
		[
			"a body in brotli",
			{ body: GOOD_BODY, headers: { "Content-Encoding": "br" } },
			"body_coding_unsupported",
		],
		["a body over 8 MiB", { body: " ".repeat(8 * 1024 * 1024 + 1) }, "body_too_large"],
	])("%s: refused", async (_, init, reason) => {
		const request = callback(init, `/track?token=${sign(CALLBACK)}`);
		expect(await judge(request)).toBe(reason);
	});
	it.each([
		["the header's prefix", { JWT_PREFIX: "JWT " }, "Authorization", "JWT "],
		["the header's name", { JWT_HEADER: "AuthorizationJwt" }, "AuthorizationJwt", "Bearer "],
	])("%s is a setting of the host", async (_, bindings, name, prefix) => {
		const headers = { [name]: prefix + sign({ payload: CALLBACK }) };
		expect(await judge(callback({ body: "{}", headers }), bindings)).toBe("accept");
		expect(await judge(callback({ body: "{}", headers }))).toBe("token_missing");
	});
	it("a token that is signed with the empty secret is refused, as the documentation's samples are", async () => {
		const sample = (claims: object) => {
			const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
			const signed = `${encode({ alg: "HS256", typ: "JWT" })}.${encode(claims)}`;
			return `${signed}.${createHmac("sha256", "").update(signed).digest("base64url")}`;
		};
		const body = JSON.stringify({ ...CALLBACK, token: sample(CALLBACK) });
		const headers = { Authorization: `Bearer ${sample({ payload: CALLBACK })}` };
		const file = { Authorization: `Bearer ${sample({ payload: { url: FILE } })}` };
		for (const [secret, reason] of [
			[SECRET, "token_signature"],
			["", "edge_misconfigured"],
			["\0", "edge_misconfigured"],
		]) {
			const bindings = { JWT_SECRET_OUTBOX: secret };
			expect(await judge(callback({ body }), bindings)).toBe(reason);
			expect(await judge(callback({ body: "{}", headers }), bindings)).toBe(reason);
			expect(await judge(new Request(FILE, { headers: file }), bindings)).toBe(reason);
		}
	});
});

describe("the purpose of a callback's token", () => {
	it.each([
		["a download's claims", { url: FILE }],
		["an editor's configuration", { document: { key: "k" }, editorConfig: {}, documentType: "word" }],
		["a command", { c: "forcesave", key: "k" }],
		["a status that is not a number", { ...CALLBACK, status: "2" }],
		["no key", { status: 2 }],
		["no claims", {}],
	])("%s: refused in the body and in the header, alone and beside a good token", async (_, claims) => {
		const bad = { body: inBody(claims), headers: inHeader(claims) };
		const good = { body: inBody(CALLBACK), headers: inHeader(CALLBACK) };
		for (const init of [
			{ body: bad.body },
			{ body: "{}", headers: bad.headers },
			{ body: bad.body, headers: good.headers },
			{ body: good.body, headers: bad.headers },
		]) {
			expect(await judge(callback(init))).toBe("token_purpose");
			expect(await judge(callback(init), { TOKEN_PURPOSE: "server" })).toBe("accept");
		}
	});
	it("claims outside `payload` of a header token are refused: the integration ignores them", async () => {
		const headers = { Authorization: `Bearer ${sign(CALLBACK)}` };
		expect(await judge(callback({ body: "{}", headers }))).toBe("token_purpose");
	});
	it.each([
		["a URL in the claims whose host is not allowed", { ALLOWED_URL_HOSTS: "ds.test" }, "token_url_host"],
		["a URL in the claims whose host is allowed", { ALLOWED_URL_HOSTS: "example.com" }, "accept"],
		["no exp, with REQUIRE_EXP", { REQUIRE_EXP: "true" }, "token_lifetime"],
		["no iat, with MAX_TOKEN_AGE_SECONDS", { MAX_TOKEN_AGE_SECONDS: "300" }, "token_lifetime"],
	])("%s", async (_, bindings, outcome) => {
		expect(await judge(callback({ body: inBody(CALLBACK) }), bindings)).toBe(outcome);
		expect(await judge(callback({ body: "{}", headers: inHeader(CALLBACK) }), bindings)).toBe(outcome);
	});
	it("a clock may differ by CLOCK_TOLERANCE_SECONDS", async () => {
		const exp = Math.floor(Date.now() / 1000) - 30;
		const request = () => callback({ body: inBody({ ...CALLBACK, exp }) });
		expect(await judge(request())).toBe("accept");
		expect(await judge(request(), { CLOCK_TOLERANCE_SECONDS: "0" })).toBe("token_expired");
	});
	it("every key of the ring is accepted, and the log names it", async () => {
		const JWT_SECRET_OUTBOX = JSON.stringify({ old: SECRET, new: "the new one" });
		const call = await callEdge(callback({ body: inBody(CALLBACK) }), { ...INTEGRATION, JWT_SECRET_OUTBOX });
		expect(JSON.parse(call.log.at(-1) ?? "")).toMatchObject({ route: "callback", key: "old" });
	});
});

describe("the token forms measured on the Document Server, in body and header", () => {
	/** The edge refuses these forms, which no client makes. `verify-token.test.ts` has the same list. */
	const STRICTER = /^hdr-crit-|crit-b64|^hdrjson-invalid-utf8$|^enc-(payload|header)-extra-char$/;
	/** A header cannot hold every token, and HTTP trims white space. Such a token would arrive as another one. */
	const isHeaderText = (token: unknown): token is string =>
		typeof token === "string" && /^[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?$/.test(token);
	it("has all 233 measured tokens", () => expect(vectors.tokens.length).toBe(233));
	it.each(vectors.tokens)("$id: $verdict", async ({ id, token, secret, verdict }) => {
		const bindings = { JWT_SECRET_OUTBOX: secret, TOKEN_PURPOSE: "server" };
		const inits: RequestInit[] = [{ body: JSON.stringify({ token }) }];
		if (isHeaderText(token)) inits.push({ body: "{}", headers: { Authorization: `Bearer ${token}` } });
		for (const init of inits) {
			const isAccepted = (await judge(callback(init), bindings)) === "accept";
			if (STRICTER.test(id)) expect(isAccepted && verdict === "reject").toBe(false);
			else expect(isAccepted ? "accept" : "reject").toBe(verdict);
		}
	});
});

describe("a download", () => {
	it.each(["GET", "HEAD"])("%s with a token of the called URL is forwarded", async (method) => {
		const forwarded = await forwardedOf(download(`${FILE}?a=%20&b`, `${FILE}?a=%20&b`, method));
		expect([forwarded.method, forwarded.url]).toEqual([
			method,
			"http://integration.test/download/url-to-example-document.docx?a=%20&b",
		]);
	});
	it.each([
		["the scheme's own port", "https://files.test:443/download/a"],
		["another case of host and scheme", "HTTPS://Files.TEST/download/a"],
		["dot segments", "https://files.test/x/../download/./a"],
		["a fragment", "https://files.test/download/a#x"],
		["white space around it", " https://files.test/download/a\n"],
	])("%s: another spelling of the called URL is accepted", async (_, claimed) => {
		expect(await judge(download("https://files.test/download/a", claimed))).toBe("accept");
	});
	it("letters outside ASCII, which the client encodes, are accepted", async () => {
		expect(await judge(download("https://files.test/download/%C3%A9", "https://files.test/download/é"))).toBe(
			"accept",
		);
	});
	it.each([
		"https://files.test/download/a?",
		"https://files.test/download/a?#x",
		"https://files.test/download/a#?",
	])("a `?` without a query is accepted, because the server drops it: %s", async (claimed) =>
		expect(await judge(download("https://files.test/download/a", claimed))).toBe("accept"),
	);
	it.each([
		[
			"a bare %",
			"https://files.test/download/100%25",
			"https://files.test/download/100%",
			"token_url_encoding",
		],
		[
			"a bare % before a letter",
			"https://files.test/download/5%25o",
			"https://files.test/download/5%o",
			"token_url_encoding",
		],
		[
			"an escape of another file",
			"https://files.test/download/a%20b",
			"https://files.test/download/a%21b",
			"token_url",
		],
		[
			"user and password",
			"https://files.test/download/a",
			"https://user:password@files.test/download/a",
			"token_url_userinfo",
		],
		[
			"a user alone",
			"https://files.test/download/a",
			"https://user@files.test/download/a",
			"token_url_userinfo",
		],
		[
			"user and password of another file",
			"https://files.test/download/a",
			"https://u:p@files.test/download/b",
			"token_url",
		],
	])("the reason names the fault of document.url: %s", async (_, called, claimed, reason) => {
		expect(await judge(download(called, claimed))).toBe(reason);
	});
	it("Basic credentials in the token's header are refused as URL user info", async () => {
		const headers = { Authorization: `Basic ${btoa("user:password")}` };
		const request = new Request("https://files.test/download/a", { headers });
		expect(await judge(request)).toBe("token_url_userinfo");
	});
	it.each([
		["file", "https://files.test/download/b"],
		["query", "https://files.test/download/a?x"],
		["host", "https://other.test/download/a"],
		["scheme", "http://files.test/download/a"],
		["port", "https://files.test:8443/download/a"],
		["case of the path", "https://files.test/download/A"],
		["escape", "https://files.test/download/%61"],
		["slash at the end", "https://files.test/download/a/"],
		["type", 5],
		["that it is a path", "/download/a"],
		["that it is absent", undefined],
	])("a token whose URL differs in %s is refused", async (_, claimed) => {
		const request = new Request("https://files.test/download/a", { headers: inHeader({ url: claimed }) });
		expect(await judge(request)).toBe("token_url");
	});
	it("a URL outside `payload` is refused", async () => {
		const headers = { Authorization: `Bearer ${sign({ url: FILE })}` };
		expect(await judge(new Request(FILE, { headers }))).toBe("token_url");
	});
	it.each([
		["no token", {}, "token_missing"],
		["another secret", inHeader({ url: FILE }, "another"), "token_signature"],
		["a callback's", inHeader(CALLBACK), "token_url"],
	])("%s: refused", async (_, headers, reason) => {
		expect(await judge(new Request(FILE, { headers }))).toBe(reason);
	});
	it("ALLOWED_URL_HOSTS need not name the integration's own host", async () => {
		expect(await judge(download(FILE), { ALLOWED_URL_HOSTS: "ds.test" })).toBe("accept");
	});
	it("at a path of both lists, a download's token is no callback's, and the other way round", async () => {
		const both = "https://files.test/both";
		expect(await judge(download(both))).toBe("accept");
		expect(await judge(callback({ body: inBody(CALLBACK) }, "/both"))).toBe("accept");
		expect(await judge(callback({ body: "{}", headers: inHeader({ url: both }) }, "/both"))).toBe(
			"token_purpose",
		);
		expect(await judge(new Request(both, { headers: inHeader(CALLBACK) }))).toBe("token_url");
	});
});

describe("methods, other paths and other spellings", () => {
	it.each([
		["GET", "/track"],
		["PUT", "/track"],
		["OPTIONS", "/track"],
		["POST", "/download/a"],
		["DELETE", "/both"],
	])("%s %s: 405", async (method, path) => {
		const call = await callEdge(new Request(`https://files.test${path}`, { method }), INTEGRATION);
		expect([call.response.status, outcomeOf(call)]).toEqual([405, "method_not_allowed"]);
	});
	it.each(["X-Original-URL", "X-Rewrite-URL"])(
		"%s names another path: refused on every route",
		async (name) => {
			const request = new Request("https://files.test/open", { headers: { [name]: "/track" } });
			expect(await judge(request)).toBe("path_ambiguous");
		},
	);
	it.each(["/open", "/internal/x", "/info/x", "/command", "/cache/files/a/b", "/doc/x/c/?EIO=3"])(
		"%s is open, and its body is forwarded unchanged",
		async (path) => {
			const forwarded = await forwardedOf(callback({ body: '{"token":"x"}' }, path));
			expect(await forwarded.text()).toBe('{"token":"x"}');
		},
	);
	it("an encoded spelling of a protected path is protected", async () => {
		expect(await judge(callback({ body: "{}" }, "/tr%61ck;x"))).toBe("token_missing");
	});
});

describe("required parameters: the claims of the token replace the body", () => {
	const token = sign(CALLBACK);
	const flat = `{"key":"Khirz6zTPdfd7","status":2,"url":"https://example.com/url-to-edited-document.docx","users":["6d5a81d0"],"actions":[{"type":0,"userid":"78e1e841"}]`;
	const forged = { ...CALLBACK, status: 3, url: "https://evil.test/" };
	const gzip = (text: string) =>
		new Response(new Response(text).body?.pipeThrough(new CompressionStream("gzip"))).bytes();
	it.each([
		[
			"a token in the body, which keeps its token",
			JSON.stringify({ ...forged, token }),
			{},
			`${flat},"token":"${token}"}`,
		],
		[
			"tokens in body and header: the body's claims",
			JSON.stringify({ ...forged, token }),
			inHeader({ ...CALLBACK, status: 6 }),
			`${flat},"token":"${token}"}`,
		],
		[
			"two tokens in the body: the last one's claims, as JSON.parse reads it",
			`{"token":"first","status":3,"token":"${token}"}`,
			{},
			`${flat},"token":"${token}"}`,
		],
		["a token alone", `{"token":"${token}"}`, {}, `${flat},"token":"${token}"}`],
		["a token in the header", JSON.stringify(forged), inHeader(CALLBACK), `${flat}}`],
		["a token in the header, an empty body", "", inHeader(CALLBACK), `${flat}}`],
		[
			"a token in the header, an empty one in the body",
			'{"token":"","status":3}',
			inHeader(CALLBACK),
			`${flat}}`,
		],
		["a token in the header, a body that is not JSON", "status=3", inHeader(CALLBACK), `${flat}}`],
		["a token in the header, a byte order mark before the body", "\ufeff{}", inHeader(CALLBACK), `${flat}}`],
	])("%s", async (_, body, headers, expected) => {
		expect(await (await forwardedOf(callback({ body, headers }))).text()).toBe(expected);
	});
	it("a token in a gzip body, which is forwarded without its coding", async () => {
		const headers = { "Content-Encoding": "gzip" };
		const body = await gzip(JSON.stringify({ ...forged, token }));
		const forwarded = await forwardedOf(callback({ body, headers }));
		expect(forwarded.headers.get("Content-Encoding")).toBeNull();
		expect(await forwarded.text()).toBe(`${flat},"token":"${token}"}`);
	});
	it("a token in the header, without a body: none is made", async () => {
		expect((await forwardedOf(callback({ headers: inHeader(CALLBACK) }))).body).toBeNull();
	});
	it("with TOKEN_REQUIRED_PARAMS = false the body is forwarded unchanged", async () => {
		for (const [body, headers] of [
			[` {"status":3, "token":"${token}"}`, {}],
			["status=3", inHeader(CALLBACK)],
		] as const) {
			const forwarded = await forwardedOf(callback({ body, headers }), { TOKEN_REQUIRED_PARAMS: "false" });
			expect(await forwarded.text()).toBe(body);
		}
	});
});

describe("re-signed with the integration's secret", () => {
	const ORIGIN_JWT_SECRET_OUTBOX = "what the integration holds";
	const RESIGN = { ORIGIN_JWT_SECRET_OUTBOX };
	const atOrigin = (token: unknown) =>
		jsonwebtoken.verify(String(token).replace("Bearer ", ""), ORIGIN_JWT_SECRET_OUTBOX);
	const both = { body: inBody(CALLBACK), headers: inHeader(CALLBACK) };
	it("tokens in body and header, with all their claims", async () => {
		const forwarded = await forwardedOf(callback(both), RESIGN);
		const { token, ...claims } = (await forwarded.json()) as { token: string };
		expect([claims, atOrigin(token)]).toEqual([CALLBACK, CALLBACK]);
		expect(atOrigin(forwarded.headers.get("Authorization"))).toEqual({ payload: CALLBACK });
	});
	it("a token in its place, in a body that is otherwise unchanged", async () => {
		const token = sign(CALLBACK);
		const forwarded = await forwardedOf(callback({ body: ` {"a": 1.0, "token":"${token}"}` }), {
			...RESIGN,
			TOKEN_REQUIRED_PARAMS: "false",
		});
		const [, sent] = /^ \{"a": 1\.0, "token":"(.*)"\}$/.exec(await forwarded.text()) ?? [];
		expect(atOrigin(sent)).toEqual(CALLBACK);
	});
	it("a token in the header: the body gets the claims, and no token", async () => {
		const forwarded = await forwardedOf(callback({ body: "{}", headers: inHeader(CALLBACK) }), RESIGN);
		expect(atOrigin(forwarded.headers.get("Authorization"))).toEqual({ payload: CALLBACK });
		expect(await forwarded.json()).toEqual(CALLBACK);
	});
	it("the token of a download", async () => {
		const forwarded = await forwardedOf(download(FILE), RESIGN);
		expect(atOrigin(forwarded.headers.get("Authorization"))).toEqual({ payload: { url: FILE } });
	});
	it("a token that is already signed with the integration's secret stays", async () => {
		const body = inBody(CALLBACK, ORIGIN_JWT_SECRET_OUTBOX);
		const forwarded = await forwardedOf(callback({ ...both, body }), RESIGN);
		expect(await forwarded.text()).toBe(body);
		expect(atOrigin(forwarded.headers.get("Authorization"))).toEqual({ payload: CALLBACK });
	});
	it("no token before both are verified", async () => {
		const bad = { ...both, headers: inHeader(CALLBACK, "another") };
		expect(await judge(callback(bad), RESIGN)).toBe("token_signature");
	});
});

describe("a refusal has the form of an integration's, which the Document Server reads", () => {
	it.each([
		["token_missing", callback({ body: "{}" }), {}, 403, "turn on token.enable.request.outbox"],
		["token_signature", callback({ body: inBody(CALLBACK, "x") }), {}, 403, "secret"],
		["token_malformed", callback({ body: '{"token":"x"}' }), {}, 403, "JWT"],
		["token_expired", callback({ body: inBody({ ...CALLBACK, exp: 1 }) }), {}, 403, "clocks"],
		["token_purpose", callback({ body: inBody({}) }), {}, 403, "callback"],
		[
			"token_url_host",
			callback({ body: inBody(CALLBACK) }),
			{ ALLOWED_URL_HOSTS: "a" },
			403,
			"ALLOWED_URL_HOSTS",
		],
		["token_lifetime", callback({ body: inBody(CALLBACK) }), { REQUIRE_EXP: "true" }, 403, "exp"],
		["token_url", download(FILE, "https://files.test/other"), {}, 403, "URL"],
		["method_not_allowed", new Request("https://files.test/track"), {}, 405, "Not Allowed"],
		["edge_misconfigured", download(FILE), { JWT_SECRET_OUTBOX: "" }, 503, "log"],
	])("%s", async (reason, request, bindings, status, part) => {
		const { response } = await callEdge(request, { ...INTEGRATION, ...bindings });
		expect([response.status, response.headers.get("X-Edge-Reason")]).toEqual([status, reason]);
		expect(response.headers.get("Content-Type")).toContain("application/json");
		expect(await response.json()).toEqual({ error: 1, message: expect.stringContaining(part) });
	});
	it("with REASONS = false the message is only Forbidden", async () => {
		const { response } = await callEdge(callback({ body: "{}" }), { ...INTEGRATION, REASONS: "false" });
		expect(await response.json()).toEqual({ error: 1, message: "Forbidden" });
	});
	it.each([
		["GET", "url"],
		["HEAD", ""],
	])("the refusal of a %s has the body that its method allows", async (method, part) => {
		const { response } = await callEdge(download(FILE, "x", method), INTEGRATION);
		expect((await response.text()).toLowerCase()).toContain(part);
	});
	it("an integration that cannot be reached gives 502 in the same form", async () => {
		const { response } = await callEdge(callback({ body: inBody(CALLBACK) }), INTEGRATION, () => {
			throw new Error("down");
		});
		expect([response.status, await response.json()]).toEqual([502, { error: 1, message: "Bad Gateway" }]);
	});
});

it("with the outbox check off, requests are neither checked nor changed", async () => {
	const off = { JWT_ENABLED_OUTBOX: "false", JWT_SECRET_OUTBOX: undefined };
	expect(await (await forwardedOf(callback({ body: "x" }), off)).text()).toBe("x");
	expect(await judge(new Request("https://files.test/track", { method: "PUT" }), off)).toBe("accept");
	expect(await judge(new Request(FILE), off)).toBe("accept");
});

describe("shadow mode", () => {
	const shadowOf = async (request: Request, answer: Response, bindings: object) => {
		const { forwarded, log } = await callEdge(request, { ...INTEGRATION, ...bindings }, () => answer);
		return [forwarded.length, JSON.parse(log.at(-1) ?? "").shadow];
	};
	const json = (value: object, status = 200) => {
		const text = JSON.stringify(value);
		return new Response(text, { status, headers: { "Content-Length": String(text.length) } });
	};
	const good = () => callback({ body: inBody(CALLBACK) });
	const bad = () => callback({ body: inBody(CALLBACK, "another") });
	it.each([
		["both accept", good(), json({ error: 0 }), "agree"],
		["both refuse, the integration by its error", bad(), json({ error: 1, message: "x" }), "agree"],
		["both refuse, the integration by its status", bad(), json({}, 403), "agree"],
		["the edge alone would refuse", bad(), json({ error: 0 }), "edge_only_refuses"],
		["the integration alone refuses", good(), json({}, 401), "origin_only_refuses"],
		["a download that both allow", download(FILE), new Response("file"), "agree"],
		[
			"a download that the edge alone would refuse",
			new Request(FILE),
			new Response("f"),
			"edge_only_refuses",
		],
		["an open route", callback({}, "/open"), json({ error: 1 }), "not compared"],
	])("%s", async (_, request, answer, shadow) => {
		expect(await shadowOf(request, answer, { MODE: "shadow" })).toEqual([1, shadow]);
	});
	it("SHADOW_ROUTES covers one route, by every method", async () => {
		const bindings = { SHADOW_ROUTES: "callback" };
		expect(await shadowOf(bad(), json({ error: 1 }), bindings)).toEqual([1, "agree"]);
		const put = new Request("https://files.test/track", { method: "PUT" });
		expect(await shadowOf(put, json({ error: 1 }), bindings)).toEqual([1, "agree"]);
		expect(await shadowOf(new Request(FILE), json({}), bindings)).toEqual([0, undefined]);
	});
});

it("no reply and no log line holds a secret, a token or a claim", async () => {
	const secrets = { JWT_SECRET_OUTBOX: "canary-secret", ORIGIN_JWT_SECRET_OUTBOX: "canary-origin-secret" };
	const claims = { ...CALLBACK, userdata: "canary-claim" };
	const url = "https://files.test/download/canary?canary-query=1";
	const tokens = ["canary-secret", "canary-another"].flatMap((secret) => [
		sign(claims, secret),
		sign({ payload: claims }, secret),
		sign({ payload: { url } }, secret),
		sign({ ...claims, exp: 1 }, secret),
	]);
	const parts = tokens.flatMap((token) => token.split(".").slice(1));
	const requests = [...tokens, "canary.token.text"].flatMap((token) => [
		callback({ body: JSON.stringify({ ...claims, token }) }, "/track?canary-query"),
		callback({ body: "canary", headers: { Authorization: `Bearer ${token}` } }),
		new Request(url, { headers: { Authorization: `Bearer ${token}` } }),
	]);
	const fails = () => {
		throw new Error("canary-secret");
	};
	const origins = [() => new Response("origin"), fails];
	for (const origin of origins) {
		for (const binding of [{}, { CALLBACK_PATHS: "canary" }, { ROLE: "canary" }, { MODE: "shadow" }]) {
			for (const request of requests) {
				const call = await callEdge(request.clone(), { ...INTEGRATION, ...secrets, ...binding }, origin);
				const said = [...call.log, await call.response.text(), ...[...call.response.headers].flat()].join(
					"\n",
				);
				for (const text of ["canary", ...parts]) expect(said).not.toContain(text);
			}
		}
	}
});
