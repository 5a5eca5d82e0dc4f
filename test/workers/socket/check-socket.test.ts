/**
 * What the check of one socket request hands on. Protects the gate, which has to know whether a WebSocket continues a
 * session, and the packets of a POST, which have to reach the server as they were read.
 */
import { describe, expect, it } from "vitest";
import { readHost } from "../../../src/config/read-host.ts";
import { readTarget } from "../../../src/request/target.ts";
import { checkSocket } from "../../../src/socket/check-socket.ts";
import { BINDINGS } from "../support/call-edge.ts";
import { encode, NOW_SECONDS } from "../support/keys.ts";

const HOST = readHost(BINDINGS, NOW_SECONDS);
const check = (request: Request, host = HOST) => {
	const target = readTarget(request);
	if ("ok" in target) throw new Error(target.reason);
	return checkSocket(request, target, host, NOW_SECONDS);
};
const requestOf = (query: string, init: RequestInit = {}) => new Request(`http://h/doc/K/c/?${query}`, init);
const post = (body: BodyInit, headers = {}) =>
	requestOf("EIO=4&transport=polling&sid=s", { method: "POST", body, headers });
const UPGRADE = { headers: { Upgrade: "websocket" } };

describe("a request without packets", () => {
	const socket = (way: string, continues = false) => ({ socket: { way, continues, verdicts: [] } });
	it.each([
		["polls", requestOf("EIO=4&transport=polling&sid=s"), socket("poll")],
		["opens a WebSocket", requestOf("EIO=4&transport=websocket", UPGRADE), socket("websocket")],
		[
			"continues a session in a WebSocket",
			requestOf("EIO=4&transport=websocket&sid=s", UPGRADE),
			socket("websocket", true),
		],
		["takes no part in the socket", requestOf("EIO=4&transport=polling", { method: "PUT", body: "x" }), {}],
		["has a query of two readings", requestOf("j=0"), { ok: false, reason: "socket_request" }],
	])("%s", async (_, request, expected) => expect(await check(request)).toStrictEqual(expected));
});

describe("a POST", () => {
	it("hands on its bytes and no text, so that nothing decodes them again", async () => {
		const body = { text: "", bytes: encode("3") };
		const expected = { socket: { way: "packets", continues: false, verdicts: [] }, body };
		expect(await check(post("3"))).toStrictEqual(expected);
	});
	it("hands on the verdict of each credential", async () => {
		expect(await check(post('40{"token":"bad"}'))).toMatchObject({
			socket: { way: "packets", continues: false, verdicts: [{ reason: "token_malformed" }] },
		});
	});
	it.each([
		["a body over the limit", post("3", { "Content-Length": String(9 * 1024 * 1024) }), "body_too_large"],
		["too many packets", post("3\x1e".repeat(HOST.limits.pollingPackets)), "socket_packets"],
	])("with %s is refused", async (_, request, reason) => {
		expect(await check(request)).toEqual({ ok: false, reason });
	});
	it.each([
		["socket", false],
		["coauthoring", true],
	])("with %s in shadow mode, its body is used up: %s", async (shadow, isUsed) => {
		const request = post("3");
		await check(request, readHost({ ...BINDINGS, SHADOW_ROUTES: shadow }, NOW_SECONDS));
		expect(request.bodyUsed).toBe(isUsed);
	});
});
