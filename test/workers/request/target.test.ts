/**
 * The reading of a URL: nginx's `$uri` and arguments, and the target that DocService sees behind a version prefix.
 * Protects against a path that the edge reads differently from nginx or DocService. Each test is one rule; the measured
 * cases are in `test/node`.
 */
import { describe, expect, it } from "vitest";
import { nginxArg } from "../../../src/request/nginx-arg.ts";
import { nginxUri } from "../../../src/request/nginx-uri.ts";
import { insidePrefix, readTarget, type Target } from "../../../src/request/target.ts";

describe("nginx's $uri", () => {
	it.each([
		["/a/b", "/a/b", "unchanged"],
		["/a%20b", "/a b", "decoded"],
		["/a%252fb", "/a%2fb", "decoded once"],
		["/%c3%a9", "\xc3\xa9", "bytes, not characters"],
		["/a//b///c", "/a/b/c", "slashes merge"],
		["/a%2f%2Fb", "/a/b", "escaped slashes too"],
		["/a/./b/%2e/c", "/a/b/c", "dot segments go"],
		["/a//../b", "/b", "slashes merge before dot segments go"],
		["/a/b/..%2fc", "/a/c", "dot segments go after decoding"],
		["/a/b/..", "/a/", "a last .. leaves the slash"],
		["/a/.", "/a/", "a last . leaves the slash"],
		["/a/b%2f", "/a/b/", "a last escaped slash stays"],
		["/.", "/", "nothing is left but the root"],
		["/a/..", "/", "also behind a segment"],
		["//", "/", "also of two slashes"],
		["/...", "/...", "three dots are a name"],
		["/a%3fb%23c%25", "/a?b#c%", "decoded delimiters are ordinary"],
		["/a+b%5c", "/a+b\\", "+ and \\ are ordinary"],
	])("%s is %s: %s", (path, uri) => {
		expect(nginxUri(path)).toBe(uri.startsWith("/") ? uri : `/${uri}`);
	});

	it.each(["/%", "/%4", "/%zz", "/%u0041", "/a%00b", "/..", "/a/../..", "/..%2fa", "/%2e%2e/a"])(
		"%s is malformed",
		(path) => expect(nginxUri(path)).toBeUndefined(),
	);
});

describe("nginx's $arg_NAME", () => {
	it.each([
		["md5=a", "a"],
		["x=1&md5=a&md5=b", "a"],
		["MD5=a&md5=b", "a"],
		["md5=&md5=b", ""],
		["md5&md5=b", "b"],
		["xmd5=a&md5[]=b&a;md5=c", ""],
		["%6dd5=a&md5=%2D", "%2D"],
		["md5=a=b", "a=b"],
		["", ""],
	])("in %j is %j", (args, value) => expect(nginxArg(args, "md5")).toBe(value));
});

describe("the target that DocService reads behind nginx", () => {
	const read = (target: string) => {
		const { docService, canonical } = readTarget({ method: "GET", url: `http://h${target}` }) as Target;
		return [docService.path, docService.query, canonical];
	};
	it.each([
		["/comm%61nd?a=%20", "/comm%61nd", "a=%20", "/command", "without a prefix: raw"],
		["/9.1.0-2/comm%61nd?a=1", "/command", "a=1", "/command", "with a prefix: decoded"],
		["/%39.1.0%2d2%2fcommand", "/command", "", "/command", "an escaped prefix"],
		["/9.1.0|2//command", "/command", "", "/command", "any separator"],
		["/9.1.0-2/9.1.0-2/command", "/9.1.0-2/command", "", "/9.1.0-2/command", "one prefix only"],
		["/x/9.1.0-2/command", "/x/9.1.0-2/command", "", "/x/9.1.0-2/command", "at the start only"],
		["/9.1.0-2/command%3ftoken=a", "/command", "token=a", "/command", "a decoded ? starts a query"],
		["/9.1.0-2/command%3fa?b=1", "/command", "a?b=1", "/command", "before the query's own ?"],
		["/9.1.0-2/command%23x?a=1", "/command", "", "/command", "a decoded # cuts"],
		["/9.1.0-2/command%20", "/command", "", "/command", "Node trims spaces"],
		["/9.1.0-2/command%0a?a=1", "/command", "a=1", "/command", "$ matches before a last LF"],
		["/9.1.0-2/a%20%20b%09%0a%0c%0d%20%a0", "/a  b", "", "/a  b", "white space, at the end alone"],
		["/9.1.0-2/a%20%0b", "/a \x0b", "", "/a \x0b", "a vertical tab is none"],
		["/9.1.0-2/a%5cb%09", "/a/b", "", "/a/b", "Node reads a backslash as a slash"],
		["/9.1.0-2/a%20b%20%0a", "/a b", "", "/a b", "only white space at the end is trimmed"],
		["/9.1.0-2/a%20b%20%20?x=1", "/a b", "x=1", "/a b", "also before a query"],
		["/9.1.0-2/a%3fx%20y%20%20", "/a", "x y", "/a", "and at the end of a decoded query"],
		["/10.11.12-13/command", "/command", "", "/command", "numbers of several digits"],
	])("%s: %s ? %s", (target, path, query, canonical) => {
		expect(read(target)).toEqual([path, query, canonical]);
	});
});

describe("the fast reading of a URL equals the URL parser's", () => {
	// biome-ignore format: a list
	const sites = ["http://h", "https://Edge.Test", "HTTPS://h.test:443", "http://h:08080", "http://127.1", "http://[::1]:80"];
	// biome-ignore format: a list
	const paths = ["/", "/a/b.c-d_e~f", "//a//", "/a%2fb%5C", "/a/...", "/.a", "/a/../b", "/%2E%2e/a", "/a/.%2e", "/..", "/./.a", "/a b", "/é", "/a\\b", "/a;b=c"];
	const queries = [
		"",
		"?",
		"?md5=a-_b==&expires=1",
		"?a=%zz+c",
		"?a=b?c",
		"?a='b'",
		"?a=é",
		'?<"',
		"?a#b",
		"#?a",
	];
	const all = sites.flatMap((site) => paths.flatMap((path) => queries.map((query) => site + path + query)));
	it.each(all)("%s", (href) => {
		const url = new URL(href);
		const target = readTarget({ method: "GET", url: href });
		if (nginxUri(url.pathname) === undefined)
			return expect(target).toEqual({ ok: false, reason: "target_malformed" });
		const { protocol, host, hostname, pathname: path, search } = url;
		expect(target).toMatchObject({ site: { protocol, host, hostname }, path, args: search.slice(1) });
	});
});

describe("unreadable targets", () => {
	const reasonOf = (method: string, url: string) => {
		const target = readTarget({ method, url });
		return "ok" in target ? target.reason : undefined;
	};
	it("a URL that does not parse", () => expect(reasonOf("GET", "http://a, b/x")).toBe("target_malformed"));
	it("a host of other characters", () => expect(reasonOf("GET", "http://a*b/x")).toBe("target_malformed"));
	it("more slashes before the host are the parser's matter", () =>
		expect(readTarget({ method: "GET", url: "http:////h/a" })).toMatchObject({
			site: { host: "h" },
			path: "/a",
		}));
	it("the asterisk form", () => expect(reasonOf("OPTIONS", "http://h.test*")).toBe("target_malformed"));
	it("an escape that nginx refuses", () => expect(reasonOf("GET", "http://h/%zz")).toBe("target_malformed"));
	it.each(["TRACE", "CONNECT"])("%s", (method) =>
		expect(reasonOf(method, "http://h/")).toBe("method_not_allowed"),
	);
	it("a request line over 8192 bytes; one of 8192 is accepted", () => {
		const line = (bytes: number) => `http://h/${"a".repeat(bytes - "GET / HTTP/1.1\r\n".length)}`;
		expect(reasonOf("GET", line(8192))).toBeUndefined();
		expect(reasonOf("GET", line(8193))).toBe("target_too_long");
		expect(reasonOf("GET", `${line(8190)}?x`)).toBeUndefined();
		expect(reasonOf("GET", `${line(8190)}?xy`)).toBe("target_too_long");
	});
});

describe("below a virtual path", () => {
	const target = (path: string) => readTarget({ method: "GET", url: `http://h${path}` }) as Target;
	it("a target stays as it is without one", () => {
		const whole = target("/a?b");
		expect(insidePrefix(whole, "")).toBe(whole);
	});
	it.each([
		["/ds/a?b=1", "/a", "b=1"],
		["/ds/a", "/a", ""],
		["/ds", "/", ""],
		["/ds?b", "/", "b"],
	])("%s is %s with the query %j, and keeps its URL", (path, inner, args) => {
		const read = insidePrefix(target(path), "/ds");
		expect(read).toMatchObject({ path: inner, args, href: `http://h${path}` });
	});
	it.each([
		["/dsx", "path_outside_prefix"],
		["/DS/a", "path_outside_prefix"],
		["/a", "path_outside_prefix"],
		["/ds/..%2fa", "target_malformed"],
	])("%s: %s", (path, reason) => {
		const outside = readTarget({ method: "GET", url: `http://h${path}` });
		expect("ok" in outside ? outside : insidePrefix(outside, "/ds")).toEqual({ ok: false, reason });
	});
});
