/**
 * Attacks that must not pass: a stranger without a credential, or with one for something else, tries to reach more than
 * it opens. Each row is one attack that was tried. Similar requests that have to pass are rows of their own.
 */
import { SignJWT } from "jose";
import { describe, expect, it } from "vitest";
import type { Bindings } from "../../../src/config/bindings.ts";
import { createKey } from "../../../src/config/secrets/key-ring.ts";
import { signSecureLink } from "../../../src/link/secure-link.ts";
import { BINDINGS, callEdge, SECRETS } from "../support/call-edge.ts";

const LINK_KEY = createKey("link", SECRETS.SECURE_LINK_SECRET);
const EXPIRES = "4102444800";
const FILE = "/files/data/KEYA/output.docx/o.docx";

const token = (claims: object, secret = SECRETS.JWT_SECRET) =>
	new SignJWT({ ...claims })
		.setProtectedHeader({ alg: "HS256", typ: "JWT" })
		.sign(new TextEncoder().encode(secret));
/** The claims of a session token that the server makes. */
const session = (key: string, permissions: object = {}) =>
	token({
		document: { key, permissions },
		editorConfig: {
			user: { id: "u" },
			ds_isCloseCoAuthoring: false,
			ds_sessionTimeConnect: 1_795_219_200_000,
		},
	});
const editorOf = (key: string) =>
	token({
		document: {
			key,
			fileType: "docx",
			url: "https://files.test/a.docx",
			permissions: { download: false, print: false },
		},
		documentType: "word",
		editorConfig: { callbackUrl: "https://files.test/track", mode: "view" },
	});

async function call(request: Request, bindings: Bindings = BINDINGS) {
	const { response, forwarded } = await callEdge(request, bindings);
	const [sent] = forwarded;
	return { reason: response.headers.get("X-Edge-Reason"), status: response.status, sent };
}
const post = (url: string, init: RequestInit = {}) =>
	new Request(`http://edge.test${url}`, { method: "POST", ...init });
const get = (url: string, headers: Record<string, string> = {}) =>
	new Request(`http://edge.test${url}`, { headers });

describe("a link of one file opens only that file", () => {
	const signed = (mount: string) => {
		const uri = mount + FILE;
		return `md5=${signSecureLink(uri, EXPIRES, LINK_KEY)}&expires=${EXPIRES}`;
	};
	const PATHS = [
		["a version prefix", `/9.1.0-1/cache${FILE}`, signed("/cache")],
		["the storage mount", `/storage-cache${FILE}`, signed("/storage-cache")],
		["both", `/9.1.0-1/storage-cache${FILE}`, signed("/storage-cache")],
	] as const;
	const OTHER = "/../../../KEYB/output.docx/";
	const ADDED = [
		["dot segments", `x=${OTHER}`],
		["backslashes", `x=${OTHER.replaceAll("/", "\\")}`],
		["encoded backslashes", `x=${OTHER.replaceAll("/", "%5c")}`],
		["encoded slashes", `x=${OTHER.replaceAll("/", "%2f")}`],
		["no name", OTHER],
		["a name alone", `${OTHER}=x`],
		["a second question mark", `?x=${OTHER}`],
		["fifty arguments", Array(50).fill(`x=${OTHER}`).join("&")],
		["another spelling of a name", `Filename=${OTHER}`],
	] as const;
	describe.each(PATHS)("behind %s", (_, path, credential) => {
		it.each(ADDED)("with %s: only the server's own arguments are forwarded", async (_name, added) => {
			for (const query of [`${credential}&${added}`, `${added}&${credential}`]) {
				const { sent, reason } = await call(get(`${path}?${query}`));
				if (sent === undefined) expect(reason).toMatch(/^link_/);
				else expect(sent.url).toBe(`http://origin.test${path}?${credential}`);
			}
		});
		it.each(["md5", "expires", "filename", "shardkey", "WOPISrc"])(
			"a slash in %s is refused",
			async (name) => {
				for (const slash of ["/", "\\"]) {
					const query = `${credential}&${name}=${slash}..${slash}KEYB`;
					expect((await call(get(`${path}?${query}`))).sent).toBeUndefined();
				}
			},
		);
		it.each(["md5=x", "expires=1", "%6dd5=x", "[md5]=x", "md5[]=x", "e%78pires=1", "filename=a&filename=b"])(
			"an argument that two readers read differently is refused: %s",
			async (added) => expect((await call(get(`${path}?${credential}&${added}`))).sent).toBeUndefined(),
		);
		it("the arguments that the server writes are forwarded unchanged", async () => {
			const query = `${credential}&shardkey=KEYA&WOPISrc=https%3A%2F%2Fw.test%2Ffiles%2F1&filename=a%2Fb%5Cc.docx`;
			expect((await call(get(`${path}?${query}`))).sent?.url).toBe(`http://origin.test${path}?${query}`);
		});
	});
	it("a query that is hidden in the path loses the arguments that are not the server's", async () => {
		const credential = signed("/cache");
		for (const hidden of [`%3f${credential}&x=${OTHER}`, `%3fx=${OTHER}&${credential}`]) {
			const { sent, reason } = await call(get(`/9.1.0-1/cache${FILE}${hidden}`));
			if (sent) expect(sent.url).not.toContain("KEYB");
			else expect(reason).toMatch(/^(?:link|path|target)_/);
		}
	});
	it.each([
		["a fragment", "%23/%252e%252e/%252e%252e/%252e%252e/KEYB/output.docx/x"],
		["a fragment after a space", "%20%23/..%252f"],
		["a fragment in an argument", "%26filename=%23/%252e%252e/x"],
		["a backslash", "%5cx"],
		["a fragment alone", "%23"],
	])("after a version prefix, %s in the path is refused", async (_, tail) => {
		for (const path of [
			`/9.1.0-1/cache${FILE}%3f${signed("/cache")}${tail}`,
			`/9.1.0-1/cache${FILE}${tail}?${signed("/cache")}`,
		]) {
			for (const target of [path, `${path}${path.includes("?") ? "&" : "?"}foo=1`]) {
				expect((await call(get(target))).sent).toBeUndefined();
			}
		}
	});
	it("a title may hold # where nginx passes the path undecoded", async () => {
		const uri = "/storage-cache/files/data/KEYA/output.docx/a#b.docx";
		const query = `md5=${signSecureLink(uri, EXPIRES, LINK_KEY)}&expires=${EXPIRES}`;
		expect((await call(get(`${uri.replace("#", "%23")}?${query}`))).sent).toBeDefined();
	});
	it("a re-signed link loses the arguments that are not the server's, too", async () => {
		const bindings = { ...BINDINGS, ORIGIN_SECURE_LINK_SECRET: "what the origin has now" };
		const { sent } = await call(
			get(`/storage-cache${FILE}?${signed("/storage-cache")}&x=${OTHER}`),
			bindings,
		);
		expect(sent?.url).toMatch(/\?md5=[\w-]{22}&expires=4102444800$/);
	});
});

describe("a token of one document neither reads nor writes another", () => {
	const downloadAs = async (cmd: object, path = "docA", bindings: Bindings = BINDINGS) => {
		const tokenSession = await session("docA");
		const query = encodeURIComponent(JSON.stringify({ tokenSession, ...cmd }));
		return call(post(`/downloadas/${path}?cmd=${query}`, { body: "x" }), bindings);
	};
	const OUTSIDE = [
		["a save key with dot segments", { savekey: "/../docB" }],
		["a save key that is a name", { savekey: "B" }],
		["a save key of letters", { savekey: "_1a" }],
		["a save key of six digits", { savekey: "_123456" }],
		["a save key with a line break", { savekey: "_12\n" }],
		["a save key in an array", { savekey: ["/../docB"] }],
		["a save key that is a number", { savekey: 5 }],
		["another document", { id: "docB" }],
		["a document whose key begins with this one", { id: "docA2" }],
		["a document with dot segments", { id: "docA/../docB" }],
		["a document in an array", { id: ["docB"] }],
		["a mail merge of another document", { mailmergesend: { jsonkey: "/../docB" } }],
		["a forgotten file", { forgotten: "docB" }],
		["a part without a folder", { c: "save", savetype: 1 }],
		["a last part without a folder", { c: "save", savetype: 2, savekey: "" }],
		["no savetype", { c: "savefromorigin" }],
		["a savetype that is text", { c: "save", savetype: "3" }],
	] as const;
	it.each(OUTSIDE)("/downloadas, %s", async (_, cmd) => {
		expect(await downloadAs(cmd)).toMatchObject({ sent: undefined, reason: "token_document" });
		const { sent } = await downloadAs(cmd, "docA", { ...BINDINGS, BIND_DOCUMENT: "false" });
		expect(sent).toBeDefined();
	});
	it.each(["../x", "bin/../../docB/Editor.bin", "a.b", ["bin"], { a: 1 }])(
		"/downloadas, a format that is a path: %j",
		async (format) =>
			expect(await downloadAs({ format })).toMatchObject({ sent: undefined, reason: "cmd_malformed" }),
	);
	it.each([
		["its own document", { id: "docA" }],
		["its own folder", { id: "docA", savekey: "_1234" }],
		["a first part", { c: "save", savetype: 0, id: "docA", savekey: "", format: "docx" }],
		["everything in one part", { c: "savefromorigin", savetype: 3 }],
		["a later part", { c: "save", savetype: 1, savekey: "_1" }],
		["an empty cmd", {}],
	])("/downloadas, %s: forwarded", async (_, cmd) => {
		expect((await downloadAs(cmd)).sent).toBeDefined();
		expect((await downloadAs(cmd, "docA_1234")).sent).toBeDefined();
	});
	it("/savefile is bound to the document, too", async () => {
		const tokenSession = await token({ document: { key: "docA", ds_encrypted: true }, editorConfig: {} });
		const save = (cmd: object) =>
			call(post(`/savefile/docA?cmd=${encodeURIComponent(JSON.stringify({ tokenSession, ...cmd }))}`));
		expect((await save({ id: "docB" })).reason).toBe("token_document");
		expect((await save({ id: "docA" })).sent).toBeDefined();
	});
	it.each([
		["upload", (key: string) => `/upload/${key}`],
		["printfile", (key: string) => `/printfile/${key}/a.pdf`],
	])("/%s: a longer document key is another document", async (name, path) => {
		const outcome = async (own: string, other: string) => {
			const query = `?token=${await session(own)}`;
			const request = name === "upload" ? post(path(other) + query) : get(path(other) + query);
			return (await call(request)).reason ?? "forwarded";
		};
		for (const other of [
			"docVICTIM",
			"docVICTIM_1234",
			"doc_",
			"doc_x",
			"doc_123456",
			"doc_1_2",
			"doc.",
			"DOC",
		]) {
			expect([other, await outcome("doc", other)]).toEqual([other, "token_document"]);
		}
		for (const own of ["doc", "doc_1", "doc_12345", "d%6fc"]) {
			expect([own, await outcome("doc", own)]).toEqual([own, "forwarded"]);
		}
		expect(await outcome("", "doc")).toBe("token_document");
	});
	it("ALLOWED_URL_HOSTS covers the URL in cmd, too", async () => {
		const bindings = { ...BINDINGS, ALLOWED_URL_HOSTS: "files.test" };
		expect((await downloadAs({ url: "http://169.254.169.254/x" }, "docA", bindings)).reason).toBe(
			"token_url_host",
		);
		expect((await downloadAs({ url: "https://files.test/x" }, "docA", bindings)).sent).toBeDefined();
	});
});

describe("a token opens only the call that it was made for", () => {
	const asDownload = async (tokenDownload: Promise<string>) =>
		call(
			post(`/downloadas/d?cmd=${encodeURIComponent(JSON.stringify({ tokenDownload: await tokenDownload }))}`),
		);
	it.each([
		["a viewer's editor configuration", editorOf("d")],
		["a session", session("d")],
		["a conversion", token({ url: "https://files.test/a", fileType: "docx", outputType: "pdf" })],
		[
			"a conversion with names in lower case",
			token({ url: "https://files.test/a", filetype: "docx", outputtype: "pdf" }),
		],
		["a command", token({ c: "info", key: "d" })],
		["a callback", token({ key: "d", status: 2, url: "https://files.test/a" })],
		["no claims", token({})],
		["the server's own download", token({ payload: { url: "https://files.test/a" } })],
		["a URL without a type", token({ url: "https://files.test/a" })],
	])("tokenDownload refuses the token of %s", async (_, shown) => {
		expect((await asDownload(shown)).reason).toBe("token_purpose");
	});
	it.each([
		["one part", { c: "save", savetype: 3 }, "forwarded"],
		["an existing folder", { c: "save", savetype: 3, savekey: "_1" }, "token_document"],
		["the document's own file", { c: "savefromorigin", savetype: 3 }, "token_document"],
	])("with a download's token, %s: %s", async (_, cmd, expected) => {
		const tokenDownload = await token({ url: "https://files.test/a.docx", fileType: "docx" });
		const query = encodeURIComponent(JSON.stringify({ ...cmd, tokenDownload }));
		expect((await call(post(`/downloadas/d?cmd=${query}`))).reason ?? "forwarded").toBe(expected);
	});
	it("tokenDownload accepts a download's token", async () => {
		const sent = (await asDownload(token({ url: "https://files.test/a.docx", fileType: "docx" }))).sent;
		expect(sent).toBeDefined();
	});

	const DOWNLOAD = { payload: { url: "https://files.test/a.docbuilder" } };
	it.each(["/docbuilder", "/converter", "/command", "/ConvertService.ashx"])(
		"%s refuses the token that the server sends with its downloads",
		async (path) => {
			const shown = await token({ ...DOWNLOAD, iat: 1_795_219_200, exp: 4_102_444_800 });
			const headers = { Authorization: `Bearer ${shown}` };
			expect((await call(post(path, { headers }))).reason).toBe("token_purpose");
			expect((await call(post(path, { body: JSON.stringify({ token: shown }) }))).reason).toBe(
				"token_purpose",
			);
			expect((await call(post(`${path}?token=${shown}`))).reason).toBe("token_purpose");
			expect(
				(await call(post(path, { headers }), { ...BINDINGS, TOKEN_PURPOSE: "server" })).sent,
			).toBeDefined();
		},
	);
	it.each([
		["async", { payload: { ...DOWNLOAD.payload, async: true } }],
		["argument", { payload: { ...DOWNLOAD.payload, argument: { a: 1 } } }],
		["key", { payload: { ...DOWNLOAD.payload, key: "k" } }],
		["a flat URL", DOWNLOAD.payload],
	])("a builder call is recognised by %s", async (_, claims) => {
		const request = post("/docbuilder", { body: JSON.stringify({ token: await token(claims) }) });
		expect((await call(request)).sent).toBeDefined();
	});
	it.each([
		{ fileType: "docx", outputType: "pdf", url: "https://files.test/a" },
		{ fileType: "docx", outputtype: "pdf", url: "https://files.test/a" },
		{ payload: { fileType: "docx", outputType: "pdf" } },
	])("a conversion in the other names that the server reads: %j", async (claims) => {
		const headers = { Authorization: `Bearer ${await token(claims)}` };
		expect((await call(post("/converter", { headers }))).sent).toBeDefined();
		expect((await call(post("/docbuilder", { headers }))).reason).toBe("token_purpose");
	});
	it.each([
		["an editor's configuration", editorOf("d")],
		[
			"a configuration with a callback alone",
			token({ document: { key: "d" }, editorConfig: { callbackUrl: "x" } }),
		],
		["a conversion", token({ filetype: "docx", outputtype: "pdf", url: "https://files.test/a", key: "d" })],
		["a command", token({ c: "info", key: "d" })],
		["a download", token({ url: "https://files.test/a", fileType: "pdf" })],
	])("a session route refuses the token of %s", async (_, shown) => {
		const headers = { Authorization: `Bearer ${await shown}` };
		for (const path of ["/upload/d", "/ai-proxy/x"]) {
			expect((await call(post(path, { headers }))).reason).toBe("token_purpose");
			expect(
				(await call(post(path, { headers }), { ...BINDINGS, TOKEN_PURPOSE: "server" })).sent,
			).toBeDefined();
		}
	});
	it("a session route accepts the server's session token", async () => {
		const headers = { Authorization: `Bearer ${await session("d")}` };
		for (const path of ["/upload/d", "/ai-proxy/x"])
			expect((await call(post(path, { headers }))).sent).toBeDefined();
	});
});

describe("an OPTIONS request to the assistant", () => {
	const options = (headers: Record<string, string>) =>
		new Request("http://edge.test/ai-proxy/x", { method: "OPTIONS", headers });
	const PREFLIGHT = { Origin: "https://other.test", "Access-Control-Request-Method": "POST" };
	it("of a browser, without a token, passes", async () => {
		expect((await call(options(PREFLIGHT))).sent?.method).toBe("OPTIONS");
	});
	it.each([
		["any text as its token", "Bearer x"],
		["a token of another secret", null],
	])("with %s is refused: the server would call the provider", async (_, given) => {
		const bad = given ?? `Bearer ${await token({ document: { key: "d" } }, "another secret")}`;
		expect(await call(options({ ...PREFLIGHT, Authorization: bad }))).toMatchObject({
			sent: undefined,
			status: 403,
		});
	});
	it("with a good session token passes", async () => {
		const headers = { ...PREFLIGHT, Authorization: `Bearer ${await session("d")}` };
		expect((await call(options(headers))).sent?.headers.get("Authorization")).toBe(headers.Authorization);
	});
	it.each(["Basic x", "bearer x", "Bearer", "x, Bearer x"])(
		"with %j, which the server takes for no token, passes",
		async (given) => {
			expect((await call(options({ ...PREFLIGHT, Authorization: given }))).sent).toBeDefined();
		},
	);
});

describe("a header token is read from the header that the server reads", () => {
	const CONFIGURED = { ...BINDINGS, JWT_HEADER: "AuthorizationJwt" };
	const bearer = async (shown: Promise<string>) => `Bearer ${await shown}`;
	it.each(["/upload/docA", "/ai-proxy/x"])("%s: always from Authorization", async (path) => {
		const good = await bearer(session("docA"));
		expect((await call(post(path, { headers: { Authorization: good } }), CONFIGURED)).sent).toBeDefined();
		expect(
			(await call(post(path, { headers: { AuthorizationJwt: good } }), CONFIGURED)).sent,
		).toBeUndefined();
	});
	it("/upload: the edge judges the token that the server uses", async () => {
		const headers = {
			AuthorizationJwt: await bearer(session("docA")),
			Authorization: await bearer(session("docB")),
		};
		expect((await call(post("/upload/docA", { headers }), CONFIGURED)).reason).toBe("token_document");
	});
	it("API routes: only from the configured header", async () => {
		const good = await bearer(token({ c: "version" }));
		expect(
			(await call(post("/command", { headers: { AuthorizationJwt: good } }), CONFIGURED)).sent,
		).toBeDefined();
		expect(
			(await call(post("/command", { headers: { Authorization: good } }), CONFIGURED)).sent,
		).toBeUndefined();
	});
	it("a client cannot drop a header by naming it in Connection", async () => {
		const headers = {
			Connection: "authorization, authorizationjwt",
			Authorization: await bearer(session("docA")),
		};
		const { sent } = await call(post("/upload/docA", { headers }), CONFIGURED);
		expect(sent?.headers.get("Authorization")).toBe(headers.Authorization);
	});
	it("a re-signed token goes into the header that the server reads", async () => {
		const bindings = { ...CONFIGURED, ORIGIN_JWT_SECRET: "what the origin has now" };
		const headers = { Authorization: await bearer(session("docA")) };
		const { sent } = await call(post("/upload/docA", { headers }), bindings);
		expect(sent?.headers.get("Authorization")).toMatch(/^Bearer ey/);
		expect(sent?.headers.get("Authorization")).not.toBe(headers.Authorization);
		expect(sent?.headers.has("AuthorizationJwt")).toBe(false);
	});
});

describe("a client cannot send a trusted header, in any spelling", () => {
	it.each([
		"X_Forwarded_Prefix",
		"X-Forwarded_Prefix",
		"x_forwarded-host",
		"X_Forwarded_Proto",
		"X_Forwarded_For",
		"X.Forwarded.Host",
		"CloudFront_Forwarded_Proto",
		"X_Real_IP",
		"Forwarded",
		"X_Edge_Sig",
		"X_Edge_Exp",
		"CF_Connecting_IP",
		"Authorization_",
		"Content_Encoding",
		"Transfer_Encoding",
	])("%s", async (name) => {
		const { sent } = await call(get("/web-apps/x", { [name]: "canary.test" }));
		expect([...(sent?.headers ?? [])].filter(([, value]) => value.includes("canary"))).toEqual(
			name === "Authorization_" ? [["authorization_", "canary.test"]] : [],
		);
	});
	it("another spelling of the token's header is dropped", async () => {
		const headers = { "X-Token": `Bearer ${await token({ c: "version" })}`, X_Token: "canary" };
		const { sent } = await call(post("/command", { headers }), { ...BINDINGS, JWT_HEADER: "X-Token" });
		expect(sent?.headers.has("X_Token")).toBe(false);
	});
	it.each(["x_custom", "My_Header"])("other headers are forwarded: %s", async (name) => {
		expect((await call(get("/x", { [name]: "v" }))).sent?.headers.get(name)).toBe("v");
	});
});

describe("only paths under the virtual path are served", () => {
	const UNDER = { ...BINDINGS, FORWARDED_PREFIX: "/ds" };
	it("a path under it is judged without it", async () => {
		expect((await call(post("/ds/command"), UNDER)).reason).toBe("token_missing");
		expect((await call(post("/ds/9.1.0-1/command"), UNDER)).reason).toBe("token_missing");
		expect((await call(get("/ds/internal/x"), UNDER)).reason).toBe("path_closed");
		expect((await call(get("/ds/cache/files/d/a"), UNDER)).reason).toBe("link_unsigned");
	});
	it("an accepted request is forwarded without it, and with X-Forwarded-Prefix", async () => {
		const headers = { Authorization: `Bearer ${await token({ c: "version" })}` };
		const { sent } = await call(post("/ds/command?x=1", { headers }), UNDER);
		expect(sent?.url).toBe("http://origin.test/command?x=1");
		expect(sent?.headers.get("X-Forwarded-Prefix")).toBe("/ds");
		expect((await call(get("/ds"), UNDER)).sent?.url).toBe("http://origin.test/");
	});
	it("a link under it is signed without it", async () => {
		const uri = `/cache${FILE}`;
		const query = `md5=${signSecureLink(uri, EXPIRES, LINK_KEY)}&expires=${EXPIRES}`;
		expect((await call(get(`/ds${uri}?${query}`), UNDER)).sent?.url).toBe(
			`http://origin.test${uri}?${query}`,
		);
	});
	it.each([
		"/command",
		"/",
		"/dsx/command",
		"/DS/command",
		"/%64s/command",
		"//ds/command",
		"/x/ds/command",
		"/cache/files/d/a",
		"/web-apps/x",
		"/ds%2fcommand",
		"/ds;x/command",
	])("%s is not under it", async (path) => {
		expect(await call(post(path), UNDER)).toMatchObject({
			status: 404,
			reason: "path_outside_prefix",
			sent: undefined,
		});
	});
	it.each(["/ds/..%2fcommand", "/ds/x%2f..%2f..%2fcommand"])("%s cannot leave it", async (path) => {
		expect((await call(post(path), UNDER)).status).toBe(400);
	});
	it("the edge's own endpoints are under it and at the root", async () => {
		for (const path of ["/.edge/health", "/ds/.edge/health"])
			expect((await call(get(path), UNDER)).status).toBe(200);
	});
	it.each(["ds", "/d s", "/ds?x", "/../ds", "/.ds", "//ds", "/d%73"])(
		"%j is not a valid virtual path",
		async (prefix) => {
			expect((await call(post("/command"), { ...BINDINGS, FORWARDED_PREFIX: prefix })).sent).toBeUndefined();
		},
	);
});

describe("in front of an integration, a protected path has no other spelling", () => {
	const INTEGRATION = {
		...BINDINGS,
		ROLE: "storage",
		CALLBACK_PATHS: "/apps/track",
		DOWNLOAD_PATHS: "/apps/download",
	};
	it.each([
		"/apps/track%253f",
		"/apps/track%253fx=1",
		"/apps/track%253bx",
		"/apps/track%2500",
		"/apps/track%2500.png",
		"/apps/track%250a",
		"/apps/track%2520",
		"/apps/%252574rack",
		"/apps/%25252574rack",
		"/apps/track.",
		"/apps/track...",
		"/apps/track%2e",
		"/apps/track%252e%2520",
		"/apps./track",
		"/x%252f..%252fapps/track",
		"/%252e%252e/apps/track",
		"/apps%255ctrack",
		"/apps%252ftrack",
		"/apps;x%253d1/track",
		"/apps/%25u0074rack",
		"/apps/%EF%BD%94rack",
		"/apps/trac%E2%84%AA",
		"/apps/%74%72%61%63%6b%253f%2523",
	])("%s", async (path) => {
		expect((await call(post(path), INTEGRATION)).reason).toBe("token_missing");
	});
	it("a path of twenty layers of encoding is refused", async () => {
		expect((await call(post(`/apps/%${"25".repeat(20)}74rack`), INTEGRATION)).reason).toBe("path_ambiguous");
	});
	it.each(["/apps/tracker", "/apps/100%25", "/apps/a%2520b", "/apps/track/x", "/apps/tra.ck"])(
		"%s is another path",
		async (path) => expect((await call(post(path), INTEGRATION)).sent).toBeDefined(),
	);
	it.each(["X-Original-URL", "X_Original_URL", "x-rewrite_url"])(
		"%s, which names another path, is refused",
		async (name) => {
			expect((await call(get("/open", { [name]: "/apps/track" }), INTEGRATION)).reason).toBe(
				"path_ambiguous",
			);
		},
	);
	it.each(["X-HTTP-Method-Override", "X_HTTP_Method_Override", "X-HTTP-Method", "X-Method-Override"])(
		"%s, which names another method, is refused",
		async (name) => {
			const request = get("/apps/download", { [name]: "POST" });
			expect((await call(request, INTEGRATION)).reason).toBe("method_not_allowed");
		},
	);
});

describe("a download path that browsers open too (SESSION_PATHS)", () => {
	const INTEGRATION = {
		...BINDINGS,
		ROLE: "storage",
		CALLBACK_PATHS: "/track",
		DOWNLOAD_PATHS: "/download, /file",
		SESSION_PATHS: "/download",
	};
	const cookie = { Cookie: "session=1" };
	it.each([
		["a cookie", get("/download", cookie), "forwarded"],
		["neither token nor cookie", get("/download"), "token_missing"],
		[
			"a bad token and a cookie",
			get("/download", { ...cookie, Authorization: "Bearer x" }),
			"token_malformed",
		],
		[
			"Basic credentials and a cookie",
			get("/download", { ...cookie, Authorization: "Basic eA==" }),
			"token_url_userinfo",
		],
		["a cookie, by POST", post("/download", { headers: cookie }), "method_not_allowed"],
		["a cookie, at a path that is not listed", get("/file", cookie), "token_missing"],
		["a cookie, at a callback", post("/track", { headers: cookie }), "token_missing"],
		[
			"a cookie and another method by name",
			get("/download", { ...cookie, "X-HTTP-Method": "POST" }),
			"method_not_allowed",
		],
	])("%s", async (_, request, expected) => {
		expect((await call(request, INTEGRATION)).reason ?? "forwarded").toBe(expected);
	});
	it("a path that is not in DOWNLOAD_PATHS is a problem", async () => {
		const bindings = { ...INTEGRATION, SESSION_PATHS: "/other" };
		expect((await call(get("/download", cookie), bindings)).reason).toBe("edge_misconfigured");
	});
});

describe("/internal and /info are closed in every spelling", () => {
	it.each([
		"/%2569nternal/cluster/inactive",
		"/internal%252fcluster/inactive",
		"/x/..%252finternal/x",
		"/info%253f/x",
		"/%2569nfo/info.json",
		"/9.1.0-1/%252e%252e/internal/x",
		"/web-apps/..%255c..%255cinternal%255cx",
		"/internal./x",
	])("%s", async (path) => expect((await call(get(path))).reason).toBe("path_closed"));
	it.each(["/web-apps/internal/x", "/sdkjs/info%2520/x", "/fonts/internal"])("%s is open", async (path) => {
		expect((await call(get(path))).sent).toBeDefined();
	});
});

describe("a hostname with an empty label belongs to no host", () => {
	const tenants = { ...BINDINGS, TENANTS_BASE_DOMAIN: "docs.example.com" };
	const hosts = { ...BINDINGS, HOSTS: { "*.example.com": {}, "docs.example.com": {} } };
	it.each([
		["the tenants' base domain", ".docs.example.com", tenants],
		["two dots", "..docs.example.com", tenants],
		["an empty label inside", "a..docs.example.com", tenants],
		["a wildcard", ".example.com", hosts],
		["a listed host", ".docs.example.com", hosts],
	])("%s", async (_, hostname, bindings) => {
		const request = new Request(`http://${hostname}/web-apps/x`);
		expect(await call(request, bindings)).toMatchObject({ sent: undefined });
	});
	it("the base domain itself is the default tenant", async () => {
		expect((await call(new Request("http://docs.example.com/x"), tenants)).sent).toBeDefined();
	});
});
