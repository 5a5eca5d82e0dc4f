/**
 * The rules of advisories: each stops the request that uses the hole, and lets its neighbour through. In a version
 * without the hole nothing is stopped.
 */
import jsonwebtoken from "jsonwebtoken";
import { describe, expect, it } from "vitest";
import { isOlder } from "../../../src/advisories/version.ts";
import { readHost } from "../../../src/config/read-host.ts";
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
