/**
 * Reading a host from bindings. Protects against defaults and fallbacks that differ from the server's, and against a
 * problem that goes unreported or shows a value.
 */
import { describe, expect, it } from "vitest";
import type { Bindings } from "../../../src/config/bindings.ts";
import type { Host } from "../../../src/config/host.ts";
import { readHost } from "../../../src/config/read-host.ts";
import { NOW_SECONDS } from "../support/keys.ts";

const GOOD: Bindings = {
	ORIGIN: "https://ds.test",
	JWT_SECRET: "token secret",
	SECURE_LINK_SECRET: "link secret",
};
const read = (bindings: Bindings) => readHost(bindings, NOW_SECONDS);
const problemsOf = (bindings: Bindings) => read(bindings).problems.map(({ binding }) => binding);
const secretsOf = (host: Host) =>
	Object.fromEntries(
		Object.entries(host.keys).map(([kind, { keys }]) => [kind, keys.map(({ secret }) => secret)]),
	);

it("has the server's defaults", () => {
	expect(read(GOOD)).toMatchObject({
		origin: { urls: ["https://ds.test"], timeoutMs: 300_000, fileTimeoutMs: 60_000, forwardedPrefix: "" },
		cache: { mediaSeconds: 86_400, otherSeconds: 86_400 },
		tokenEnabled: { inbox: true, browser: true, outbox: true },
		tokenHeader: { name: "Authorization", prefix: "Bearer " },
		clockToleranceSeconds: 60,
		reasons: true,
		problems: [],
	});
});

describe("secrets", () => {
	it("JWT_SECRET is the default of the four token secrets", () => {
		const { link, ...tokens } = secretsOf(read(GOOD));
		expect(link).toEqual(["link secret"]);
		expect(new Set(Object.values(tokens).flat())).toEqual(new Set(["token secret"]));
	});
	it("the browser secret falls back to the inbox secret", () => {
		const host = read({
			...GOOD,
			JWT_SECRET_INBOX: "in",
			JWT_SECRET_SESSION: "se",
			JWT_SECRET_OUTBOX: "out",
		});
		expect(secretsOf(host)).toMatchObject({
			inbox: ["in"],
			browser: ["in"],
			session: ["se"],
			outbox: ["out"],
		});
	});
	it("are used unchanged, white space included", () => {
		expect(secretsOf(read({ ...GOOD, JWT_SECRET: " a " })).inbox).toEqual([" a "]);
	});
	it.each([
		[
			"no secret at all",
			{ ORIGIN: "http://o" },
			["JWT_SECRET_INBOX", "JWT_SECRET_BROWSER", "JWT_SECRET_SESSION", "SECURE_LINK_SECRET"],
		],
		["an empty secret", { ...GOOD, JWT_SECRET: "" }, ["JWT_SECRET"]],
		["a blank secret", { ...GOOD, SECURE_LINK_SECRET: " \t\n" }, ["SECURE_LINK_SECRET"]],
		["an empty inbox secret over a good default", { ...GOOD, JWT_SECRET_INBOX: "" }, ["JWT_SECRET_INBOX"]],
		["a number", { ...GOOD, JWT_SECRET: 5 }, ["JWT_SECRET"]],
	])("%s: a problem, and no key", (_, bindings, problems) => {
		expect(problemsOf(bindings)).toEqual(problems);
	});
	it("a token secret is not required while its check is off", () => {
		const links = { ORIGIN: "http://o", SECURE_LINK_SECRET: "l" };
		expect(problemsOf({ ...links, JWT_ENABLED: "false" })).toEqual([]);
		expect(problemsOf({ ...links, JWT_ENABLED_BROWSER: "false" })).toEqual(["JWT_SECRET_INBOX"]);
	});
});

describe("variables", () => {
	it.each([
		[
			"ORIGIN",
			["", "ds.test", "ftp://ds.test", "http://u:p@ds.test", "http://ds.test/?a", "http://ds.test/#a"],
		],
		["ORIGIN_TIMEOUT_SECONDS", ["-1", "1.5", "abc", "86401", "1e3"]],
		["CLOCK_TOLERANCE_SECONDS", ["-1", "x", "60s"]],
		["JWT_ENABLED", ["yes", "1", "True"]],
		["JWT_ENABLED_INBOX", ["on"]],
		["JWT_HEADER", ["Auth Header", "Auth:"]],
		["FORWARDED_PREFIX", ["/a b", "/\r\n"]],
		["BIND_DOCUMENT", ["no"]],
		["SOCKET_GUARD", ["off"]],
		["SOCKET_CONNECT_SECONDS", ["0", "a"]],
		["REASONS", ["no"]],
		["ORIGIN_FILE_TIMEOUT_SECONDS", ["-1", "x"]],
		["CACHE_SECONDS", ["-1", "a day"]],
		["CACHE_REVALIDATED_SECONDS", ["-1", "true"]],
		["ORIGIN_LOCK_SECRET", ["", " ", '{"a":"1","b":"2"}']],
		["ORIGIN_FETCHER", ["https://x.test"]],
	])("%s: an invalid value is a problem", (name, values) => {
		for (const value of values) expect(problemsOf({ ...GOOD, [name]: value })).toEqual([name]);
	});
	it("JWT_ENABLED is the default of the other three", () => {
		const { tokenEnabled } = read({ ...GOOD, JWT_ENABLED: "false", JWT_ENABLED_BROWSER: "true" });
		expect(tokenEnabled).toEqual({ inbox: false, browser: true, outbox: false });
	});
	it("may be TOML booleans and numbers", () => {
		const host = read({ ...GOOD, REASONS: false, CLOCK_TOLERANCE_SECONDS: 0 });
		expect(host).toMatchObject({ reasons: false, clockToleranceSeconds: 0, problems: [] });
	});
	it("an origin keeps its path, without a last slash", () => {
		expect(read({ ...GOOD, ORIGIN: "http://h:8080/ds/" }).origin?.urls[0]).toBe("http://h:8080/ds");
	});
});

it("all problems are reported at once, and none shows a value", () => {
	const canary = "canary-value";
	const { problems } = read({
		ORIGIN: canary,
		REASONS: canary,
		JWT_HEADER: `${canary} `,
		JWT_SECRET: "",
	});
	expect(problems.map(({ binding }) => binding).sort()).toEqual(
		["JWT_HEADER", "JWT_SECRET", "ORIGIN", "REASONS", "SECURE_LINK_SECRET"].sort(),
	);
	expect(JSON.stringify(problems)).not.toContain(canary);
});

describe("ORIGINS", () => {
	const originsOf = (ORIGINS: string, ORIGIN = "") => read({ ...GOOD, ORIGIN, ORIGINS });
	it.each([
		["https://a.test", ["https://a.test"]],
		["https://a.test, https://b.test/ds/", ["https://a.test", "https://b.test/ds"]],
		["https://a.test\nhttps://b.test\n", ["https://a.test", "https://b.test"]],
		["https://a.test https://A.test/", ["https://a.test"]],
	])("%j", (list, urls) => {
		expect(originsOf(list).origin?.urls).toEqual(urls);
		expect(originsOf(list).problems).toEqual([]);
	});
	it.each(["ftp://a.test", "https://a.test, b.test", "https://u:p@a.test", ",", "https://a.test?x"])(
		"%j: no origin is used",
		(list) => {
			const host = originsOf(list);
			expect(host.origin).toBeUndefined();
			expect(host.problems.length).toBe(1);
		},
	);
	it("is a problem beside ORIGIN", () => {
		expect(originsOf("https://a.test", "https://b.test").problems.map(({ binding }) => binding)).toEqual([
			"ORIGINS",
		]);
	});
});
