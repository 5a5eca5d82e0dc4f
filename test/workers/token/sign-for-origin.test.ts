/**
 * Re-signing and required parameters: the request that reaches the origin in place of the accepted one. Protects
 * against a token that is re-signed without being verified, and against parameters that no token covers. Tokens are
 * checked with jsonwebtoken, links by nginx's rule.
 */
import { Buffer } from "node:buffer";
import jsonwebtoken from "jsonwebtoken";
import { describe, expect, it } from "vitest";
import { readHost } from "../../../src/config/read-host.ts";
import { createKey, createRing } from "../../../src/config/secrets/key-ring.ts";
import { signSecureLink, verifySecureLink } from "../../../src/link/secure-link.ts";
import { nginxArg } from "../../../src/request/nginx-arg.ts";
import { createSocketGate } from "../../../src/socket/gate.ts";
import { checkPollingBody } from "../../../src/socket/polling-body.ts";
import { callEdge } from "../support/call-edge.ts";
import { encode, NOW_SECONDS } from "../support/keys.ts";

const OLD = { JWT_SECRET: "what the integrations have", SECURE_LINK_SECRET: "what links were signed with" };
const NEW = { ORIGIN_JWT_SECRET: "what the origin has now", ORIGIN_SECURE_LINK_SECRET: "what nginx has now" };
const BINDINGS = { ...OLD, ...NEW, ORIGIN: "http://origin.test", TOKEN_REQUIRED_PARAMS: "false" };
const CLAIMS = { c: "version", iat: 1_700_000_000, exp: 4_102_444_800, x: "é" };
const sign = (secret: string, options: jsonwebtoken.SignOptions = {}, claims: object = CLAIMS) =>
	jsonwebtoken.sign(claims, secret, { algorithm: "HS256", ...options });
const TOKEN = sign(OLD.JWT_SECRET);

/** The claims, as the origin's own library verifies them. */
const atOrigin = (token: unknown) => jsonwebtoken.verify(String(token), NEW.ORIGIN_JWT_SECRET);

async function forwardedOf(request: Request, bindings: object = BINDINGS): Promise<Request> {
	const { forwarded, response } = await callEdge(request, { ...bindings });
	expect([response.headers.get("X-Edge-Reason"), forwarded.length]).toEqual([null, 1]);
	return forwarded[0] as Request;
}
const post = (path: string, init: RequestInit = {}) =>
	new Request(`http://edge.test${path}`, { method: "POST", ...init });
const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });

describe("a token is replaced in its place", () => {
	it("in the header", async () => {
		const { headers } = await forwardedOf(post("/command", { headers: bearer(TOKEN) }));
		expect(atOrigin(headers.get("Authorization")?.slice("Bearer ".length))).toEqual(CLAIMS);
	});
	it("in the body, where every other byte stays", async () => {
		const [before, after] = [' {"token_":"x",\n"é":"\\u0065", "token" :"', '", "n":1.0e1,"token2":"y"} '];
		const bytes = Buffer.from(`${before}${TOKEN}${after}`, "utf8");
		const sent = new Uint8Array([...bytes.subarray(0, 4), ...bytes.subarray(4)]);
		const forwarded = await forwardedOf(post("/command", { body: sent }));
		const text = await forwarded.text();
		expect(text.startsWith(before)).toBe(true);
		expect(text.endsWith(after)).toBe(true);
		expect(atOrigin(text.slice(before.length, -after.length))).toEqual(CLAIMS);
	});
	it.each([
		["a token alone", `{"token":"${TOKEN}"}`],
		["a token with parameters", `{"token":"${TOKEN}","key":"k"}`],
	])("in a body of which only the token is forwarded: %s", async (_, body) => {
		const bindings = { ...BINDINGS, TOKEN_REQUIRED_PARAMS: "true" };
		const text = await (await forwardedOf(post("/command", { body }), bindings)).text();
		const { token } = JSON.parse(text) as { token: string };
		expect([text, atOrigin(token)]).toEqual([`{"token":"${token}"}`, CLAIMS]);
	});
	it("in a gzip body, which is forwarded without its coding", async () => {
		const body = await new Response(
			new Response(JSON.stringify({ a: "é", token: TOKEN })).body?.pipeThrough(new CompressionStream("gzip")),
		).bytes();
		const forwarded = await forwardedOf(post("/command", { body, headers: { "Content-Encoding": "gzip" } }));
		expect(forwarded.headers.get("Content-Encoding")).toBeNull();
		const { a, token } = (await forwarded.json()) as { a: string; token: string };
		expect([a, atOrigin(token)]).toEqual(["é", CLAIMS]);
	});
	it.each([
		[
			"/coauthoring/CommandService.ashx?a=%20+&token=TOKEN&b",
			"/coauthoring/CommandService.ashx?a=%20+&token=",
			"&b",
		],
		[
			"/coauthoring/CommandService.ashx?%5Btoken%5D=TOKEN",
			"/coauthoring/CommandService.ashx?%5Btoken%5D=",
			"",
		],
		[
			"/9.1.0-2/coauthoring/CommandService.ashx%3fa=1%26token=TOKEN",
			"/9.1.0-2/coauthoring/CommandService.ashx?a=1&token=",
			"",
		],
	])("in the query %s", async (target, before, after) => {
		const { url } = await forwardedOf(new Request(`http://edge.test${target.replace("TOKEN", TOKEN)}`));
		const sent = url.slice("http://origin.test".length);
		expect([sent.startsWith(before), sent.endsWith(after)]).toEqual([true, true]);
		expect(atOrigin(sent.slice(before.length, sent.length - after.length))).toEqual(CLAIMS);
	});
	it("in cmd, whose other members stay", async () => {
		const session = sign(OLD.JWT_SECRET, {}, { document: { key: "d" } });
		const cmd = `{"id":"d","c":"save","savetype":3,"tokenSession":"${session}","title":"é"}`;
		const { url } = await forwardedOf(post(`/downloadas/d?x=1&cmd=${encodeURIComponent(cmd)}&y=2`));
		const [, sent = ""] = /^http:\/\/origin\.test\/downloadas\/d\?x=1&cmd=([^&]*)&y=2$/.exec(url) ?? [];
		const { tokenSession, ...rest } = JSON.parse(decodeURIComponent(sent));
		expect(rest).toEqual({ id: "d", c: "save", savetype: 3, title: "é" });
		expect(atOrigin(tokenSession)).toMatchObject({ document: { key: "d" } });
	});
	it("in the socket's CONNECT and auth packets, in both transports", async () => {
		const host = readHost(BINDINGS, NOW_SECONDS);
		const connect = `40/,{ "a":1,"token":"${TOKEN}" }`;
		const auth = `42["message",{"type":"auth","token":"x","user":{},"jwtOpen":"${TOKEN}"}]`;
		const gate = createSocketGate(host, false, () => undefined);
		const frames = [await gate.judge(connect, NOW_SECONDS), await gate.judge(auth, NOW_SECONDS)];
		const body = await checkPollingBody(encode(`${connect}\x1e${auth}`), host, NOW_SECONDS);
		if ("reason" in body) throw new Error(body.reason);
		const polled = new TextDecoder().decode(body.bytes).split("\x1e");
		for (const [first, second] of [
			frames.map((step) => (step.do === "pass" ? String(step.frame) : "")),
			polled,
		]) {
			const [, a, token] = /^40\/,\{ "a":(1),"token":"(.*)" \}$/.exec(first ?? "") ?? [];
			expect([a, atOrigin(token)]).toEqual(["1", CLAIMS]);
			const [, data] = JSON.parse((second ?? "").slice(2));
			expect([data.token, atOrigin(data.jwtOpen)]).toEqual(["x", CLAIMS]);
		}
	});
});

describe("a re-signed token", () => {
	it.each(["HS256", "HS384", "HS512"] as const)("keeps its algorithm: %s", async (algorithm) => {
		const token = sign(OLD.JWT_SECRET, { algorithm, header: { alg: algorithm, typ: "at+jwt", kid: "k" } });
		const { headers } = await forwardedOf(post("/command", { headers: bearer(token) }));
		const sent = jsonwebtoken.decode(headers.get("Authorization")?.slice(7) ?? "", { complete: true });
		expect(sent?.header).toEqual({ alg: algorithm, typ: "at+jwt" });
		expect(sent?.payload).toEqual(CLAIMS);
	});
	it("was verified first: a bad or expired one is refused", async () => {
		for (const token of [
			sign("another secret"),
			sign(OLD.JWT_SECRET, {}, { ...CLAIMS, exp: 1 }),
			`${TOKEN}x`,
		]) {
			expect((await callEdge(post("/command", { headers: bearer(token) }), BINDINGS)).forwarded).toEqual([]);
		}
	});
	it("replaces only a token that the origin would refuse: the origin's own stay", async () => {
		const own = sign(NEW.ORIGIN_JWT_SECRET);
		const { headers } = await forwardedOf(post("/command", { headers: bearer(own) }));
		expect(headers.get("Authorization")).toBe(`Bearer ${own}`);
	});
	it("is not made without ORIGIN_JWT_SECRET", async () => {
		const bindings = { ...OLD, ORIGIN: "http://origin.test", TOKEN_REQUIRED_PARAMS: "false" };
		const { headers } = await forwardedOf(post("/command", { headers: bearer(TOKEN) }), bindings);
		expect(headers.get("Authorization")).toBe(`Bearer ${TOKEN}`);
	});
	it("of a session is signed with the origin's session secret", async () => {
		const bindings = { ...BINDINGS, ORIGIN_JWT_SECRET_SESSION: "the origin's session secret" };
		const session = sign(OLD.JWT_SECRET, {}, { document: { key: "d" }, editorConfig: {} });
		const { headers } = await forwardedOf(post("/upload/d", { headers: bearer(session) }), bindings);
		const sent = headers.get("Authorization")?.slice("Bearer ".length) ?? "";
		expect(() => jsonwebtoken.verify(sent, "the origin's session secret")).not.toThrow();
	});
});

describe("a re-signed link", () => {
	const uri = "/cache/files/data/k%20k/a.docx/a.docx";
	const decoded = "/cache/files/data/k k/a.docx/a.docx";
	const signed = (secret: string, expires: string) =>
		signSecureLink(decoded, expires, createKey("k", secret));
	const nginxSays = (search: string, secret: string) => {
		const args = search.slice(1);
		const link = { uri: decoded, md5: nginxArg(args, "md5"), expires: nginxArg(args, "expires") };
		return verifySecureLink(link, createRing([createKey("k", secret)]), NOW_SECONDS).ok;
	};
	it.each(["4102444800", "04102444800"])(
		"keeps its uri, its expiry %s and the rest of its query",
		async (expires) => {
			const search = `?a=%20&MD5=${signed(OLD.SECURE_LINK_SECRET, expires)}&expires=${expires}&md5=second&filename=%C3%A9.docx`;
			const forwarded = new URL((await forwardedOf(new Request(`http://edge.test${uri}${search}`))).url);
			expect(forwarded.pathname).toBe(uri);
			expect(forwarded.search.replace(/MD5=[\w-]{22}/, "MD5=")).toBe(search.replace(/MD5=[\w-]{22}/, "MD5="));
			expect(nginxSays(forwarded.search, NEW.ORIGIN_SECURE_LINK_SECRET)).toBe(true);
			expect(nginxSays(forwarded.search, OLD.SECURE_LINK_SECRET)).toBe(false);
		},
	);
	it("does not replace a link with the origin's own signature", async () => {
		const search = `?md5=${signed(NEW.ORIGIN_SECURE_LINK_SECRET, "4102444800")}&expires=4102444800`;
		expect(new URL((await forwardedOf(new Request(`http://edge.test${uri}${search}`))).url).search).toBe(
			search,
		);
	});
	it("is not made for a link that expires after MAX_LINK_LIFETIME_SECONDS", async () => {
		const now = Math.floor(Date.now() / 1000);
		const outcome = async (expires: number) => {
			const search = `?md5=${signed(OLD.SECURE_LINK_SECRET, String(expires))}&expires=${expires}`;
			const { response } = await callEdge(new Request(`http://edge.test${uri}${search}`), {
				...BINDINGS,
				MAX_LINK_LIFETIME_SECONDS: "3600",
			});
			return response.headers.get("X-Edge-Reason");
		};
		expect(await outcome(now + 3000)).toBeNull();
		expect(await outcome(now + 4000)).toBe("link_lifetime");
	});
});

describe("required parameters: parameters that no token covers are not forwarded", () => {
	const REQUIRED = { ...OLD, ORIGIN: "http://origin.test" };
	it.each([
		[
			"of a body with a token, only the token is forwarded",
			`{"c":"drop","token":"${TOKEN}"}`,
			{},
			`{"token":"${TOKEN}"}`,
		],
		["beside a header token, a JSON body becomes empty", '{"c":"drop"}', bearer(TOKEN), "{}"],
		["beside a header token, a JSON array becomes empty", "[1]", bearer(TOKEN), "{}"],
		["beside a header token, a body that is not JSON stays", "c=drop", bearer(TOKEN), "c=drop"],
		["beside a header token, an empty body stays", "", bearer(TOKEN), ""],
	])("%s", async (_, body, headers, expected) => {
		expect(await (await forwardedOf(post("/command", { body, headers }), REQUIRED)).text()).toBe(expected);
	});
	it("beside a query token the body stays: a JSON body would hide the token from the server", async () => {
		const forwarded = await forwardedOf(post(`/command?token=${TOKEN}`, { body: "null" }), REQUIRED);
		expect(await forwarded.text()).toBe("null");
	});
	it("with re-signing, the re-signed token is forwarded alone", async () => {
		const forwarded = await forwardedOf(
			post("/command", { body: JSON.stringify({ c: "drop", token: TOKEN }) }),
			{ ...REQUIRED, ...NEW },
		);
		const { token, ...rest } = (await forwarded.json()) as { token: string };
		expect([rest, atOrigin(token)]).toEqual([{}, CLAIMS]);
	});
	it("with JWT_ENABLED_INBOX = false the whole body is forwarded", async () => {
		const forwarded = await forwardedOf(post("/command", { body: '{"c":"drop"}' }), {
			...REQUIRED,
			JWT_ENABLED_INBOX: "false",
		});
		expect(await forwarded.text()).toBe('{"c":"drop"}');
	});
});
