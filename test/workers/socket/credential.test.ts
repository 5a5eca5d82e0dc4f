/**
 * The credential of one message, and what the server answers to a bad one. Protects against a message that makes the
 * reader throw, one whose document the deny list does not see, and a refusal that no editor understands.
 */
import { SignJWT } from "jose";
import { describe, expect, it } from "vitest";
import type { Bindings } from "../../../src/config/bindings.ts";
import { type DenyList, readDenyList } from "../../../src/config/deny/deny-list.ts";
import type { DenyRules } from "../../../src/config/deny/deny-rules.ts";
import { readHost } from "../../../src/config/read-host.ts";
import { checkCredential, findCredential, refusalPackets } from "../../../src/socket/credential.ts";
import { BINDINGS, SECRETS } from "../support/call-edge.ts";
import { NOW_SECONDS } from "../support/keys.ts";

const LIMIT = 4096;
const auth = (members: string) => `2["message",{"type":"auth","token":"x","user":{},${members}}]`;

describe("the message has no credential, and nothing throws", () => {
	it.each([
		["broken JSON", '2["auth"'],
		["no data", '2["auth"]'],
		["no event", '2/"auth",[]'],
		["an event without data", '2/"auth",["message"]'],
		["no JSON", '2/"auth",'],
		["data that is a string", '2["message","auth"]'],
		["data that is null", '2/"auth",["message",null]'],
		["no type", '2["message",{"token":"auth","user":{}}]'],
		["no token", '2["message",{"type":"auth","user":{}}]'],
		["no user", '2["message",{"type":"auth","token":"x"}]'],
		["an acknowledgement", '3["message",{"type":"auth","token":"x","user":{}}]'],
		["a longer type", '2["message",{"type":"auth2","token":"x","user":{},"x":"auth"}]'],
		["a longer event", '2["message2",{"type":"auth","token":"x","user":{}}]'],
		["a disconnect", "1"],
		["a type that begins with a letter", 'x0{"token":"t"}'],
		["a number behind the type", 'x2["message",{"type":"auth","token":"x","user":{}}]'],
	])("%s: %s", (_, text) => expect(findCredential(text, LIMIT)).toBeUndefined());
	it.each([
		["an event that does not spell auth", '2["message",{"type":"saveChanges","changes":"x"}]'],
		["an acknowledgement that spells it", '32["message",{"type":"auth"}]'],
	])("%s may have any length", (_, text) => expect(findCredential(text, 10)).toBeUndefined());
});

describe("the limit counts the message itself", () => {
	const text = auth('"jwtOpen":"t"');
	it.each([
		[text.length, "auth"],
		[text.length - 1, "socket_packet_size"],
	])("%d", (limit, expected) => {
		const found = findCredential(text, limit);
		expect(found && ("ok" in found ? found.reason : found.carrier)).toBe(expected);
	});
});

describe("where the token stands", () => {
	it.each([
		['0{"token":"t"}', { payloadAt: 1, path: ["token"] }],
		['0/,{"session":"s"}', { payloadAt: 3, path: ["session"] }],
		[auth('"jwtOpen":"t"'), { payloadAt: 1, path: [1, "jwtOpen"] }],
		[`51-${auth('"jwtSession":"s"').slice(1)}`, { payloadAt: 3, path: [1, "jwtSession"] }],
		[auth('"jwtSession":"","jwtOpen":"t"'), { secret: "browser", token: "t", path: [1, "jwtOpen"] }],
	])("%s", (text, expected) => expect(findCredential(text, LIMIT)).toMatchObject(expected));
	it("each letter of `auth` and of `message` may be escaped", () => {
		const escaped = (word: string) =>
			[...word].map((letter) => `\\u00${letter.charCodeAt(0).toString(16)}`).join("");
		const text = auth('"jwtOpen":"t"')
			.replace("message", escaped("message"))
			.replace("auth", escaped("auth"));
		expect(findCredential(text, LIMIT)).toMatchObject({ carrier: "auth", token: "t" });
	});
});

describe("the document of an auth message", () => {
	const longest = `"${"k".repeat(1022)}"`;
	it.each([
		['"k1"', "k1"],
		['["k1"]', ["k1"]],
		[longest, "k".repeat(1022)],
		[longest.replace("k", "kk"), undefined],
	])("%#", (docid, expected) => {
		expect(findCredential(auth(`"jwtOpen":"t","docid":${docid}`), LIMIT)).toMatchObject({ docid: expected });
	});
	it("is none if the message has none", () => {
		expect(findCredential(auth('"jwtOpen":"t"'), LIMIT)).toMatchObject({ docid: undefined });
	});
});

describe("the check", () => {
	const sign = (claims: object, secret: string = SECRETS.JWT_SECRET) =>
		new SignJWT({ ...claims })
			.setProtectedHeader({ alg: "HS256", typ: "JWT" })
			.sign(new TextEncoder().encode(secret));
	const check = (text: string, bindings: Bindings = {}, deny: Partial<DenyRules> = {}) => {
		const credential = findCredential(text, LIMIT);
		if (credential === undefined || "ok" in credential) throw new Error("no credential");
		const host = readHost({ ...BINDINGS, ...bindings }, NOW_SECONDS);
		return checkCredential(text, credential, { ...host, deny: { ...host.deny, ...deny } }, NOW_SECONDS);
	};
	const refused = (reason: string) => ({ ok: false, reason, message: "invalid token" });
	const DENIED = { lists: [readDenyList({ documents: ["k1"] }) as DenyList] };
	const OFF = { JWT_ENABLED_BROWSER: "false" };

	it("without a token, while browsers need none, the message passes with its document", async () => {
		const text = auth('"docid":"k2"');
		expect(await check(text, OFF, DENIED)).toMatchObject({
			ok: true,
			text,
			facts: { documentKeys: ["k2"] },
		});
	});
	it("without a token, a denied document is refused, and the message is one that editors know", async () => {
		expect(await check(auth('"docid":"k1"'), OFF, DENIED)).toEqual(refused("denied_document"));
	});
	it("with a token, the document of the message is denied too", async () => {
		const text = auth(`"jwtOpen":"${await sign({})}","docid":"k1"`);
		expect(await check(text, {}, DENIED)).toEqual(refused("denied_document"));
		expect(await check(text)).toMatchObject({ ok: true, text, facts: { documentKeys: ["k1"] } });
	});
	it("a URL of a host that is not listed is refused", async () => {
		const text = `0{"token":"${await sign({ document: { url: "http://evil.test/" } })}"}`;
		expect(await check(text, { ALLOWED_URL_HOSTS: "files.test" })).toEqual(refused("token_url_host"));
		expect(await check(text)).toMatchObject({ ok: true });
	});
	it("the token of a WOPI page is refused unless its host is listed", async () => {
		const claims = {
			fileInfo: { Version: "1" },
			userAuth: { wopiSrc: "https://cloud.example/wopi/files/1" },
		};
		const text = `0{"token":"${await sign(claims)}"}`;
		expect(await check(text)).toEqual(refused("wopi_source"));
		expect(await check(text, { WOPI_HOSTS: "cloud.example" })).toMatchObject({ ok: true });
	});
	it("a token is re-signed in its place if the origin holds another secret", async () => {
		const text = `0/,{"x":1, "token" : "${await sign({ document: { key: "k" } })}" }`;
		const checked = await check(text, { ORIGIN_JWT_SECRET: "what the origin holds" });
		const reSigned = await sign({ document: { key: "k" } }, "what the origin holds");
		expect(checked).toMatchObject({
			ok: true,
			text: `0/,{"x":1, "token" : "${reSigned}" }`,
			facts: { documentKeys: ["k"] },
		});
	});
});

describe("the packets of a refusal", () => {
	it.each([
		[undefined, null, null],
		["jwt expired", 4005, "token:jwt expired"],
		["jwt malformed", 4006, "token:jwt malformed"],
	] as const)("%s", (message, code, description) => {
		const refusal = message === undefined ? {} : { message };
		expect(refusalPackets("connect", refusal)).toEqual([
			`44{"message":"not authorized","data":${JSON.stringify({ code, description })}}`,
		]);
		expect(refusalPackets("auth", refusal)).toEqual([
			`42["message",{"type":"disconnectReason","code":${code},"description":${JSON.stringify(description)}}]`,
			"41",
		]);
	});
});
