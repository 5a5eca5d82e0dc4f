/**
 * What a line says beside the verdict, and which decisions get a line. Protects the clients: a line has no address unless
 * the operator wants it, and of a token only the callback's hostname. Protects the operator: a refusal or a fault is
 * always logged, and everything is counted.
 */
import { SignJWT } from "jose";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Bindings } from "../../../src/config/bindings.ts";
import { readHost } from "../../../src/config/read-host.ts";
import { createKey } from "../../../src/config/secrets/key-ring.ts";
import { signSecureLink } from "../../../src/link/secure-link.ts";
import { signSha256Link } from "../../../src/link/sha256-link.ts";
import { createRecorder } from "../../../src/observe/recorder.ts";
import { accept } from "../../../src/verdict.ts";
import { BINDINGS, callEdge, SECRETS } from "../support/call-edge.ts";

const FUTURE = 4102444800;
const URI = "/cache/files/data/k/o.docx/o.docx";
const nowSeconds = () => Math.floor(Date.now() / 1000);

async function lastLine(request: Request, more: Bindings = {}, origin?: () => Response) {
	const { log } = await callEdge(request, { ...BINDINGS, ...more }, origin);
	const line = log.findLast((one) => one.startsWith('{"time"'));
	return line === undefined ? undefined : JSON.parse(line);
}

const token = (claims: object, secret: string = SECRETS.JWT_SECRET) =>
	new SignJWT({ ...claims })
		.setProtectedHeader({ alg: "HS256", typ: "JWT" })
		.sign(new TextEncoder().encode(secret));
const command = async (claims: object, secret?: string) => {
	const body = JSON.stringify({ token: await token({ c: "version", ...claims }, secret) });
	return new Request("https://edge.test/command", { method: "POST", body });
};
function link(expires: number, secret: string = SECRETS.SECURE_LINK_SECRET, uri = URI): Request {
	const md5 = signSecureLink(uri, String(expires), createKey("k", secret));
	return new Request(`https://edge.test${uri}?md5=${md5}&expires=${expires}`);
}
const editor = async (claims: object, secret?: string) =>
	new Request("https://edge.test/doc/k/c/?EIO=4&transport=polling&sid=s", {
		method: "POST",
		body: `40${JSON.stringify({ token: await token(claims, secret) })}`,
	});

afterEach(() => void vi.restoreAllMocks());

describe("expiredBy", () => {
	it("a token", async () => {
		const { reason, expiredBy } = await lastLine(await command({ exp: nowSeconds() - 500 }));
		expect([reason, Math.abs(expiredBy - 500) < 10]).toEqual(["token_expired", true]);
	});
	it.each([URI, "/storage-cache/files/data/k/o.docx"])("a link: %s", async (uri) => {
		const { reason, expiredBy } = await lastLine(link(nowSeconds() - 500, SECRETS.SECURE_LINK_SECRET, uri));
		expect([reason, Math.abs(expiredBy - 500) < 10]).toEqual(["link_expired", true]);
	});
	it("no other line has it", async () => {
		expect(await lastLine(link(FUTURE))).not.toHaveProperty("expiredBy");
		expect(await lastLine(link(FUTURE, "another"))).not.toHaveProperty("expiredBy");
	});
});

describe("nearMiss", () => {
	const ON = { LOG_NEAR_MISS: "true" };
	const sha256 = async (secret: string) => {
		const signed = { host: "edge.test", uri: URI, expires: String(FUTURE), network: "" };
		const signature = await signSha256Link(signed, createKey("k", secret));
		return new Request(`https://edge.test${URI}?sha256=${signature}&expires=${FUTURE}`);
	};
	const MORE = { ...ON, SECURE_LINK_SHA256: "a secret for links of our own" };
	it.each([
		["a token", () => command({}, `${SECRETS.JWT_SECRET}\n`), "token_signature"],
		["an expired token", () => command({ exp: 1 }, `${SECRETS.JWT_SECRET}\n`), "token_signature"],
		["a link", () => link(FUTURE, `${SECRETS.SECURE_LINK_SECRET}\n`), "link_mismatch"],
		["a link in SHA-256", () => sha256(`${MORE.SECURE_LINK_SHA256}\n`), "link_mismatch"],
		["an editor", () => editor({}, `${SECRETS.JWT_SECRET}\n`), "token_signature"],
	])("%s of a secret with a line break stays refused", async (_, request, reason) => {
		expect(await lastLine(await request(), MORE)).toMatchObject({
			verdict: "refuse",
			reason,
			nearMiss: "line_break",
		});
		expect(await lastLine(await request(), { ...MORE, LOG_NEAR_MISS: "" })).not.toHaveProperty("nearMiss");
	});
	it.each([
		["another secret", () => command({}, "another")],
		["a link of another secret", () => link(FUTURE, "another")],
		["an expired link", () => link(1)],
		["a good token", () => command({})],
		["a good link", () => link(FUTURE)],
		["a good link in SHA-256", () => sha256(MORE.SECURE_LINK_SHA256)],
	])("%s has none", async (_, request) => {
		expect(await lastLine(await request(), MORE)).not.toHaveProperty("nearMiss");
	});
	it("the client sees nothing of it", async () => {
		const answer = async (more: Bindings) => {
			const request = await command({}, `${SECRETS.JWT_SECRET}\n`);
			const { response } = await callEdge(request, { ...BINDINGS, ...more });
			response.headers.delete("X-Request-Id");
			return [response.status, [...response.headers], await response.text()];
		};
		expect(await answer(ON)).toEqual(await answer({}));
	});
});

describe("callbackHost", () => {
	const CALLBACK = "https://user:canary@cloud.example.com:8443/canary?canary=1";
	it.each([
		["editorConfig.callbackUrl", { editorConfig: { callbackUrl: CALLBACK } }],
		["callbackUrl", { callbackUrl: CALLBACK }],
		["in payload", { payload: { editorConfig: { callbackUrl: CALLBACK } } }],
	])("%s: only the hostname", async (_, claims) => {
		const line = await lastLine(await editor(claims));
		expect(line).toMatchObject({ verdict: "accept", callbackHost: "cloud.example.com" });
		expect(JSON.stringify(line)).not.toContain("canary");
	});
	it.each([
		["none", {}],
		["no text", { editorConfig: { callbackUrl: ["https://a.example"] } }],
		["no URL", { editorConfig: { callbackUrl: "canary" } }],
		["another scheme", { editorConfig: { callbackUrl: "data:canary" } }],
	])("%s", async (_, claims) => {
		expect(await lastLine(await editor(claims))).not.toHaveProperty("callbackHost");
	});
	it("a refused token names none", async () => {
		const line = await lastLine(await editor({ callbackUrl: CALLBACK }, "another"));
		expect(line).not.toHaveProperty("callbackHost");
	});
});

describe("client", () => {
	const from = (address: string) =>
		new Request(`https://edge.test${URI}`, { headers: { "CF-Connecting-IP": address } });
	it.each([
		["", "203.0.113.7", undefined],
		["none", "203.0.113.7", undefined],
		["truncated", "203.0.113.7", "203.0.113.0/24"],
		["truncated", "2001:DB8:85a3:8d3:1319:8a2e:370:7348", "2001:db8:85a3::/48"],
		["truncated", "2001:db8::1", "2001:db8:0::/48"],
		["truncated", "::ffff:203.0.113.7", "203.0.113.0/24"],
		["full", "203.0.113.7", "203.0.113.7"],
		["full", "2001:DB8::0:1", "2001:db8::1"],
		["full", 'x","verdict":"accept', undefined],
		["truncated", "canary", undefined],
		["full", "", undefined],
	])("LOG_CLIENT_IP %s: %s", async (much, address, logged) => {
		expect((await lastLine(from(address), { LOG_CLIENT_IP: much })).client).toBe(logged);
	});
});

describe("LOG_ACCEPTED", () => {
	const counted = () => {
		const points: unknown[] = [];
		return { points, METRICS: { writeDataPoint: (point: unknown) => void points.push(point) } };
	};
	const open = () => new Request("https://edge.test/web-apps/x");
	const refused = () => new Request(`https://edge.test${URI}`);
	const dead = () => {
		throw new Error("closed port");
	};
	it.each([
		["all", 0.5, {}],
		["sample", 0.5, undefined],
		["sample", 0.00999, { sampled: 100 }],
		["sample", 0.01, undefined],
		["none", 0, undefined],
	])("%s, random %d", async (accepted, random, line) => {
		vi.spyOn(Math, "random").mockReturnValue(random);
		const { points, METRICS } = counted();
		const logged = await lastLine(open(), { LOG_ACCEPTED: accepted, METRICS });
		expect(points).toHaveLength(1);
		if (line === undefined) expect(logged).toBeUndefined();
		else expect(logged).toMatchObject({ verdict: "accept", ...line });
		if (accepted === "all") expect(logged).not.toHaveProperty("sampled");
	});
	it.each(["all", "sample", "none"])("%s: refusals and faults are logged", async (accepted) => {
		vi.spyOn(Math, "random").mockReturnValue(0.99);
		const more = { LOG_ACCEPTED: accepted };
		const lines = [await lastLine(refused(), more), await lastLine(open(), more, dead)];
		expect(lines.map(({ verdict, reason, sampled }) => [verdict, reason, sampled])).toEqual([
			["refuse", "link_unsigned", undefined],
			["accept", "origin_unreachable", undefined],
		]);
	});
	it("none: a disagreement in shadow mode is logged, an agreement is not", async () => {
		const more = { LOG_ACCEPTED: "none", MODE: "shadow" };
		const line = await lastLine(link(FUTURE), more, () => new Response(null, { status: 403 }));
		expect(line).toMatchObject({ verdict: "accept", shadow: "origin_only_refuses" });
		expect(await lastLine(link(FUTURE), more)).toBeUndefined();
	});
	it("a line that is not written is not formatted", () => {
		const spies = [
			vi.spyOn(JSON, "stringify"),
			vi.spyOn(Date.prototype, "toISOString"),
			vi.spyOn(URL, "parse"),
		];
		const { logging } = readHost({ ...BINDINGS, LOG_ACCEPTED: "none" }, 0);
		const record = createRecorder({
			id: "id",
			receivedMs: 0,
			method: "GET",
			hostname: "edge.test",
			route: "socket",
			identity: undefined,
			metrics: undefined,
			logging,
			address: "203.0.113.7",
		});
		for (const spy of spies) spy.mockClear();
		record({ ...accept("key"), claims: { callbackUrl: "https://a.example" } }, new Response());
		expect(spies.map(({ mock }) => mock.calls.length)).toEqual([0, 0, 0]);
	});
	it.each(["LOG_ACCEPTED", "LOG_CLIENT_IP"])("a wrong %s is a problem, and has the default", async (name) => {
		const { log } = await callEdge(open(), { ...BINDINGS, [name]: "anything" });
		const [problem] = log.filter((line) => line.includes(name)).map((line) => JSON.parse(line));
		expect(problem).toMatchObject({ level: "error", binding: name });
		expect(problem.problem).toMatch(/^is neither ("\w+", )*"\w+" nor "\w+"$/);
		expect(log.at(-1)).toContain('"verdict":"accept"');
	});
});
