/**
 * The rate limits, with limits that count in the test. Protects against a limit that counts what it should not, one that
 * takes something from other clients, and a body that is read for a client that has to wait.
 */
import { SignJWT } from "jose";
import { describe, expect, it } from "vitest";
import { readHost } from "../../../src/config/read-host.ts";
import { holdClient, isHeld } from "../../../src/rate-limit/held-clients.ts";
import { clientNetwork } from "../../../src/request/client-address.ts";
import { BINDINGS, callEdge, SECRETS } from "../support/call-edge.ts";
import { NOW_SECONDS } from "../support/keys.ts";

/** A limit without a time window: after so many calls of one key it says no. */
function createLimit(most: number) {
	const counted: string[] = [];
	return {
		counted,
		limit: async ({ key }: { key: string }) => {
			counted.push(key);
			return { success: counted.filter((one) => one === key).length <= most };
		},
	};
}
const broken = { limit: async () => Promise.reject(new Error("no limit today")) };

const sign = (claims: object, secret = SECRETS.JWT_SECRET) =>
	new SignJWT({ ...claims }).setProtectedHeader({ alg: "HS256" }).sign(new TextEncoder().encode(secret));
const COMMAND = await sign({ c: "version" });
const CONVERSION = await sign({ filetype: "docx", outputtype: "pdf", url: "http://a/" });
const BAD = await sign({ c: "version" }, "another secret");
const post = (path: string, token: string, from = "203.0.113.7", init: RequestInit = {}) =>
	new Request(`https://edge.test${path}`, {
		method: "POST",
		headers: { "CF-Connecting-IP": from },
		body: JSON.stringify({ token }),
		...init,
	});
const get = (path: string, from = "203.0.113.7") =>
	new Request(`https://edge.test${path}`, { headers: { "CF-Connecting-IP": from } });
const UNSIGNED = "/cache/files/data/k/output.docx/output.docx";

async function call(request: Request, env: object) {
	const { response, forwarded, log } = await callEdge(request, { ...BINDINGS, ...env });
	const reason = response.headers.get("X-Edge-Reason") ?? "accept";
	return { reason, response, forwarded, log };
}
const reasonsOf = async (env: object, ...requests: Request[]) => {
	const reasons: string[] = [];
	for (const request of requests) reasons.push((await call(request, env)).reason);
	return reasons;
};

describe("LIMIT_CALLS counts accepted calls by host, key and class", () => {
	it("one class over its limit leaves the others", async () => {
		const limit = createLimit(2);
		const env = { LIMIT_CALLS: limit };
		const command = () => post("/command", COMMAND);
		expect(await reasonsOf(env, command(), command(), command(), post("/converter", CONVERSION))).toEqual([
			"accept",
			"accept",
			"rate_limited",
			"accept",
		]);
		expect(new Set(limit.counted)).toEqual(
			new Set(["LIMIT_CALLS  JWT_SECRET command", "LIMIT_CALLS  JWT_SECRET convert"]),
		);
	});

	it("one key over its limit leaves the other, and both names of an endpoint are one class", async () => {
		const JWT_SECRET = JSON.stringify({ nextcloud: SECRETS.JWT_SECRET, moodle: "another secret" });
		const env = { JWT_SECRET, LIMIT_CALLS: createLimit(1) };
		expect(
			await reasonsOf(
				env,
				post("/command", COMMAND),
				post("/coauthoring/CommandService.ashx", COMMAND),
				post("/command", BAD),
			),
		).toEqual(["accept", "rate_limited", "accept"]);
	});

	it("one host over its limit leaves the other; a host may have a limit of its own", async () => {
		const host = { ORIGIN: "http://origin.test" };
		const own = createLimit(9);
		const shared = createLimit(1);
		const env = {
			HOSTS: { "edge.test": { ...host, SECRETS: "ACME" }, "other.test": host },
			ACME_JWT_SECRET: SECRETS.JWT_SECRET,
			ACME_SECURE_LINK_SECRET: "l",
			ACME_LIMIT_CALLS: own,
			LIMIT_CALLS: shared,
		};
		const atOther = () => new Request("https://other.test/command", post("/command", COMMAND));
		expect(
			await reasonsOf(env, post("/command", COMMAND), post("/command", COMMAND), atOther(), atOther()),
		).toEqual(["accept", "accept", "accept", "rate_limited"]);
		expect([own.counted.length, shared.counted.length]).toEqual([2, 2]);
	});

	it("without a key each client is counted by itself", async () => {
		const env = { JWT_ENABLED: "false", LIMIT_CALLS: createLimit(1) };
		const from = (address: string) => post("/command", "", address);
		expect(await reasonsOf(env, from("203.0.113.1"), from("203.0.113.1"), from("203.0.113.2"))).toEqual([
			"accept",
			"rate_limited",
			"accept",
		]);
	});

	it("no refused call, no file and no asset is counted", async () => {
		const limit = createLimit(0);
		expect(
			await reasonsOf({ LIMIT_CALLS: limit }, post("/command", BAD), get("/web-apps/x.js"), get(UNSIGNED)),
		).toEqual(["token_signature", "accept", "link_unsigned"]);
		expect(limit.counted).toEqual([]);
	});
});

describe("LIMIT_REFUSED counts refused requests by client", () => {
	it("over the limit refusals become 429, for this client alone", async () => {
		const env = { LIMIT_REFUSED: createLimit(2) };
		const refused = await reasonsOf(
			env,
			get(UNSIGNED),
			get("/info/"),
			get(UNSIGNED),
			get(UNSIGNED, "198.51.100.1"),
		);
		expect(refused).toEqual(["link_unsigned", "path_closed", "rate_limited", "link_unsigned"]);
		const { response, forwarded, log } = await call(get(UNSIGNED), env);
		expect([response.status, response.headers.get("Retry-After"), forwarded.length]).toEqual([429, "10", 0]);
		expect(JSON.parse(log.at(-1) ?? "")).toMatchObject({
			route: "cached-file",
			reason: "rate_limited",
			status: 429,
		});
	});

	it("accepted requests are not counted, and a held client's links, headers and assets still open", async () => {
		const limit = createLimit(0);
		const env = { LIMIT_REFUSED: limit };
		expect(await reasonsOf(env, post("/command", COMMAND), get("/web-apps/x.js"))).toEqual([
			"accept",
			"accept",
		]);
		expect(limit.counted).toEqual([]);
		expect(await reasonsOf(env, get(UNSIGNED), get("/web-apps/x.js"))).toEqual(["rate_limited", "accept"]);
		const token = await sign({ document: { key: "k" } });
		const headers = { "CF-Connecting-IP": "203.0.113.7", Authorization: `Bearer ${token}` };
		expect(await reasonsOf(env, post("/upload/k", "", undefined, { headers }))).toEqual(["accept"]);
	});

	it("no body is read for a held client", async () => {
		const env = { LIMIT_REFUSED: createLimit(0) };
		await call(get(UNSIGNED), env);
		let pulled = 0;
		const body = new ReadableStream(
			{
				pull: (controller) => {
					pulled++;
					controller.enqueue(new TextEncoder().encode(" ".repeat(1024)));
				},
			},
			{ highWaterMark: 0 },
		);
		const { reason } = await call(post("/command", "", undefined, { body }), env);
		expect([reason, pulled]).toEqual(["rate_limited", 0]);
		expect((await call(post("/command", COMMAND, "198.51.100.1"), env)).reason).toBe("accept");
	});

	it("a held client is heard if its header shows a good token, and in an open session of the socket", async () => {
		const env = { LIMIT_REFUSED: createLimit(0) };
		await call(get(UNSIGNED), env);
		const headers = {
			"CF-Connecting-IP": "203.0.113.7",
			Authorization: `Bearer ${await sign({ payload: { c: "version" } })}`,
		};
		const withHeader = post("/command", "", undefined, { headers, body: "{}" });
		const withBadHeader = post("/command", "", undefined, {
			headers: { ...headers, Authorization: `Bearer ${BAD}` },
			body: "{}",
		});
		const packets = post("/doc/k/c/?EIO=4&transport=polling&sid=s", "", undefined, { body: "3" });
		expect(await reasonsOf(env, withHeader, withBadHeader, packets)).toEqual([
			"accept",
			"rate_limited",
			"accept",
		]);
	});

	it("callbacks of the Document Server are never held: they all come from one address", async () => {
		const env = { ROLE: "storage", CALLBACK_PATHS: "/callback", LIMIT_REFUSED: createLimit(0) };
		const callback = await sign({ status: 2, key: "k" });
		expect(await reasonsOf(env, post("/callback", BAD), post("/callback", callback))).toEqual([
			"rate_limited",
			"accept",
		]);
	});

	it("packets of the socket count", async () => {
		const limit = createLimit(1);
		const packets = () =>
			post("/doc/k/c/?EIO=4&transport=polling&sid=s", "", undefined, { body: `40{"token":"${BAD}"}` });
		expect(await reasonsOf({ LIMIT_REFUSED: limit }, packets(), packets())).toEqual([
			"accept",
			"rate_limited",
		]);
	});

	it.each([
		["a missing secret", { SECURE_LINK_SECRET: "" }, "edge_misconfigured"],
		["a lockdown", { DENY: '{"lockdown":true}' }, "lockdown"],
		["a denied network", { DENY: '{"networks":["203.0.113.0/24"]}' }, "denied_network"],
		["a deny list that cannot be read", { DENY: "{", DENY_FAIL: "closed" }, "deny_list_unavailable"],
	])("%s is not the client's fault", async (_, bindings, reason) => {
		const limit = createLimit(0);
		expect(await reasonsOf({ ...bindings, LIMIT_REFUSED: limit }, get(UNSIGNED))).toEqual([reason]);
		expect(limit.counted).toEqual([]);
	});

	it("in shadow mode nothing is counted, and the log shows the true reason", async () => {
		const limit = createLimit(0);
		const { response, log } = await call(get(UNSIGNED), { LIMIT_REFUSED: limit, MODE: "shadow" });
		expect(response.status).toBe(200);
		expect(JSON.parse(log.at(-1) ?? "").reason).toBe("link_unsigned");
		expect(limit.counted).toEqual([]);
	});

	it("more than ten thousand held clients: the oldest is forgotten", () => {
		const limit = createLimit(0);
		for (let at = 0; at <= 10_000; at++) holdClient(limit, `client ${at}`, 0);
		expect([isHeld(limit, "client 0", 1), isHeld(limit, "client 1", 1)]).toEqual([false, true]);
		expect([isHeld(limit, "client 1", 9_999), isHeld(limit, "client 1", 10_000)]).toEqual([true, false]);
	});
});

describe("LIMIT_SOCKETS counts handshakes by client", () => {
	const handshake = (from?: string) => get("/doc/k/c/?EIO=4&transport=polling", from);
	it.each([{}, { SOCKET_GUARD: "false" }])("%j", async (bindings) => {
		const env = { ...bindings, LIMIT_SOCKETS: createLimit(1) };
		const poll = get("/doc/k/c/?EIO=4&transport=polling&sid=s");
		expect(await reasonsOf(env, handshake(), poll, handshake(), poll, handshake("198.51.100.1"))).toEqual([
			"accept",
			"accept",
			"rate_limited",
			"accept",
			"accept",
		]);
	});
});

describe("a limit that is missing, broken or wrong", () => {
	it("a limit that fails lets requests through: they were checked", async () => {
		const env = { LIMIT_CALLS: broken, LIMIT_REFUSED: broken, LIMIT_SOCKETS: broken };
		expect(
			await reasonsOf(
				env,
				post("/command", COMMAND),
				get(UNSIGNED),
				get("/doc/k/c/?EIO=4&transport=polling"),
			),
		).toEqual(["accept", "link_unsigned", "accept"]);
	});
	it.each(["LIMIT_CALLS", "LIMIT_REFUSED", "LIMIT_SOCKETS"])("%s as a text is a problem", (name) => {
		expect(readHost({ ...BINDINGS, [name]: "5/10" }, NOW_SECONDS).problems).toEqual([
			{ binding: name, problem: "is no rate limit: it belongs under [[ratelimits]]" },
		]);
	});
});

describe("the network of a client", () => {
	it.each([
		["203.0.113.7", "203.0.113.7"],
		["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
		["2001:DB8:0001:0002::1", "2001:db8:1:2::/64"],
		["2001:db8::1", "2001:db8:0:0::/64"],
		["2001:db8:0:0:1::", "2001:db8:0:0::/64"],
		["1:2:3::6:7:8", "1:2:3:0::/64"],
		["::1", "0:0:0:0::/64"],
		["::ffff:203.0.113.7", "203.0.113.7"],
		["0:0:0:0:0:FFFF:cb00:7107", "203.0.113.7"],
		["", ""],
		["no address", "no address"],
	])("of %j is %j", (address, network) => expect(clientNetwork(address)).toBe(network));
});
