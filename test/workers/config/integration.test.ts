/**
 * A host in front of an integration: the bindings that it needs. Protects against an edge that leaves paths open after
 * a mistake in its bindings.
 */
import { describe, expect, it } from "vitest";
import type { Bindings } from "../../../src/config/bindings.ts";
import { createHostDirectory } from "../../../src/config/host-directory.ts";
import { readHost } from "../../../src/config/read-host.ts";
import { callEdge } from "../support/call-edge.ts";
import { NOW_SECONDS } from "../support/keys.ts";

const GOOD: Bindings = {
	ORIGIN: "https://files.test",
	ROLE: "storage",
	CALLBACK_PATHS: "/track",
	JWT_SECRET_OUTBOX: "a secret of the outbox",
};
const SERVER: Bindings = {
	ORIGIN: "https://ds.test",
	JWT_SECRET: "token secret",
	SECURE_LINK_SECRET: "link",
};
const problemsOf = (bindings: Bindings) =>
	readHost(bindings, NOW_SECONDS).problems.map(({ binding, problem }) => `${binding} ${problem}`);

describe("a host with ROLE = storage", () => {
	it("needs only the outbox secret", () => expect(problemsOf(GOOD)).toEqual([]));
	it("needs no outbox secret beside JWT_SECRET", () => {
		expect(problemsOf({ ...GOOD, JWT_SECRET_OUTBOX: undefined, JWT_SECRET: "s" })).toEqual([]);
	});
	it("needs no secret with its check off", () => {
		expect(problemsOf({ ...GOOD, JWT_SECRET_OUTBOX: undefined, JWT_ENABLED_OUTBOX: "false" })).toEqual([]);
	});
	it("takes its paths as text or as a TOML list", () => {
		for (const CALLBACK_PATHS of ["/a, /b\n/c", ["/a", "/b", "/c"]]) {
			const host = readHost({ ...GOOD, CALLBACK_PATHS, DOWNLOAD_PATHS: "/d" }, NOW_SECONDS);
			expect(host.problems).toEqual([]);
			expect(host.integration?.map(({ route }) => `${route.id} ${route.path}`)).toEqual([
				"callback /a",
				"callback /b",
				"callback /c",
				"download /d",
			]);
		}
	});
	it("can be one of HOSTS, beside a Document Server's host", async () => {
		const { ROLE, CALLBACK_PATHS, ORIGIN } = GOOD;
		const HOSTS = { "files.test": { ROLE, CALLBACK_PATHS, ORIGIN }, "ds.test": {} };
		const { find } = createHostDirectory({ ...SERVER, HOSTS }, () => undefined);
		const [files, ds] = await Promise.all([find("files.test", 0), find("ds.test", 0)]);
		expect([files?.problems, files?.integration?.length]).toEqual([[], 1]);
		expect([ds?.problems, ds?.integration]).toEqual([[], undefined]);
	});
	it("takes its routes in SHADOW_ROUTES", () => {
		expect(problemsOf({ ...GOOD, SHADOW_ROUTES: "callback, download" })).toEqual([]);
	});
});

describe("a problem", () => {
	it.each([
		[
			"no outbox secret",
			{ ...GOOD, JWT_SECRET_OUTBOX: undefined },
			"JWT_SECRET_OUTBOX is missing (and so is JWT_SECRET)",
		],
		[
			"an empty outbox secret",
			{ ...GOOD, JWT_SECRET_OUTBOX: "" },
			"JWT_SECRET_OUTBOX is empty, blank or not a string",
		],
		["an unknown role", { ...GOOD, ROLE: "Storage" }, 'ROLE is neither "server" nor "storage"'],
		[
			"no paths",
			{ ...GOOD, CALLBACK_PATHS: "" },
			"CALLBACK_PATHS is empty, and so are DOWNLOAD_PATHS and WOPI_PATHS",
		],
		[
			"a list entry that is not a path",
			{ ...GOOD, DOWNLOAD_PATHS: "download" },
			"DOWNLOAD_PATHS is not a list of paths",
		],
		["a table", { ...GOOD, DOWNLOAD_PATHS: { a: "/a" } }, "DOWNLOAD_PATHS is not a plain value"],
		[
			"paths of an integration at a Document Server's host",
			{ ...SERVER, CALLBACK_PATHS: "/track" },
			'CALLBACK_PATHS protects nothing without ROLE = "storage"',
		],
	])("%s", (_, bindings, problem) => expect(problemsOf(bindings)).toEqual([problem]));
	it("never shows a value", () => {
		const bindings = { ...GOOD, ROLE: "canary", CALLBACK_PATHS: "canary", DOWNLOAD_PATHS: "/canary?" };
		expect(problemsOf(bindings).join()).not.toContain("canary");
	});

	const call = (path: string, bindings: Bindings) =>
		callEdge(new Request(`http://edge.test${path}`, { method: "POST", body: "{}" }), bindings);
	it("with a secret closes the protected paths, and leaves the others open", async () => {
		const bindings = { ...GOOD, JWT_SECRET_OUTBOX: "" };
		const { response, forwarded } = await call("/track", bindings);
		expect([response.status, forwarded.length]).toEqual([503, 0]);
		expect(await response.json()).toMatchObject({ error: 1, message: expect.stringContaining("log names") });
		expect((await call("/other", bindings)).forwarded.length).toBe(1);
	});
	it.each([
		{ ...GOOD, ROLE: "stroage" },
		{ ...GOOD, CALLBACK_PATHS: "track", DOWNLOAD_PATHS: "/download" },
		{ ...GOOD, CALLBACK_PATHS: { a: "/a" }, DOWNLOAD_PATHS: "/download" },
		{ ...GOOD, CALLBACK_PATHS: "" },
		{ ...GOOD, ROLE: "server" },
	])("with role or paths closes every path, as the protected ones are unknown: %j", async (bindings) => {
		for (const path of ["/track", "/other"]) {
			const { response, forwarded } = await call(path, bindings);
			expect([response.status, forwarded.length]).toEqual([503, 0]);
		}
	});
});

it("a Document Server's host needs the server's secrets, and no outbox secret", () => {
	expect(problemsOf({ ...SERVER, ROLE: "server" })).toEqual([]);
	const bindings = { ORIGIN: "http://o", JWT_SECRET_OUTBOX: "s" };
	expect(readHost(bindings, NOW_SECONDS).problems.map(({ binding }) => binding)).toEqual([
		"JWT_SECRET_INBOX",
		"JWT_SECRET_BROWSER",
		"JWT_SECRET_SESSION",
		"SECURE_LINK_SECRET",
	]);
});
