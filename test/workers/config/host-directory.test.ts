/**
 * Many hosts behind one edge. Protects against a key of one host that opens another, and against a hostname that gets
 * the settings of a host that it is not.
 */
import { SignJWT } from "jose";
import { describe, expect, it } from "vitest";
import type { Host } from "../../../src/config/host.ts";
import { createHostDirectory } from "../../../src/config/host-directory.ts";
import { createKey } from "../../../src/config/secrets/key-ring.ts";
import { signSecureLink } from "../../../src/link/secure-link.ts";
import { callEdge } from "../support/call-edge.ts";
import { NOW_SECONDS } from "../support/keys.ts";

const NOW_MS = NOW_SECONDS * 1000;
const ENV = {
	ORIGIN: "http://default.test",
	JWT_SECRET: "default token secret",
	SECURE_LINK_SECRET: "default link secret",
	ACME_JWT_SECRET: "token secret of acme",
	ACME_SECURE_LINK_SECRET: "link secret of acme",
	GLOBEX_JWT_SECRET: "token secret of globex",
	GLOBEX_SECURE_LINK_SECRET: "link secret of globex",
};
const HOSTS = {
	"docs.acme.test": { ORIGIN: "http://acme.test", SECRETS: "ACME" },
	"*.globex.test": { ORIGIN: "http://globex.test", SECRETS: "GLOBEX", REASONS: false },
	"*.eu.globex.test": { ORIGIN: "http://eu.test", SECRETS: "GLOBEX" },
	"plain.test": {},
};

async function find(env: object, hostname: string): Promise<Host | undefined> {
	return createHostDirectory({ ...env }, () => undefined).find(hostname, NOW_MS);
}
const originOf = async (env: object, hostname: string) => (await find(env, hostname))?.origin?.urls[0];

describe("without HOSTS every hostname is the one host", () => {
	it.each(["docs.acme.test", "", "127.0.0.1"])("%s", async (hostname) => {
		expect(await originOf(ENV, hostname)).toBe("http://default.test");
	});
});

describe("HOSTS", () => {
	const env = { ...ENV, HOSTS };
	it.each([
		["docs.acme.test", "http://acme.test"],
		["DOCS.ACME.TEST", "http://acme.test"],
		["a.globex.test", "http://globex.test"],
		["a.b.globex.test", "http://globex.test"],
		["a.eu.globex.test", "http://eu.test"],
		["plain.test", "http://default.test"],
		["globex.test", undefined],
		["acme.test", undefined],
		["x.docs.acme.test", undefined],
		["", undefined],
	])("%s: %s", async (hostname, origin) => expect(await originOf(env, hostname)).toBe(origin));
	it("may be JSON text, as in an environment variable", async () => {
		expect(await originOf({ ...ENV, HOSTS: JSON.stringify(HOSTS) }, "docs.acme.test")).toBe(
			"http://acme.test",
		);
	});
	it("a host has only the secrets of its prefix", async () => {
		const host = await find({ ...env, ACME_SECURE_LINK_SECRET: undefined }, "docs.acme.test");
		expect(host?.keys.link.keys).toEqual([]);
		expect(host?.problems).toEqual([{ binding: "ACME_SECURE_LINK_SECRET", problem: "is missing" }]);
	});
	it.each([
		["text that is not JSON", { HOSTS: "docs.acme.test" }, "HOSTS"],
		["an entry that is a number", { HOSTS: { "docs.acme.test": 5 } }, "HOSTS.docs.acme.test"],
		[
			"a secret in the table",
			{ HOSTS: { "docs.acme.test": { JWT_SECRET: "x" } } },
			"HOSTS.docs.acme.test.JWT_SECRET",
		],
		[
			"a prefix that would take the origin secrets of another host",
			{ HOSTS: { "docs.acme.test": { SECRETS: "ACME_ORIGIN" } } },
			"HOSTS.docs.acme.test.SECRETS",
		],
		[
			"a prefix with a character that no binding has",
			{ HOSTS: { "docs.acme.test": { SECRETS: "ac-me" } } },
			"HOSTS.docs.acme.test.SECRETS",
		],
	])("%s is a problem, and closes the host", async (_, bindings, binding) => {
		const host = await find({ ...ENV, ...bindings }, "docs.acme.test");
		expect(host?.problems.map((problem) => problem.binding)).toContain(binding);
	});
	it("an unknown host gets 421 on every path", async () => {
		for (const path of ["/", "/web-apps/x.js", "/cache/files/a/b", "/command", "/info/info.json"]) {
			const { response, forwarded } = await callEdge(new Request(`http://unknown.test${path}`), env);
			expect([response.status, response.headers.get("X-Edge-Reason")]).toEqual([421, "host_unknown"]);
			expect(await response.text()).toContain("hostname");
			expect(forwarded).toEqual([]);
		}
	});
	it("of ten thousand hosts, each is read at its first request, and kept", async () => {
		const table = Object.fromEntries(
			Array.from({ length: 10_000 }, (_, i) => [`h${i}.test`, { ORIGIN: `http://o${i}.test` }]),
		);
		let reads = 0;
		const directory = createHostDirectory({ ...ENV, HOSTS: table }, () => reads++);
		for (const i of [0, 5000, 9999, 5000, 0]) {
			expect((await directory.find(`h${i}.test`, NOW_MS))?.origin?.urls[0]).toBe(`http://o${i}.test`);
		}
		expect(reads).toBe(3);
		expect(await directory.find("h10000.test", NOW_MS)).toBeUndefined();
	});
});

describe("tenants", () => {
	const env = {
		...ENV,
		TENANTS_BASE_DOMAIN: "docs.test",
		MY_TENANT_JWT_SECRET: "t",
		MY_TENANT_SECURE_LINK_SECRET: "l",
	};
	const secretOf = async (hostname: string) => (await find(env, hostname))?.keys.inbox.keys[0]?.secret;
	it("have the secrets of their sub-domain, in upper case, with _ for other characters", async () => {
		expect(await secretOf("acme.docs.test")).toBe("token secret of acme");
		expect(await secretOf("My-Tenant.docs.test")).toBe("t");
	});
	it("the base domain is the default tenant", async () => {
		expect(await secretOf("docs.test")).toBe("default token secret");
	});
	it.each([
		"a.b.docs.test",
		"my_tenant.docs.test",
		"-a.docs.test",
		"other.test",
		"origin.docs.test",
		"acme-origin.docs.test",
	])("%s is not a tenant", async (hostname) => {
		expect(await find(env, hostname)).toBeUndefined();
	});
	it("a tenant without secrets is refused, never served with another's", async () => {
		for (const path of ["/command", "/cache/files/a/b", "/web-apps/x.js"]) {
			const { response, forwarded } = await callEdge(
				new Request(`http://nobody.docs.test${path}`, { method: "POST" }),
				env,
			);
			expect([response.status, forwarded.length]).toEqual([503, 0]);
		}
	});
});

describe("a key of one host opens no route of another host", () => {
	const env = { ...ENV, HOSTS, TENANTS_BASE_DOMAIN: "docs.test" };
	const names = {
		"docs.acme.test": "acme",
		"a.globex.test": "globex",
		"acme.docs.test": "acme",
		"plain.test": "default",
	};
	const sign = (secret: string, claims: object) =>
		new SignJWT({ ...claims }).setProtectedHeader({ alg: "HS256" }).sign(new TextEncoder().encode(secret));
	const secretsOf = (name: string) =>
		name === "default"
			? [ENV.JWT_SECRET, ENV.SECURE_LINK_SECRET]
			: [`token secret of ${name}`, `link secret of ${name}`];

	async function requestsWith(
		hostname: string,
		[tokenSecret = "", linkSecret = ""]: string[],
	): Promise<Request[]> {
		const token = await sign(tokenSecret, {
			document: { key: "d", ds_encrypted: true },
			editorConfig: {},
			c: "version",
			outputtype: "pdf",
			argument: {},
		});
		const link = (uri: string) =>
			`${uri}?md5=${signSecureLink(uri, "4102444800", createKey("k", linkSecret))}&expires=4102444800`;
		const cmd = encodeURIComponent(JSON.stringify({ tokenSession: token }));
		const url = (path: string) => `http://${hostname}${path}`;
		const post = (path: string, init: RequestInit = {}) =>
			new Request(url(path), { method: "POST", ...init });
		return [
			new Request(url(link("/cache/files/data/a/b"))),
			new Request(url(link("/storage-cache/files/data/a/b"))),
			...["/command", "/converter", "/docbuilder", "/downloadfile/d"].flatMap((path) => [
				post(path, { body: JSON.stringify({ token }) }),
				post(path, { headers: { Authorization: `Bearer ${token}` } }),
				post(`${path}?token=${token}`),
			]),
			post(`/upload/d?token=${token}`),
			post(`/downloadas/d?cmd=${cmd}`),
			post(`/savefile/d?cmd=${cmd}`),
			new Request(url(`/printfile/d/a.pdf?token=${token}`)),
			post("/ai-proxy", { headers: { Authorization: `Bearer ${token}` } }),
		];
	}

	it("each key opens exactly its own host", async () => {
		for (const [hostname, owner] of Object.entries(names)) {
			for (const name of new Set(Object.values(names))) {
				for (const request of await requestsWith(hostname, secretsOf(name))) {
					const { forwarded } = await callEdge(request, env);
					const expected = name === owner ? 1 : 0;
					expect([hostname, name, request.url, forwarded.length]).toEqual([
						hostname,
						name,
						request.url,
						expected,
					]);
				}
			}
		}
	});
});

it("a token of one host does not open the socket of another", async () => {
	const env = { ...ENV, HOSTS };
	const sign = (secret: string) =>
		new SignJWT({ document: {} }).setProtectedHeader({ alg: "HS256" }).sign(new TextEncoder().encode(secret));
	for (const [hostname, own] of [
		["docs.acme.test", "acme"],
		["a.globex.test", "globex"],
	] as const) {
		for (const name of ["acme", "globex"]) {
			const token = await sign(`token secret of ${name}`);
			const url = `http://${hostname}/doc/d/c/?EIO=4&transport=polling&sid=s`;
			for (const packet of [`40{"token":"${token}"}`, `40{"session":"${token}"}`]) {
				const { forwarded } = await callEdge(new Request(url, { method: "POST", body: packet }), env);
				const sent = (await forwarded[0]?.text()) ?? "";
				expect([hostname, name, sent === packet]).toEqual([hostname, name, name === own]);
				expect(sent.includes(token)).toBe(name === own);
			}
		}
	}
});

describe("Secrets Store", () => {
	const REREAD_MS = 300_000;
	it("is read once, and again after five minutes", async () => {
		let reads = 0;
		const secret = { get: async () => `secret number ${++reads}` };
		const directory = createHostDirectory({ ...ENV, JWT_SECRET: secret }, () => undefined);
		const secretAt = async (ms: number) => (await directory.find("h", ms))?.keys.inbox.keys[0]?.secret;
		expect(await secretAt(NOW_MS)).toBe("secret number 1");
		expect(await secretAt(NOW_MS + REREAD_MS)).toBe("secret number 1");
		expect(await secretAt(NOW_MS + REREAD_MS + 1)).toBe("secret number 2");
	});
	it("a secret that cannot be read closes the host", async () => {
		const broken = { get: () => Promise.reject(new Error("canary")) };
		const { response, log } = await callEdge(new Request("http://h/command", { method: "POST" }), {
			...ENV,
			JWT_SECRET: broken,
		});
		expect(response.status).toBe(503);
		expect(log.join()).not.toContain("canary");
	});
});

describe("the identity of a host, which circuits and statistics belong to", () => {
	const REREAD_MS = 300_001;
	it("stays the same when its secrets are read again", async () => {
		let reads = 0;
		const secret = { get: async () => `secret number ${++reads}` };
		const env = { ...ENV, JWT_SECRET: secret, ACME_JWT_SECRET: secret, HOSTS };
		const directory = createHostDirectory(env, () => undefined);
		for (const hostname of ["docs.acme.test", "plain.test"]) {
			const first = await directory.find(hostname, NOW_MS);
			const again = await directory.find(hostname, NOW_MS + REREAD_MS);
			expect(again).not.toBe(first);
			expect(again?.identity).toBe(first?.identity);
		}
	});
	it("differs between two hosts, and between two edges", async () => {
		const [one, other] = [
			createHostDirectory({ ...ENV, HOSTS }, () => undefined),
			createHostDirectory({ ...ENV, HOSTS }, () => undefined),
		];
		const identities = [
			(await one.find("docs.acme.test", NOW_MS))?.identity,
			(await one.find("plain.test", NOW_MS))?.identity,
			(await other.find("plain.test", NOW_MS))?.identity,
		];
		expect(new Set(identities).size).toBe(3);
	});
});

describe("ORIGIN and ORIGINS of a host", () => {
	const urlsOf = async (edge: object, entry: object) =>
		(await find({ ...ENV, ORIGIN: "", ...edge, HOSTS: { "a.test": entry } }, "a.test"))?.origin?.urls;
	it.each([
		[
			"the host's one origin, although the edge has several",
			{ ORIGINS: "http://x.test http://y.test" },
			{ ORIGIN: "http://a.test" },
			["http://a.test"],
		],
		[
			"the host's several origins, although the edge has one",
			{ ORIGIN: "http://x.test" },
			{ ORIGINS: "http://a.test http://b.test" },
			["http://a.test", "http://b.test"],
		],
		[
			"the edge's origins, if the host has none",
			{ ORIGINS: "http://x.test http://y.test" },
			{},
			["http://x.test", "http://y.test"],
		],
	])("%s", async (_, edge, entry, urls) => expect(await urlsOf(edge, entry)).toEqual(urls));
});
