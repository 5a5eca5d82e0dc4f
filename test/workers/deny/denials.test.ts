/**
 * The rules of a deny list, each by a request that it stops and a neighbour that it lets through. Protects against a rule
 * that a stranger can ask about, one that shadow mode lifts, and one that stops its neighbours.
 */
import { SignJWT } from "jose";
import { describe, expect, it } from "vitest";
import type { Bindings } from "../../../src/config/bindings.ts";
import { createKey } from "../../../src/config/secrets/key-ring.ts";
import { factsOf } from "../../../src/deny/credential-facts.ts";
import { signSecureLink } from "../../../src/link/secure-link.ts";
import { callEdge } from "../support/call-edge.ts";

const NOW = Math.floor(Date.now() / 1000);
const iso = (seconds: number) => new Date(seconds * 1000).toISOString();
const TOKEN_SECRETS = { nextcloud: "a secret of nextcloud", moodle: "a secret of moodle" };
const LINK_SECRETS = { "2026-11": "a secret for links", old: "an old secret for links" };
const BASE: Bindings = {
	ORIGIN: "http://origin.test",
	JWT_SECRET: JSON.stringify(TOKEN_SECRETS),
	SECURE_LINK_SECRET: JSON.stringify(LINK_SECRETS),
	WOPI_HOSTS: "cloud.example",
	WOPI_CONVERT: "token",
};

type Secret = string;
const { nextcloud: NEXTCLOUD, moodle: MOODLE } = TOKEN_SECRETS;
const sign = (claims: object, secret: Secret) =>
	new SignJWT({ iat: NOW, ...claims })
		.setProtectedHeader({ alg: "HS256", typ: "JWT" })
		.sign(new TextEncoder().encode(secret));

interface Call {
	readonly path: string;
	readonly method?: string;
	readonly body?: string;
	readonly headers?: Record<string, string>;
}
const post = (path: string, body: string, headers = {}): Call => ({ path, method: "POST", body, headers });
const withToken = async (path: string, claims: object, secret: Secret = NEXTCLOUD) =>
	post(path, JSON.stringify({ token: await sign(claims, secret) }));
const command = (claims: object = {}, secret?: Secret) =>
	withToken("/command", { c: "info", ...claims }, secret);
const convert = (claims: object = {}) =>
	withToken("/converter", { filetype: "docx", outputtype: "pdf", key: "k9", url: "http://a/", ...claims });
const builder = () => withToken("/docbuilder", { async: true, url: "http://a.example/s.docbuilder" });
const upload = async (document: string) => ({
	...post(`/upload/${document}`, "picture"),
	headers: { Authorization: `Bearer ${await sign({ document: { key: document } }, NEXTCLOUD)}` },
});
function link(path: string, secret = LINK_SECRETS["2026-11"], prefix = ""): Call {
	const expires = String(NOW + 600);
	const md5 = signSecureLink(path, expires, createKey("k", secret));
	return { path: `${prefix}${path}?md5=${md5}&expires=${expires}` };
}
const connect = async (claims: object, secret: Secret = NEXTCLOUD, path = "/doc/k5/c") => {
	const packet = `40${JSON.stringify({ token: await sign(claims, secret) })}`;
	return post(`${path}/?EIO=4&transport=polling&sid=s`, packet);
};
const file = (document: string) => `/cache/files/data/${document}/output.docx/output.docx`;
const BAD_COMMAND = command({}, "a secret that nobody has");
const BAD_LINK = link(file("k1"), "a link secret that nobody has");

/** @returns the reason in the log; "accept" */
async function judge(call: Call | Promise<Call>, list: object, bindings: Bindings = {}) {
	const { path, ...init } = await call;
	const { response, forwarded, log } = await callEdge(new Request(`https://edge.test${path}`, init), {
		...BASE,
		...bindings,
		DENY: JSON.stringify(list),
	});
	const { verdict, reason } = JSON.parse(log.at(-1) ?? "{}");
	return { says: verdict === "accept" ? verdict : reason, response, forwarded };
}
const saysOf = async (call: Call | Promise<Call>, list: object, bindings?: Bindings) =>
	(await judge(call, list, bindings)).says;

const K1 = { documents: ["k1"] };
const ISSUED = { keys: { nextcloud: { issuedBefore: iso(NOW) } } };
const FROM_A = { "CF-Connecting-IP": "203.0.113.7" };
const FROM_B = { "CF-Connecting-IP": "198.51.100.7" };

describe("each rule stops its own requests, and lets their neighbours through", () => {
	it.each<[string, object, Call | Promise<Call>, string]>([
		["a key: its token", { keys: { moodle: true } }, command({}, MOODLE), "denied_key"],
		["a key: the token of another", { keys: { moodle: true } }, command(), "accept"],
		["a key: its link", { keys: { old: true } }, link(file("k"), LINK_SECRETS.old), "denied_key"],
		["a key: the link of another", { keys: { old: true } }, link(file("k")), "accept"],
		[
			"a key: its socket",
			{ keys: { moodle: true } },
			connect({ document: { key: "k5" } }, MOODLE),
			"denied_key",
		],
		[
			"a key: the socket of another",
			{ keys: { moodle: true } },
			connect({ document: { key: "k5" } }),
			"accept",
		],

		["a time: a token from before", ISSUED, command({ iat: NOW - 1 }), "denied_issue_time"],
		["a time: a token of that second", ISSUED, command({ iat: NOW }), "accept"],
		["a time: a token without iat", ISSUED, command({ iat: undefined }), "denied_issue_time"],
		["a time: an old token of another key", ISSUED, command({ iat: NOW - 1 }, MOODLE), "accept"],
		[
			"a time: links have none",
			{ keys: { "2026-11": { issuedBefore: iso(NOW) } } },
			link(file("k")),
			"accept",
		],
		["a time: a socket", ISSUED, connect({ document: { key: "k5" }, iat: NOW - 9 }), "denied_issue_time"],

		["a document: in a token's key", K1, command({ key: "k1" }), "denied_document"],
		[
			"a document: under payload",
			K1,
			withToken("/command", { payload: { c: "info", key: "k1" } }),
			"denied_document",
		],
		["a document: another one that begins alike", K1, command({ key: "k11" }), "accept"],
		["a document: one of its folders", K1, command({ key: "k1_42" }), "denied_document"],
		["a document: a conversion", K1, convert({ key: "k1" }), "denied_document"],
		["a document: in the path of a file", K1, link(file("k1")), "denied_document"],
		["a document: in the folder of a file", K1, link(file("k1_7")), "denied_document"],
		["a document: another file", K1, link(file("k2")), "accept"],
		["a document: behind a version prefix", K1, link(file("k1"), undefined, "/9.1.0-2"), "denied_document"],
		["a document: a session endpoint", K1, upload("k1"), "denied_document"],
		["a document: another session", K1, upload("k2"), "accept"],
		["a document: its socket", K1, connect({ document: { key: "k1" } }), "denied_document"],
		["a document: another socket", K1, connect({ document: { key: "k2" } }), "accept"],

		["a host", { hosts: ["EDGE.test"] }, command(), "denied_host"],
		["a host: a file", { hosts: ["edge.test"] }, link(file("k")), "denied_host"],
		["a host: its socket", { hosts: ["edge.test"] }, connect({ document: { key: "k" } }), "denied_host"],
		["a host: another", { hosts: ["other.test"] }, command(), "accept"],

		["a purpose: builder", { purposes: ["builder"] }, builder(), "denied_purpose"],
		["a purpose: not a conversion", { purposes: ["builder"] }, convert(), "accept"],
		["a purpose: conversion", { purposes: ["conversion"] }, convert(), "denied_purpose"],
		[
			"a purpose: the conversion of an uploaded file",
			{ purposes: ["conversion"] },
			withTokenInHeader("/cool/convert-to/pdf", { outputtype: "pdf" }),
			"denied_purpose",
		],
		["a purpose: command", { purposes: ["command"] }, command(), "denied_purpose"],
		["a purpose: editor, at a session endpoint", { purposes: ["editor"] }, upload("k"), "denied_purpose"],
		[
			"a purpose: editor, at the socket",
			{ purposes: ["editor"] },
			connect({ document: { key: "k" } }),
			"denied_purpose",
		],
		["a purpose: not a file", { purposes: ["editor"] }, link(file("k")), "accept"],
		[
			"a purpose: wopi",
			{ purposes: ["wopi"] },
			post("/hosting/wopi/word/edit?wopisrc=https%3A%2F%2Fcloud.example%2Fwopi%2Ffiles%2F1", ""),
			"denied_purpose",
		],

		[
			"a network",
			{ networks: ["203.0.113.0/24"] },
			{ path: "/web-apps/x.js", headers: FROM_A },
			"denied_network",
		],
		[
			"a network: a neighbour",
			{ networks: ["203.0.113.0/24"] },
			{ path: "/web-apps/x.js", headers: FROM_B },
			"accept",
		],
		[
			"a network: no address is known",
			{ networks: ["0.0.0.0/0", "::/0"] },
			{ path: "/web-apps/x.js" },
			"accept",
		],

		["the lockdown", { lockdown: true }, command(), "lockdown"],
		["the lockdown: a file", { lockdown: true }, link(file("k")), "lockdown"],
		[
			"the lockdown: the socket",
			{ lockdown: true },
			{ path: "/doc/k/c/?EIO=4&transport=polling" },
			"lockdown",
		],
		["the lockdown: an open route", { lockdown: true }, { path: "/web-apps/x.js" }, "accept"],
		[
			"the lockdown: a closed route stays closed",
			{ lockdown: true },
			{ path: "/info/info.json" },
			"path_closed",
		],
		[
			"the lockdown: a network that it lets through",
			{ lockdown: true, allowNetworks: ["203.0.113.0/24"] },
			command().then((call) => ({ ...call, headers: FROM_A })),
			"accept",
		],
		[
			"the lockdown: another network",
			{ lockdown: true, allowNetworks: ["203.0.113.0/24"] },
			command().then((call) => ({ ...call, headers: FROM_B })),
			"lockdown",
		],
		["allowNetworks without a lockdown", { allowNetworks: ["203.0.113.0/24"] }, command(), "accept"],
		["an empty list", {}, command(), "accept"],
	])("%s", async (_, list, call, expected) => {
		expect(await saysOf(call, list)).toBe(expected);
		// Without the list the same request is accepted, so it is the rule that stops it.
		if (expected !== "path_closed") expect(await saysOf(call, {})).toBe("accept");
	});
});

async function withTokenInHeader(path: string, claims: object): Promise<Call> {
	return {
		...post(path, "file"),
		headers: { Authorization: `Bearer ${await sign({ payload: claims }, NEXTCLOUD)}` },
	};
}

describe("a stranger cannot find out what is denied", () => {
	const EVERYTHING = {
		keys: { nextcloud: true, moodle: true, "2026-11": true, old: true },
		documents: ["k1"],
		hosts: ["edge.test"],
		purposes: ["command", "conversion", "builder", "editor"],
	};
	it.each([
		["a bad token", BAD_COMMAND, "token_signature"],
		["no token", post("/command", '{"c":"info","key":"k1"}'), "token_missing"],
		["a bad link", BAD_LINK, "link_mismatch"],
		["a handshake of the socket", { path: "/doc/k1/c/?EIO=4&transport=polling" }, "accept"],
	])("%s", async (_, call, expected) => {
		expect(await saysOf(call, EVERYTHING)).toBe(expected);
	});
});

describe("a session of the socket shows no credential", () => {
	const poll: Call = { path: "/doc/k1/c/?EIO=4&transport=polling&sid=s" };
	const packets = post(poll.path, '42["message",{"type":"saveChanges"}]');
	const upgrade: Call = {
		path: "/doc/k1/c/?EIO=4&transport=websocket&sid=s",
		headers: { Upgrade: "websocket" },
	};
	it.each([
		["its document", K1, "denied_document"],
		["its host", { hosts: ["edge.test"] }, "denied_host"],
		["the editor", { purposes: ["editor"] }, "denied_purpose"],
		["another document", { documents: ["k2"] }, "accept"],
	])("so it is asked for %s", async (_, list, expected) => {
		for (const call of [poll, packets, upgrade]) expect(await saysOf(call, list)).toBe(expected);
	});
	it("and its sender, who may be a stranger, gets the server's answer to an unknown session", async () => {
		const { response } = await judge(poll, K1);
		expect([response.status, await response.text()]).toEqual([
			400,
			'{"code":1,"message":"Session ID unknown"}',
		]);
		expect(response.headers.has("X-Edge-Reason")).toBe(false);
	});
});

describe("a document has several names", () => {
	const save = async (id: string) => {
		const claims = { document: { key: "k2", ds_encrypted: true }, editorConfig: {} };
		const cmd = { id, c: "save", savetype: 3, tokenSession: await sign(claims, NEXTCLOUD) };
		return post(`/savefile/k2?cmd=${encodeURIComponent(JSON.stringify(cmd))}`, "x");
	};
	const history = {
		key: "k2",
		version: 2,
		changesUrl: "http://a/",
		previous: { key: "k1", url: "http://a/" },
	};
	const auth = '42["message",{"type":"auth","token":"t","user":{"id":"u"},"docid":"k1"}]';
	const off = { JWT_ENABLED: "false" };
	it.each<[string, Call | Promise<Call>, Bindings]>([
		["the version before, in a token of the history", withToken("/downloadfile/k2", history), {}],
		["behind a tenant, in the path of a file", link("/cache/files/data/acme/k1/output.docx/output.docx"), {}],
		["the result of its conversion", link(file("conv_k1_65")), {}],
		["a list of one key", command({ key: ["k1"] }), {}],
		["a list in a list", command({ key: [["k1"]] }), {}],
		["cmd.id, with BIND_DOCUMENT off", save("k1"), { BIND_DOCUMENT: "false" }],
		["docid of an auth message, without tokens", post("/doc/k2/c/?EIO=4&transport=polling&sid=s", auth), off],
	])("%s", async (_, call, bindings) => {
		expect(await saysOf(call, {}, bindings)).toBe("accept");
		expect(await saysOf(call, K1, bindings)).toBe("denied_document");
	});

	const strange = "key[toString]=1&key[valueOf]=1";
	const inQuery = async () => ({ ...(await upload("k2")), path: `/upload/k2?${strange}` });
	it.each<[string, Call | Promise<Call>, Bindings]>([
		["an object with members of its own", command({ key: { toString: 1, valueOf: 1 } }), {}],
		["a deep list", command({ key: JSON.parse("[".repeat(3000) + "]".repeat(3000)) }), {}],
		["an object in the query", inQuery(), {}],
		["an object in the query, without tokens", post(`/coauthoring/CommandService.ashx?${strange}`, ""), off],
	])("a value that is no key makes no fault: %s", async (_, call, bindings) => {
		expect(await saysOf(call, K1, bindings)).toBe("accept");
	});
});

describe("a rule reaches every way to the same thing", () => {
	it("a purpose: each route that serves it", async () => {
		const editor = { document: { key: "k5", url: "http://a/" }, editorConfig: {} };
		for (const purposes of [["download"], ["history"]])
			expect(await saysOf(withToken("/downloadfile/k5", editor), { purposes })).toBe("denied_purpose");
		const source = "wopisrc=https%3A%2F%2Fcloud.example%2Fwopi%2Ffiles%2F1";
		const page = post(`/hosting/wopi/convert-and-edit/doc/docx?${source}`, "");
		expect(await saysOf(page, { purposes: ["conversion"] })).toBe("denied_purpose");
		const converts = withTokenInHeader("/cool/convert-to/pdf", { outputtype: "pdf" });
		expect(await saysOf(converts, { purposes: ["wopi"] })).toBe("denied_purpose");
		const integration = { ROLE: "storage", DOWNLOAD_PATHS: "/dl" };
		const token = await sign({ payload: { url: "https://edge.test/dl" } }, NEXTCLOUD);
		const download = { path: "/dl", headers: { Authorization: `Bearer ${token}` } };
		expect(await saysOf(download, {}, integration)).toBe("accept");
		expect(await saysOf(download, { purposes: ["download"] }, integration)).toBe("denied_purpose");
	});

	it("a key: the second token of a callback", async () => {
		const integration = { ROLE: "storage", CALLBACK_PATHS: "/callback" };
		const inHeader = await sign({ payload: { status: 2, key: "k1" } }, NEXTCLOUD);
		const call = {
			...(await withToken("/callback", { status: 2, key: "k2" }, MOODLE)),
			headers: { Authorization: `Bearer ${inHeader}` },
		};
		expect(await saysOf(call, {}, integration)).toBe("accept");
		expect(await saysOf(call, { keys: { nextcloud: true } }, integration)).toBe("denied_key");
		expect(await saysOf(call, K1, integration)).toBe("denied_document");
	});

	it.each(["proof/current", "proofOld/current", "server/proof/old"])(
		"a WOPI proof key: by its own name, whatever header brought the signature (%s)",
		(keyName) => {
			const { keyNames } = factsOf({ keyName }, { id: "wopi-call", requires: { kind: "wopi-proof" } });
			expect(keyNames).toEqual([keyName, keyName.replace(/proof(?:Old)?\//, "")]);
		},
	);

	it("a host: with a dot at its end", async () => {
		const request = new Request("https://edge.test./command", { method: "POST", body: "{}" });
		const { response } = await callEdge(request, {
			...BASE,
			JWT_ENABLED: "false",
			DENY: '{"hosts":["edge.test"]}',
		});
		expect(response.headers.get("X-Edge-Reason")).toBe("denied_host");
	});
});

describe("the words of a denial are the server's", () => {
	it.each([
		[command(), { keys: { nextcloud: true } }, 200, '{"error":6}', "denied_key"],
		[convert(), { keys: { nextcloud: true } }, 200, '{"error":-8}', "denied_key"],
		[link(file("k1")), K1, 403, "<title>403 Forbidden</title>", "denied_document"],
		[command(), { lockdown: true }, 503, "Service Unavailable", "lockdown"],
	])("%#", async (call, list, status, text, reason) => {
		const { response } = await judge(call, list);
		expect([response.status, response.headers.get("X-Edge-Reason")]).toEqual([status, reason]);
		expect(await response.text()).toContain(text);
		expect(response.headers.get("Retry-After")).toBe(reason === "lockdown" ? "60" : null);
	});

	it("a packet that is denied never reaches the server, which repeats the refusal of a bad token", async () => {
		const { forwarded } = await judge(connect({ document: { key: "k1" } }), K1);
		const sent = await forwarded[0]?.text();
		expect(sent).not.toContain("eyJ");
	});
});

describe("the deny list holds", () => {
	it("in shadow mode", async () => {
		for (const [call, list, expected] of [
			[command(), { lockdown: true }, "lockdown"],
			[command({}, MOODLE), { keys: { moodle: true } }, "denied_key"],
		] as const) {
			const { says, forwarded } = await judge(call, list, { MODE: "shadow" });
			expect([says, forwarded.length]).toEqual([expected, 0]);
		}
		const shadow = { MODE: "shadow" };
		const packet = await judge(
			connect({ document: { key: "k5" } }, MOODLE),
			{ keys: { moodle: true } },
			shadow,
		);
		expect([packet.says, packet.forwarded.length]).toEqual(["denied_key", 0]);
		const onHost = await judge(BAD_COMMAND, { hosts: ["edge.test"] }, shadow);
		expect([onHost.says, onHost.forwarded.length]).toEqual(["denied_host", 0]);
		expect(await saysOf(BAD_COMMAND, { lockdown: false }, { MODE: "shadow" })).toBe("token_signature");
	});

	it("where tokens are switched off, by path, host and purpose", async () => {
		const off = { JWT_ENABLED: "false" };
		const unsigned = post("/docbuilder", "{}");
		expect(await saysOf(unsigned, { purposes: ["builder"] }, off)).toBe("denied_purpose");
		expect(await saysOf(post("/upload/k1", "x"), K1, off)).toBe("denied_document");
		expect(await saysOf({ path: "/doc/k1/c/?EIO=4&transport=polling" }, K1, off)).toBe("denied_document");
		expect(await saysOf({ path: "/doc/k2/c/?EIO=4&transport=polling" }, K1, off)).toBe("accept");
		expect(await saysOf({ path: "/doc/k1/c/?EIO=4&transport=polling" }, K1, { SOCKET_GUARD: "false" })).toBe(
			"denied_document",
		);
	});

	it("in front of an integration", async () => {
		const integration = { ROLE: "storage", CALLBACK_PATHS: "/callback" };
		const callback = withToken("/callback", { status: 2, key: "k1" });
		expect(await saysOf(callback, {}, integration)).toBe("accept");
		expect(await saysOf(callback, K1, integration)).toBe("denied_document");
		expect(await saysOf(callback, { purposes: ["callback"] }, integration)).toBe("denied_purpose");
		expect(await saysOf(callback, { lockdown: true }, integration)).toBe("lockdown");
	});

	it("for a host of HOSTS by its name there, and for a tenant by its label", async () => {
		const hosts = { HOSTS: JSON.stringify({ "*.test": { ORIGIN: "http://origin.test" } }) };
		expect(await saysOf(command(), { hosts: ["*.test"] }, hosts)).toBe("denied_host");
		expect(await saysOf(command(), { hosts: ["*.other"] }, hosts)).toBe("accept");
		const tenants = { TENANTS_BASE_DOMAIN: "test", EDGE_JWT_SECRET: NEXTCLOUD, EDGE_SECURE_LINK_SECRET: "l" };
		expect(await saysOf(command(), { hosts: ["edge"] }, tenants)).toBe("denied_host");
		expect(await saysOf(command(), { hosts: ["other"] }, tenants)).toBe("accept");
	});

	it("while the edge's own endpoints stay open", async () => {
		expect((await judge({ path: "/.edge/health" }, { lockdown: true })).response.status).toBe(200);
	});
});
