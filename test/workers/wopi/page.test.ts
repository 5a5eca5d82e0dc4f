/**
 * WOPI routes of a Document Server. Protects against script injection into its pages, against page tokens that open
 * other routes, and against the conversion that the server gives to everybody.
 */
import { SignJWT } from "jose";
import { describe, expect, it } from "vitest";
import type { Bindings } from "../../../src/config/bindings.ts";
import { BINDINGS, callEdge, SECRETS } from "../support/call-edge.ts";

const OPEN: Bindings = { ...BINDINGS, WOPI_HOSTS: "wopi.example" };
const SOURCE = "WOPISrc=http%3A%2F%2Fwopi.example%2Fwopi%2Ffiles%2F1";
const EVIL = SOURCE.replace("wopi.example", "evil.example");
const FORM = "application/x-www-form-urlencoded";
const token = (claims: object, secret = SECRETS.JWT_SECRET) =>
	new SignJWT({ ...claims })
		.setProtectedHeader({ alg: "HS256", typ: "JWT" })
		.sign(new TextEncoder().encode(secret));

async function outcome(request: Request, bindings: Bindings = OPEN): Promise<string> {
	const { response, forwarded } = await callEdge(request, bindings);
	return forwarded.length > 0
		? "forwarded"
		: (response.headers.get("X-Edge-Reason") ?? String(response.status));
}
const post = (target: string, body = "access_token=t", type = FORM) =>
	new Request(`http://edge.test${target}`, { method: "POST", body, headers: { "Content-Type": type } });
const get = (target: string, headers: Record<string, string> = {}) =>
	new Request(`http://edge.test${target}`, { headers });

describe("text that a page writes into a script", () => {
	const page = (query: string) => post(`/hosting/wopi/word/edit?${SOURCE}&${query}`);
	it.each([
		"ui=%3C%2Fscript%3E",
		"ui=%3c!--",
		"%3CSCRIPT=1",
		"a=</x",
		"a=%3C/x",
		"ui=%ff%3C/script",
		"a[b]=%3c%2f",
	])("a query with %s is refused", async (query) => expect(await outcome(page(query))).toBe("wopi_text"));
	it.each(["ui=de-DE", "%3Crs=DC_LLCC&%3E", "a=1%3C2", "a=%253C/script"])(
		"a query with %s passes",
		async (query) => {
			expect(await outcome(page(query))).toBe("forwarded");
		},
	);
	const multipart = (part: string, headers = "") =>
		`--B\r\nContent-Disposition: form-data; name="access_token"\r\n${headers}\r\n${part}\r\n--B--\r\n`;
	it.each([
		["a tag", "access_token=%3C/script%3E", FORM],
		["a lone <", "access_token=a%3Cb", FORM],
		["an unencoded <", "access_token=a<b", FORM],
		["a < in a name", "%3Cb=1", FORM],
		["an escape of JSON", "docs_api_config=%7B%22a%22%3A%22%5Cu003C%22%7D", FORM],
		["an escape of JSON, percent-encoded letter by letter", "docs_api_config=%5c%75%30%30%33%63", FORM],
		["a < after a bad escape", "access_token=%zz%3C", FORM],
		["a tag in a part", multipart("</script>"), "multipart/form-data; boundary=B"],
		[
			"a part in base64",
			multipart("PC9zY3JpcHQ+", "Content-Type: text/plain; charset=base64\r\n"),
			"multipart/form-data; boundary=B",
		],
		[
			"a part in UTF-16",
			multipart("x", 'Content-Type: text/plain; charset="utf-16le"\r\n'),
			"multipart/form-data; boundary=B",
		],
		[
			"a part that is encoded",
			multipart("PC9z", "Content-Transfer-Encoding: base64\r\n"),
			"multipart/form-data; boundary=B",
		],
		["a type in capitals", "access_token=%3C", FORM.toUpperCase()],
		["a type with parameters", "access_token=%3C", `${FORM}; charset=utf-8`],
	])("a form with %s is refused", async (_, body, type) => {
		expect(await outcome(post(`/hosting/wopi/word/edit?${SOURCE}`, body, type))).toBe("wopi_text");
	});
	it("a gzip form is inflated and checked, as the server inflates it", async () => {
		const stream = new Response("access_token=%3C").body?.pipeThrough(new CompressionStream("gzip"));
		const body = await new Response(stream).arrayBuffer();
		const headers = { "Content-Type": FORM, "Content-Encoding": "gzip" };
		const request = new Request(`http://edge.test/hosting/wopi/word/edit?${SOURCE}`, {
			method: "POST",
			body,
			headers,
		});
		expect(await outcome(request)).toBe("wopi_text");
	});
	it.each([
		["a form", "access_token=eyJ.a-b_c&access_token_ttl=1", FORM],
		["a part", multipart("token"), "multipart/form-data; boundary=B"],
		[
			"a part in UTF-8",
			multipart("token", "Content-Type: text/plain; charset=UTF-8\r\n"),
			"multipart/form-data; boundary=B",
		],
		["a body that the server does not read", "<x>", "application/json"],
	])("%s passes unchanged", async (_, body, type) => {
		const { forwarded } = await callEdge(post(`/hosting/wopi/word/edit?${SOURCE}`, body, type), OPEN);
		expect(await forwarded[0]?.text()).toBe(body);
	});
	it("a multipart form with a coding is refused: the server would not decode it", async () => {
		const headers = { "Content-Type": "multipart/form-data; boundary=B", "Content-Encoding": "gzip" };
		const init = { method: "POST", body: multipart("x"), headers };
		const request = new Request(`http://edge.test/hosting/wopi/word/edit?${SOURCE}`, init);
		expect(await outcome(request)).toBe("body_coding_unsupported");
	});
	it("a form above the limit is refused", async () => {
		expect(await outcome(post(`/hosting/wopi/word/edit?${SOURCE}`, "a".repeat(1024 * 1024 + 1)))).toBe(
			"body_too_large",
		);
	});
});

describe("the call that stores a converted file", () => {
	const handler = async (
		claims: object,
		query = `${SOURCE}&access_token=t&targetext=docx&docId=conv_1`,
		secret?: string,
	) => get(`/hosting/wopi/convert-and-edit-handler?${query}&token=${await token(claims, secret)}`);
	const QUERY = `${SOURCE}&access_token=t&targetext=docx`;
	it.each([
		["its own document", { docId: "conv_1" }, `${QUERY}&docId=conv_1`, "forwarded"],
		["the name in another case", { docId: "conv_1" }, `${QUERY}&docid=conv_1`, "forwarded"],
		["another document", { docId: "conv_1" }, `${QUERY}&docId=conv_2`, "token_document"],
		["no document", { docId: "conv_1" }, QUERY, "token_document"],
		["a token without docId", { key: "conv_1" }, `${QUERY}&docId=conv_1`, "token_document"],
		["a token whose docId is a number", { docId: 5 }, `${QUERY}&docId=5`, "token_document"],
		["two documents", { docId: "conv_1" }, `${QUERY}&docId=conv_1&docid=conv_1`, "token_document"],
		[
			"a type that is a path",
			{ docId: "conv_1" },
			`${SOURCE}&access_token=t&docId=conv_1&targetext=..%2Fx`,
			"token_document",
		],
		[
			"another host",
			{ docId: "conv_1" },
			`${EVIL}&access_token=t&targetext=docx&docId=conv_1`,
			"wopi_source",
		],
		["two tokens", { docId: "conv_1" }, `${QUERY}&docId=conv_1&Token=x`, "token_missing"],
	])("%s", async (_, claims, query, expected) =>
		expect(await outcome(await handler(claims, query))).toBe(expected),
	);
	it("a token of another secret", async () => {
		expect(await outcome(await handler({ docId: "conv_1" }, undefined, "another"))).toBe("token_signature");
	});
});

describe("a page's token", () => {
	const pageToken = (userAuth: object, fileInfo: object = {}) =>
		token({ key: "1", fileInfo: { BaseFileName: "a.docx", ...fileInfo }, userAuth, documentType: "word" });
	const LISTED = { wopiSrc: "http://wopi.example/wopi/files/1", access_token: "t" };
	const download = async (shown: Promise<string>) =>
		get("/downloadfile/any", { Authorization: `Bearer ${await shown}` });
	it.each([
		["a listed source", LISTED, {}, "forwarded"],
		["a template of the host", LISTED, { TemplateSource: "https://wopi.example/t?x=1" }, "forwarded"],
		["no template", LISTED, { TemplateSource: "", FileUrl: null }, "forwarded"],
		["another source", { wopiSrc: "http://evil.example/1" }, {}, "wopi_source"],
		["no source", {}, {}, "wopi_source"],
		["a source in an array", { wopiSrc: [LISTED.wopiSrc] }, {}, "wopi_source"],
		["a template on another host", LISTED, { TemplateSource: "http://169.254.169.254/" }, "wopi_source"],
		["a file on another host", LISTED, { FileUrl: "http://10.0.0.1/" }, "wopi_source"],
		["a template that is not a string", LISTED, { TemplateSource: ["http://evil.example"] }, "wopi_source"],
	])("/downloadfile, %s: %s", async (_, userAuth, fileInfo, expected) => {
		expect(await outcome(await download(pageToken(userAuth, fileInfo)))).toBe(expected);
		const nested = token({ payload: { fileInfo, userAuth } });
		expect(await outcome(await download(nested))).toBe(expected);
	});
	it("opens no route if no host is listed", async () => {
		expect(await outcome(await download(pageToken(LISTED)), BINDINGS)).toBe("wopi_source");
	});
	it.each(["/command", "/converter", "/docbuilder"])("does not open %s", async (path) => {
		const headers = { Authorization: `Bearer ${await pageToken(LISTED)}` };
		expect(await outcome(new Request(`http://edge.test${path}`, { method: "POST", headers }))).toBe(
			"token_purpose",
		);
	});
	it.each(["/upload/1", "/ai-proxy/x"])("does not open %s", async (path) => {
		const headers = { Authorization: `Bearer ${await pageToken(LISTED)}` };
		expect(await outcome(new Request(`http://edge.test${path}`, { method: "POST", headers }))).toBe(
			"token_purpose",
		);
	});
});

describe("conversion of an uploaded file", () => {
	const CONVERSION = { filetype: "docx", outputtype: "pdf", key: "k" };
	const convert = async (claims: object | undefined, path = "/cool/convert-to/pdf", secret?: string) =>
		post(path + (claims ? `?token=${await token(claims, secret)}` : ""));
	it.each(["/cool/convert-to", "/lool/convert-to/pdf", "/Cool/Convert-To/pdf/"])(
		"%s is closed",
		async (path) => {
			expect(await outcome(await convert(CONVERSION, path))).toBe("wopi_closed");
		},
	);
	const BY_TOKEN = { ...OPEN, WOPI_CONVERT: "token" };
	it.each([
		["a conversion's token", CONVERSION, "forwarded"],
		["no token", undefined, "token_missing"],
		["a command's token", { c: "info" }, "token_purpose"],
		["a token without a purpose", { key: "k" }, "token_purpose"],
		["an editor's token", { document: { key: "k" } }, "token_purpose"],
	])("WOPI_CONVERT: %s", async (_, claims, expected) => {
		expect(await outcome(await convert(claims), BY_TOKEN)).toBe(expected);
		expect(await outcome(await convert(claims), { ...BY_TOKEN, TOKEN_PURPOSE: "server" })).toBe(expected);
	});
	it("WOPI_CONVERT: a token of another secret, and a token in the header", async () => {
		expect(await outcome(await convert(CONVERSION, undefined, "another"), BY_TOKEN)).toBe("token_signature");
		const request = await convert(undefined);
		request.headers.set("Authorization", `Bearer ${await token(CONVERSION)}`);
		expect(await outcome(request, BY_TOKEN)).toBe("forwarded");
	});
	it("WOPI_CONVERT: an unknown value is a problem", async () => {
		expect(await outcome(await convert(CONVERSION), { ...OPEN, WOPI_CONVERT: "open" })).toBe(
			"edge_misconfigured",
		);
	});
	it("the server's own test host stays closed", async () => {
		for (const path of ["/wopi/files/1", "/wopi/files/1/contents"])
			expect(await outcome(get(path))).toBe("wopi_closed");
	});
});

it("each host has its own WOPI_HOSTS", async () => {
	const HOSTS = { "a.test": { WOPI_HOSTS: "wopi.example" }, "b.test": {} };
	const at = (host: string) =>
		outcome(new Request(`http://${host}/hosting/wopi/word/edit?${SOURCE}`, { method: "POST" }), {
			...BINDINGS,
			HOSTS,
		});
	expect([await at("a.test"), await at("b.test")]).toEqual(["forwarded", "wopi_closed"]);
});

it("in shadow mode a page that would be refused is forwarded with its body", async () => {
	const shadow = { ...BINDINGS, MODE: "shadow" };
	const { forwarded } = await callEdge(post(`/hosting/wopi/word/edit?${EVIL}`, "access_token=%3C"), shadow);
	expect(await forwarded[0]?.text()).toBe("access_token=%3C");
});
