/**
 * Every advisory that the edge can close: a request that uses the hole is stopped, and its neighbour goes on. A rule stops
 * nothing in a version without the hole.
 */
import jsonwebtoken from "jsonwebtoken";
import { describe, expect, it } from "vitest";
import { ADVISORIES, type AdvisoryId } from "../../../src/advisories/advisories.ts";
import { isOlder } from "../../../src/advisories/version.ts";
import { readHost } from "../../../src/config/read-host.ts";
import { createKey } from "../../../src/config/secrets/key-ring.ts";
import { signSecureLink } from "../../../src/link/secure-link.ts";
import { BINDINGS, callEdge, SECRETS } from "../support/call-edge.ts";
import { NOW_SECONDS } from "../support/keys.ts";

const sign = (claims: object) => jsonwebtoken.sign(claims, SECRETS.JWT_SECRET, { expiresIn: 60 });

const convert = (claims: object) =>
	new Request("https://edge.test/converter", {
		method: "POST",
		body: JSON.stringify({ token: sign(claims) }),
	});
const upload = (query: string) =>
	new Request(`https://edge.test/upload/doc1${query}`, {
		method: "POST",
		headers: { Authorization: `Bearer ${sign({ document: { key: "doc1" }, editorConfig: {} })}` },
		body: "x",
	});
const URL_OF = { url: "https://files.test/a.docx", outputtype: "pdf" };

// biome-ignore format: a table
const ROWS: [id: string, fixedIn: string, stopped: () => Request, neighbour: () => Request][] = [
	["CVE-2021-3199",   "5.6.3", () => upload("?name=..%2f..%2fetc"),                      () => upload("?name=a.b")],
	["CVE-2021-3199",   "5.6.3", () => upload("?name=%252e%252e/x"),                       () => upload("?index=1")],
	["CVE-2021-3199",   "5.6.3", () => upload("?name=a%5Cb"),                              () => upload("")],
	["CVE-2021-25833",  "5.6.1", () => convert({ ...URL_OF, filetype: "docx/../x" }),      () => convert({ ...URL_OF, filetype: "docx" })],
	["CVE-2021-25833",  "5.6.1", () => convert({ ...URL_OF, outputtype: "../pdf" }),       () => convert({ ...URL_OF, filetype: "DOCX" })],
	["CVE-2021-25833",  "5.6.1", () => convert({ payload: { ...URL_OF, outputType: ".." } }), () => convert({ payload: { ...URL_OF, filetype: "docx" } })],
	["epub-file-read",  "9.1.0", () => convert({ ...URL_OF, filetype: "epub" }),           () => convert({ ...URL_OF, filetype: "fb2" })],
	["epub-file-read",  "9.1.0", () => convert({ ...URL_OF, filetype: "EPUB" }),           () => convert({ ...URL_OF, outputtype: "epub", filetype: "docx" })],
	["epub-file-read",  "9.1.0", () => convert({ url: "https://files.test/a.epub?x", outputtype: "pdf" }), () => convert(URL_OF)],
	["xlsb-jwt-secret", "7.5.0", () => convert({ ...URL_OF, fileType: "xlsb" }),           () => convert({ ...URL_OF, filetype: "xlsx" })],
	["CVE-2026-41034",  "9.3.0", () => convert({ ...URL_OF, filetype: "xls" }),            () => convert({ ...URL_OF, filetype: "xlsx" })],
	["xls-file-read",   "9.4.0", () => convert({ ...URL_OF, filetype: "xls" }),            () => convert({ ...URL_OF, filetype: "csv" })],
];
/** The version before the one that closed the hole. */
const versionBefore = (version: string) => {
	const [major = 0, minor = 0, patch = 0] = version.split(".").map(Number);
	return patch > 0
		? `${major}.${minor}.${patch - 1}.99`
		: minor > 0
			? `${major}.${minor - 1}.9`
			: `${major - 1}.9.9`;
};

describe.each(ROWS)("%s, closed in %s", (id, fixedIn, stopped, neighbour) => {
	const with_ = (bindings: object) => ({ ...BINDINGS, ...bindings });
	it("stops the request, and says which", async () => {
		const { response, forwarded, log } = await callEdge(
			stopped(),
			with_({ DS_VERSION: versionBefore(fixedIn) }),
		);
		expect(forwarded).toEqual([]);
		expect([response.headers.get("X-Edge-Reason"), response.headers.get("X-Edge-Advisory")]).toEqual([
			"advisory",
			id,
		]);
		expect(JSON.parse(log.at(-1) ?? "")).toMatchObject({ reason: "advisory", advisory: id });
	});
	it("lets its neighbour through", async () => {
		const { forwarded } = await callEdge(neighbour(), with_({ DS_VERSION: versionBefore(fixedIn) }));
		expect(forwarded.length).toBe(1);
	});
	it.each([{ DS_VERSION: "9.4.0" }, {}, { DS_VERSION: versionBefore(fixedIn), ADVISORIES: "off" }])(
		"stops nothing with %j",
		async (bindings) => expect((await callEdge(stopped(), with_(bindings))).forwarded.length).toBe(1),
	);
});

it("REASONS = false keeps the advisory secret too", async () => {
	const bindings = { ...BINDINGS, DS_VERSION: "9.0.0", REASONS: "false" };
	const { response } = await callEdge(convert({ ...URL_OF, filetype: "epub" }), bindings);
	expect([...response.headers.keys()].filter((name) => name.startsWith("x-edge"))).toEqual([]);
});

describe("versions", () => {
	it.each([
		["9.3.0", "9.3.1", true],
		["9.3.1", "9.3.1", false],
		["9.3.1.4", "9.3.1", false],
		["9.3", "9.3.1", true],
		["9.10.0", "9.9.0", false],
		["10.0.0", "9.4.0", false],
		["8.99.99", "9.0.0", true],
	])("%s is older than %s: %s", (version, than, older) => expect(isOlder(version, than)).toBe(older));
	it.each(["9", "v9.3.1", "9.3.1-2", "latest"])("%s is a problem", (DS_VERSION) => {
		const { problems } = readHost({ ...BINDINGS, DS_VERSION }, NOW_SECONDS);
		expect(problems).toEqual([{ binding: "DS_VERSION", problem: "is not a version like 9.3.1" }]);
	});
});

/** Each hole that the edge's own checks close: a request that uses it, its refusal, and a neighbour that goes on. */
describe("holes that the edge's own checks close", () => {
	const EXPIRES = "4102444800";
	const PATH = "/storage-cache/files/data/k/a.docx/a.docx";
	const link = (more: string, secret = SECRETS.SECURE_LINK_SECRET) =>
		get(`${PATH}?md5=${signSecureLink(PATH, EXPIRES, createKey("k", secret))}&expires=${EXPIRES}${more}`);
	const get = (path: string) => new Request(`https://edge.test${path}`);
	const post = (path: string, body = "", headers = {}) =>
		new Request(`https://edge.test${path}`, { method: "POST", body, headers });
	const form = (path: string, body: string) =>
		post(path, body, { "Content-Type": "application/x-www-form-urlencoded" });
	const SOURCE = "wopisrc=https%3A%2F%2Fcloud.example%2Fwopi%2Ffiles%2F1";
	const command = (secret: string) =>
		post("/command", JSON.stringify({ token: jsonwebtoken.sign({ c: "version" }, secret) }));
	const packets = (packet: string) => post("/doc/k/c/?EIO=4&transport=polling&sid=s", packet);
	const EDITOR = sign({ document: { key: "k", url: "https://files.test/a.docx" } });
	const auth = (token: string) =>
		packets(`42["message",{"type":"auth","token":"t","user":{"id":"u"},"jwtOpen":"${token}"}]`);
	const save = (id: string) => {
		const claims = { document: { key: "k", ds_encrypted: true }, editorConfig: {} };
		const cmd = { id, c: "save", savetype: 3, tokenSession: sign(claims) };
		return post(`/savefile/k?cmd=${encodeURIComponent(JSON.stringify(cmd))}`, "x");
	};
	const convertTo = (headers: object) => post("/cool/convert-to/pdf", "file", headers);
	const WOPI = { WOPI_HOSTS: "cloud.example" };
	const PUBLIC = { EXPOSURE: "public" };
	const LINK_SAMPLE = { ...PUBLIC, SECURE_LINK_SECRET: "verysecretstring" };
	const TOKEN_SAMPLE = { ...PUBLIC, JWT_SECRET: "secret" };

	// biome-ignore format: a table
	const CLOSED: [id: AdvisoryId, bindings: object, stopped: () => Request, reason: string, neighbour: () => Request, others?: object][] = [
		["file-by-argument",         {},     () => link("&filename=/other/file"), "link_malformed", () => link("&filename=file")],
		["wopi-caller-names-host",   WOPI,   () => form("/hosting/wopi/word/edit?wopisrc=https%3A%2F%2F10.0.0.1%2F", ""), "wopi_source", () => form(`/hosting/wopi/word/edit?${SOURCE}`, "")],
		["convert-to-without-token", {},     () => convertTo({}), "wopi_closed", () => convertTo({ Authorization: `Bearer ${sign({ outputtype: "pdf" })}` }), { WOPI_CONVERT: "token" }],
		["convert-and-edit-xss",     WOPI,   () => form(`/hosting/wopi/convert-and-edit/doc/docx?${SOURCE}&x=%3Cscript`, ""), "wopi_text", () => form(`/hosting/wopi/convert-and-edit/doc/docx?${SOURCE}&x=script`, "")],
		["CVE-2025-5301",            WOPI,   () => form(`/hosting/wopi/word/edit?${SOURCE}`, "access_token=%3C/script%3E"), "wopi_text", () => form(`/hosting/wopi/word/edit?${SOURCE}`, "access_token=t")],
		["info-config",              {},     () => post("/info/config", "{}"), "path_closed", () => post("/information", "{}")],
		["info-page",                {},     () => get("/info/"), "path_closed", () => get("/infos/")],
		["CVE-2023-46988",           PUBLIC, () => get("/example/editor?fileExt=../../x"), "path_closed", () => get("/examples/editor")],
		["example-configuration",    PUBLIC, () => get("/example/editor"), "path_closed", () => get("/example"), { OPEN_ROUTES: "example" }],
		["CVE-2021-43444",           LINK_SAMPLE, () => link("", "verysecretstring"), "edge_misconfigured", () => link(""), { SECURE_LINK_SECRET: SECRETS.SECURE_LINK_SECRET }],
		["CVE-2021-43445",           TOKEN_SAMPLE, () => command("secret"), "edge_misconfigured", () => command(SECRETS.JWT_SECRET), { JWT_SECRET: SECRETS.JWT_SECRET }],
		["CVE-2021-43447",           {},     () => packets("40{}"), "token_missing", () => packets(`40{"token":"${EDITOR}"}`)],
		["CVE-2021-43448",           {},     () => auth(""), "token_missing", () => auth(EDITOR)],
		["CVE-2021-43449",           {},     () => auth("x.y.z"), "token_malformed", () => auth(EDITOR)],
		["cmd-traversal",            {},     () => save("../k"), "token_document", () => save("k")],
	];
	const judge = async (request: Request, bindings: object) => {
		const { log } = await callEdge(request, { ...BINDINGS, ...bindings });
		const { verdict, reason } = JSON.parse(log.at(-1) ?? "{}");
		return verdict === "accept" ? verdict : reason;
	};
	it.each(CLOSED)("%s, with %j", async (_, bindings, stopped, reason, neighbour, others = {}) => {
		expect(await judge(stopped(), bindings)).toBe(reason);
		expect(await judge(neighbour(), { ...bindings, ...others })).toBe("accept");
	});

	it("every row of the table has its test, but for those that only an upgrade closes", () => {
		const closable = ADVISORIES.filter(({ closedBy }) => closedBy.by !== "upgrade").map(({ id }) => id);
		expect(new Set([...ROWS, ...CLOSED].map(([id]) => id))).toEqual(new Set(closable));
	});
});
