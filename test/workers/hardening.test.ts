/**
 * Regression tests of attacks that once worked. Each test repeats one attack as it was tried.
 */
import { CompactSign, SignJWT } from "jose";
import { describe, expect, it } from "vitest";
import { createHostDirectory } from "../../src/config/host-directory.ts";
import { readHost } from "../../src/config/read-host.ts";
import { readSecret } from "../../src/config/secrets/secret.ts";
import { BINDINGS, callEdge, SECRETS } from "./support/call-edge.ts";
import { NOW_SECONDS } from "./support/keys.ts";

const sign = (claims: object, secret = SECRETS.JWT_SECRET) =>
	new SignJWT({ ...claims }).setProtectedHeader({ alg: "HS256" }).sign(new TextEncoder().encode(secret));
const RESIGN = { ...BINDINGS, ORIGIN_JWT_SECRET: "what the origin has now" };
const post = (path: string, init: RequestInit = {}) =>
	new Request(`http://edge.test${path}`, { method: "POST", ...init });
const encode = (value: unknown) =>
	btoa(JSON.stringify(value)).replace(/=+$/, "").replaceAll("+", "-").replaceAll("/", "_");

describe("a path that becomes another path behind the edge", () => {
	const session = { document: { key: "KEY" }, editorConfig: {} };
	it.each(["docbuilder", "command", "info/plugin/models", "internal/cluster/inactive"])(
		"a session token does not reach /%s by backslashes",
		async (endpoint) => {
			const token = await sign(session);
			for (const bindings of [BINDINGS, RESIGN]) {
				const path = `/7.2.0-204/upload/KEY%5c..%5c..%5c${endpoint.replaceAll("/", "%5c")}%3ftoken=${token}`;
				const { forwarded, response } = await callEdge(
					post(path, { body: "builder.CreateFile()" }),
					bindings,
				);
				expect([forwarded.length, response.headers.get("X-Edge-Reason")]).toEqual([0, "path_ambiguous"]);
			}
		},
	);
	it("a re-signed request keeps its path", async () => {
		const token = await sign(session);
		const { forwarded } = await callEdge(post(`/7.2.0-204/upload/KEY/a%5cb%20c%3ftoken=${token}`), RESIGN);
		expect(forwarded[0]?.url).toMatch(
			/^http:\/\/origin\.test\/7\.2\.0-204\/upload\/KEY\/a%5cb%20c\?token=ey/,
		);
	});
});

describe("no request makes the edge throw", () => {
	it.each(['{"toString":1}', '["HS256"]', "{}", "5", "null"])("a token whose alg is %s", async (alg) => {
		const token = `${encode({ alg: JSON.parse(alg), typ: "JWT" })}.${encode({})}.AAAA`;
		const { response } = await callEdge(post("/command", { headers: { Authorization: `Bearer ${token}` } }));
		expect([response.status, await response.json()]).toEqual([200, { error: 6 }]);
	});
	it.each(["cmd[toString]=x", "cmd[]=x", "cmd[a]=x"])("%s", async (query) => {
		const { response } = await callEdge(post(`/downloadas/doc?${query}`));
		expect([response.status, response.headers.get("X-Edge-Reason")]).toEqual([400, "cmd_malformed"]);
	});
	it("a cmd that two parameters form together is not re-signed", async () => {
		const token = await sign({ document: { key: "doc" } });
		const cmd = `cmd=${encodeURIComponent(`{"tokenSession":"${token}"`)}&cmd=${encodeURIComponent('"x":1}')}`;
		const { response, forwarded } = await callEdge(post(`/downloadas/doc?${cmd}`), RESIGN);
		expect([response.status, forwarded.length]).toEqual([403, 0]);
	});
	it.each(["[token]zzz=T", "token=x]=y&token=T"])(
		"%s: only the token that was read is re-signed",
		async (query) => {
			const token = await sign({ c: "version" });
			const { forwarded } = await callEdge(post(`/command?${query.replace("T", token)}`), RESIGN);
			for (const request of forwarded) expect(request.url).not.toContain(token);
		},
	);
	it("a deep key is not repeated in the refusal", async () => {
		const body = `{"key":${"[".repeat(200_000)}${"]".repeat(200_000)}}`;
		const { response } = await callEdge(post("/command", { body }));
		expect(await response.json()).toEqual({ error: 6 });
	});
	it("claims of 5,000 levels", async () => {
		const claims = `${'{"a":'.repeat(5000)}1${"}".repeat(5000)}`;
		const token = await new CompactSign(new TextEncoder().encode(claims))
			.setProtectedHeader({ alg: "HS256" })
			.sign(new TextEncoder().encode(SECRETS.JWT_SECRET));
		const headers = { Authorization: `Bearer ${token}` };
		const { response } = await callEdge(post("/command", { headers }), {
			...BINDINGS,
			ALLOWED_URL_HOSTS: "files.test",
		});
		expect(await response.json()).toEqual({ error: 6 });
	});
});

describe("the editor's socket", () => {
	const socket = (query: string, init?: RequestInit) =>
		post(`/doc/d/c/?EIO=4&transport=polling${query}`, init);
	it("a body of 100,000 CONNECT packets is refused unread", async () => {
		const { response, forwarded } = await callEdge(socket("&sid=s", { body: "40\x1e".repeat(100_000) }));
		expect([response.status, await response.json(), forwarded.length]).toEqual([
			400,
			{ code: 3, message: "Bad request" },
			0,
		]);
	});
	it.each([
		["a repeated sid", "&sid=x&sid="],
		["a repeated EIO", "&EIO=3"],
		["a repeated transport", "&transport=websocket"],
		[
			"a sid behind 1,000 names, where older versions of engine.io read nothing",
			`${"&a".repeat(1000)}&sid=x`,
		],
	])("%s is refused", async (_, query) => {
		expect((await callEdge(socket(query, { body: "3" }))).response.status).toBe(400);
	});
	const poll = () => new Request("http://edge.test/doc/d/c/?EIO=4&transport=polling&sid=s");
	it("a polling response that breaks off gives 502, not an exception", async () => {
		const broken = new ReadableStream({ start: (controller) => controller.error(new Error("canary")) });
		const { response, log } = await callEdge(poll(), BINDINGS, () => new Response(broken));
		expect(response.status).toBe(502);
		expect(log.join()).not.toContain("canary");
	});
	it("a long polling response passes unread, and a short one unchanged unless it holds a refusal", async () => {
		for (const packets of [
			"42[1]".repeat(100_000),
			"42[1]",
			'44/.edge/connect/jwt%20expired,{"message":"x"}',
		]) {
			const { response } = await callEdge(poll(), BINDINGS, () => new Response(new Response(packets).body));
			expect(await response.text()).toBe(
				packets.startsWith("44")
					? '44{"message":"not authorized","data":{"code":4005,"description":"token:jwt expired"}}'
					: packets,
			);
		}
	});
});

it("the client's address reaches the origin, whatever the Connection header names", async () => {
	const headers = { Connection: "cf-connecting-ip", "CF-Connecting-IP": "192.0.2.7" };
	const { forwarded } = await callEdge(new Request("http://edge.test/x", { headers }));
	expect(forwarded[0]?.headers.get("X-Forwarded-For")).toBe("192.0.2.7");
});

describe("configuration that is likely to be a mistake", () => {
	it("a single key without a name is not read as a ring of keys `secret` and `notAfter`", () => {
		const problems: string[] = [];
		const value = '{"secret":"a good long secret","notAfter":"2027-01-31"}';
		expect(readSecret("JWT_SECRET", value, (problem) => problems.push(problem))).toEqual([]);
		expect(problems).toEqual(['is one key without a name: write {"name": {"secret": …}}']);
	});
	it.each(['{"a":"one","b":"two"}', '{"a":{"secret":"one","notAfter":"2030-01-01"}}'])(
		"an origin secret has to be a single one: %s",
		(value) => {
			const host = readHost({ ...BINDINGS, ORIGIN_JWT_SECRET: value }, NOW_SECONDS);
			expect(host.problems.length).toBeGreaterThan(0);
		},
	);
	it.each([{ "a.test": { ORIGN: "x" } }, { "a.test:8443": {} }, { "*": {} }])("HOSTS %j", async (HOSTS) => {
		const directory = createHostDirectory({ ...BINDINGS, HOSTS }, () => undefined);
		const [name = ""] = Object.keys(HOSTS);
		const host = await directory.find(name, 0);
		expect(host?.problems.length ?? 0).toBeGreaterThan(0);
	});
	it("a wildcard with a port in ALLOWED_URL_HOSTS is a problem", () => {
		expect(
			readHost({ ...BINDINGS, ALLOWED_URL_HOSTS: "*.example.org:8443" }, NOW_SECONDS).problems.length,
		).toBe(1);
	});
});

it("a Secrets Store that fails for a while closes no host that was read before", async () => {
	let works = true;
	const JWT_SECRET = {
		get: () => {
			if (works) return Promise.resolve("a secret in the store");
			throw new Error("store");
		},
	};
	const directory = createHostDirectory({ ...BINDINGS, JWT_SECRET }, () => undefined);
	const problemsAt = async (ms: number) => (await directory.find("h", ms))?.problems.length;
	expect(await problemsAt(0)).toBe(0);
	works = false;
	expect(await problemsAt(300_001)).toBe(0);
	works = true;
	expect(await problemsAt(320_000)).toBe(0);
	works = false;
	const fresh = createHostDirectory({ ...BINDINGS, JWT_SECRET }, () => undefined);
	expect((await fresh.find("h", 0))?.problems.length).toBe(1);
	works = true;
	expect((await fresh.find("h", 10_001))?.problems.length).toBe(0);
});
