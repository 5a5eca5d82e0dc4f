/**
 * The grammar of a WOPI source, and of the one parameter that holds it, beside the readers behind the edge. Protects
 * against server-side request forgery: no accepted text may name another host to one of those readers.
 */
import qs from "qs";
import { describe, expect, it } from "vitest";
import { readHost } from "../../../src/config/read-host.ts";
import { oneParameter } from "../../../src/wopi/one-parameter.ts";
import { isListedFileUrl, isListedSource } from "../../../src/wopi/source.ts";
import { pick, seeded } from "../../random.ts";
import { BINDINGS } from "../support/call-edge.ts";
import { NOW_SECONDS } from "../support/keys.ts";

const hostsOf = (WOPI_HOSTS: string) => readHost({ ...BINDINGS, WOPI_HOSTS }, NOW_SECONDS).wopi.hosts;
const HOSTS = hostsOf("wopi.example, files.example:8443, 10.0.0.5, tls.example:443");

describe("a listed source", () => {
	it.each([
		"http://wopi.example/wopi/files/1",
		"https://wopi.example/wopi/files/1",
		"http://wopi.example:80/wopi/files/1",
		"https://wopi.example:443/wopi/files/1",
		"HTTPS://WOPI.EXAMPLE/wopi/files/1",
		"http://files.example:8443/f",
		"https://files.example:8443/f",
		"https://tls.example/f",
		"http://10.0.0.5/f",
		"http://wopi.example//f",
		"http://wopi.example/a%2Fb",
		"http://wopi.example/a.b_c~d!$&'()*+,;=:@e",
	])("%s", (source) => expect(isListedSource(source, HOSTS)).toBe(true));
	it.each([
		["another port", "http://wopi.example:81/f"],
		["the other scheme's port", "http://wopi.example:443/f"],
		["a host that is listed with another port", "http://files.example/f"],
		["443 over http", "http://tls.example/f"],
		["a name with a dot at its end", "http://wopi.example./f"],
		["a longer name", "http://xwopi.example/f"],
		["a sub-domain", "http://a.wopi.example/f"],
		["another address", "http://10.0.0.6/f"],
		["the address in another form", "http://10.5/f"],
		["no path", "http://wopi.example"],
		["no file name", "http://wopi.example/"],
		["a folder", "http://wopi.example/f/"],
		["dot segments", "http://wopi.example/../f"],
		["encoded dot segments", "http://wopi.example/%2E%2e/f"],
		["dot segments after an encoded slash", "http://wopi.example/a%2f..%2ff"],
		["dot segments after an encoded backslash", "http://wopi.example/a%5c..%5cf"],
		["dot segments at the end", "http://wopi.example/f/.."],
		["a bad escape", "http://wopi.example/%zz"],
		["half an escape", "http://wopi.example/f%2"],
		["a query", "http://wopi.example/f?x"],
		["a fragment", "http://wopi.example/f#x"],
		["a line break at the end", "http://wopi.example/f\n"],
		["a bracket", "http://wopi.example/[f]"],
		["a hyphen that begins a label", "http://-wopi.example/f"],
		["port 0", "http://wopi.example:0/f"],
		["empty text", ""],
	])("is not %s: %j", (_, source) => expect(isListedSource(source, HOSTS)).toBe(false));
	it.each([undefined, null, 5, {}, ["http://wopi.example/f"]])("is not %j", (source) =>
		expect(isListedSource(source, HOSTS)).toBe(false),
	);
	it("does not exist if no host is listed", () =>
		expect(isListedSource("http://wopi.example/f", new Set())).toBe(false));
	it.each([
		["http://wopi.example/f?a=1&b=/../c#d", true],
		["http://wopi.example", true],
		["http://wopi.example?x", true],
		["http://wopi.example/é ", false],
		["http://wopi.example\\@evil.example/", false],
		["http://wopi.example@evil.example/", false],
		["http://wopi.example:81/f", false],
		["data:text/plain,x", false],
		["//wopi.example/f", false],
	])("the URL of a file, which may have a query: %j is listed: %s", (url, listed) =>
		expect(isListedFileUrl(url, HOSTS)).toBe(listed),
	);
});

describe("WOPI_HOSTS", () => {
	it.each([
		"*.example.com",
		"http://a.example",
		"a.example/x",
		"a b.example:x",
		"127.1",
		"0x7f.1",
		"a.example:0",
		"a.example:99999x",
		"[::1]",
		"-a.example",
		"a..b",
		"é.example",
	])("%j is a problem", (value) => {
		const { problems } = readHost({ ...BINDINGS, WOPI_HOSTS: value }, NOW_SECONDS);
		expect(problems.map(({ binding }) => binding)).toContain("WOPI_HOSTS");
	});
	it.each(["a.example", "A.Example:8080 b-c.example", "localhost", "10.0.0.5:9980", ""])(
		"%j is valid",
		(value) => {
			expect(readHost({ ...BINDINGS, WOPI_HOSTS: value }, NOW_SECONDS).problems).toEqual([]);
		},
	);
});

describe("the one parameter that holds the source", () => {
	const behind = (count: number) => `${"a=1&".repeat(count)}WOPISrc=x`;
	it.each([
		["in any case", "wopisrc=x", "x"],
		["encoded", "%57OPISrc=%78", "x"],
		["beside others", "a=1&WOPISrc=x&b[c]=2", "x"],
		["as the thousandth parameter", behind(999), "x"],
		["as the next parameter, which the server does not read", behind(1000), undefined],
		["twice", "WOPISrc=x&WOPISrc=x", undefined],
		["in two cases", "wopisrc=x&WOPISrc=x", undefined],
		["beside a name that contains its name", "WOPISrc=x&xWOPISrc=y", undefined],
		["in brackets", "[WOPISrc]=x", undefined],
		["with brackets", "WOPISrc[]=x", undefined],
		["with a bracket in its value that ends a name", "WOPISrc=x]=y", undefined],
		["beside a name that does not decode", "%zz=1&WOPISrc=x", undefined],
		["with a value that does not decode", "WOPISrc=%ff", undefined],
		["without a value", "WOPISrc", undefined],
		["not at all", "", undefined],
	])("%s", (_, query, value) => expect(oneParameter(query, "wopisrc")).toBe(value));
});

/** Reads it as the server does: `qs` of Express 4, then each other spelling replaces the name in lower case. */
function serverReads(query: string): unknown {
	const params: Record<string, unknown> = qs.parse(query, { allowPrototypes: true });
	for (const name of Object.keys(params)) {
		if (name.toLowerCase() === name) continue;
		params[name.toLowerCase()] = params[name];
		delete params[name];
	}
	return params.wopisrc;
}

describe("random queries, beside the three readers", () => {
	const CASES = 60_000;
	const SEED = 20261121;
	const SOURCES = [
		...[
			"http://",
			"https://",
			"HTTP:",
			"//",
			"/",
			"\\",
			"data:",
			"http:",
			"wopi.example",
			"evil.example",
			"WOPI.example",
		],
		...[
			"@",
			":",
			":80",
			":8443",
			".",
			"..",
			"%2e",
			"%2f",
			"%5c",
			"%00",
			"%0a",
			"?",
			"#",
			"/f",
			"f",
			"é",
			"[::1]",
			"127.1",
		],
		...[
			"wopi.example/wopi/files/1",
			"http://wopi.example/wopi/files/1",
			"%",
			"%77",
			"\t",
			" ",
			"ｅ",
			"。",
			"­",
		],
	];
	const NAMES = [
		"WOPISrc",
		"wopisrc",
		"[WOPISrc]",
		"WOPISrc[]",
		"WOPISrc[0]",
		"%57OPISrc",
		"WOPISrc%00",
		"x",
		"a]",
		"WOPI%53rc",
		"wopi_src",
	];
	const encoders = [
		encodeURIComponent,
		(text: string) => text,
		(text: string) => text.replaceAll("/", "%2F"),
	];

	it(`no accepted one of ${CASES} names another host (seed ${SEED})`, () => {
		const random = seeded(SEED);
		let accepted = 0;
		for (let n = 0; n < CASES; n++) {
			const many = (most: number, pieces: readonly string[]) =>
				Array.from({ length: 1 + Math.floor(random() * most) }, () => pick(random, pieces)).join("");
			const source = random() < 0.4 ? `http://wopi.example/${many(3, SOURCES)}` : many(5, SOURCES);
			const parts = Array.from({ length: 1 + Math.floor(random() * 3) }, () => {
				const name = random() < 0.5 ? "WOPISrc" : pick(random, NAMES);
				return `${name}=${pick(random, encoders)(random() < 0.7 ? source : many(3, SOURCES))}`;
			});
			// The platform's URL parser rewrites a query before the edge sees it.
			const query = new URL(`http://h/?${parts.join("&")}`).search.slice(1);
			const value = oneParameter(query, "wopisrc");
			if (value === undefined || !isListedSource(value, HOSTS)) continue;
			accepted++;
			expect(serverReads(query)).toBe(value);
			const params = [...new URLSearchParams(query)].filter(([name]) => name.toLowerCase() === "wopisrc");
			expect(params.map(([, one]) => one)).toEqual([value]);
			const url = new URL(`${value}?access_token=t`);
			expect(["wopi.example", "files.example", "10.0.0.5", "tls.example"]).toContain(url.hostname);
			expect([url.username, url.password, url.hash]).toEqual(["", "", ""]);
			expect(url.href.toLowerCase()).toContain(value.slice(value.indexOf("/", 8)).toLowerCase());
		}
		expect(accepted).toBeGreaterThan(CASES / 100);
	});
});
