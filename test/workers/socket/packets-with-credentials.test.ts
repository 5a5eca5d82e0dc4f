/**
 * Which packets of the editor's socket hold a credential, and how long such a packet may be. Protects against an `auth`
 * message that the server obeys and the edge does not check, and against strangers whose packets have any length.
 */
import { SignJWT } from "jose";
import { afterEach, describe, expect, it, vi } from "vitest";
import { BINDINGS, callEdge, SECRETS } from "../support/call-edge.ts";
import { arrived, openSocket } from "../support/open-socket.ts";

const GOOD = await new SignJWT({ document: { key: "K" } })
	.setProtectedHeader({ alg: "HS256", typ: "JWT" })
	.sign(new TextEncoder().encode(SECRETS.JWT_SECRET));

afterEach(() => void vi.restoreAllMocks());

describe("the server checks an auth message only if it has a token and a user (DocsCoServer.js, auth)", () => {
	const forwardedOf = async (body: string) => {
		const url = "http://edge.test/doc/K/c/?EIO=4&transport=polling&sid=s";
		const { forwarded } = await callEdge(new Request(url, { method: "POST", body }));
		return (await forwarded[0]?.text()) ?? "";
	};
	const auth = (members: string) => `42["message",{"type":"auth","jwtOpen":"bad",${members}}]`;
	it.each([
		'"user":{}',
		'"user":{"id":"u"}',
		'"user":[]',
		'"user":"u"',
		'"user":1',
		'"user":true',
		'"user":-1',
	])("with %s it is checked", async (user) => {
		expect(await forwardedOf(auth(`"token":"x",${user}`))).toMatch(/^40\/\.edge\/auth\//);
	});
	it.each([
		'"token":"x"',
		'"token":"x","user":null',
		'"token":"x","user":""',
		'"token":"x","user":0',
		'"token":"x","user":false',
		'"user":{}',
		'"token":null,"user":{}',
		'"token":"","user":{}',
	])("with %s it is no credential, and reaches the server unchanged", async (members) => {
		expect(await forwardedOf(auth(members))).toBe(auth(members));
	});
});

describe("a packet before CONNECT is accepted", () => {
	const LIMIT = 2048;
	const bindings = { ...BINDINGS, MAX_SOCKET_PACKET_BYTES: String(LIMIT) };
	const connectOf = (length: number) => {
		const packet = (padding: string) => `40{"token":"${GOOD}","x":"${padding}"}`;
		return packet("x".repeat(length - packet("").length));
	};
	it("a CONNECT of exactly the limit is accepted", async () => {
		const { send, atOrigin } = await openSocket(bindings);
		send(connectOf(LIMIT));
		expect(await arrived(atOrigin, 1)).toEqual([connectOf(LIMIT)]);
	});
	it.each([
		["one character more", connectOf(LIMIT + 1)],
		["a CONNECT that would be refused", `40{"token":"${"x".repeat(LIMIT)}"}`],
		["a CONNECT without a credential", `40/admin,{"x":"${"x".repeat(LIMIT)}"}`],
		["a pong", `3${"x".repeat(LIMIT)}`],
		["bytes", new ArrayBuffer(LIMIT + 1)],
	])("%s over the limit closes the socket, and does not reach the origin", async (_, frame) => {
		const { send, atOrigin, atClient, closed } = await openSocket(bindings);
		send(frame);
		expect(await closed).toEqual([1009, "socket_packet_size"]);
		expect([atOrigin, atClient]).toEqual([[], []]);
	});
	it("a polling body with such a packet is refused whole", async () => {
		const url = "http://edge.test/doc/K/c/?EIO=4&transport=polling&sid=s";
		for (const [length, expected] of [
			[LIMIT, "forwarded"],
			[LIMIT + 1, "socket_packet_size"],
		] as const) {
			const request = new Request(url, { method: "POST", body: connectOf(length) });
			const { response, forwarded } = await callEdge(request, bindings);
			const outcome = forwarded.length > 0 ? "forwarded" : response.headers.get("X-Edge-Reason");
			expect(outcome).toBe(expected);
		}
	});
});

describe("a packet after CONNECT was accepted", () => {
	const LIMIT = 2048;
	const bindings = { ...BINDINGS, MAX_SOCKET_PACKET_BYTES: String(LIMIT) };
	const authOf = (length: number) => {
		const packet = (padding: string) =>
			`42["message",{"type":"auth","token":"x","user":{},"jwtOpen":"${GOOD}","x":"${padding}"}]`;
		// The limit does not count engine.io's own character.
		return packet("x".repeat(length + 1 - packet("").length));
	};
	it.each([
		["an auth message of exactly the limit", authOf(LIMIT)],
		[
			"a message without a credential, of any length",
			`42["message",{"type":"saveChanges","x":"${"x".repeat(LIMIT)}"}]`,
		],
		["bytes of any length, in base64", `b${"A".repeat(LIMIT)}`],
	])("%s passes", async (_, frame) => {
		const { send, atOrigin } = await openSocket(bindings);
		send(`40{"token":"${GOOD}"}`);
		send(frame);
		expect(await arrived(atOrigin, 2)).toEqual([`40{"token":"${GOOD}"}`, frame]);
	});
	it("an auth message over the limit closes the socket: its token would pass unread", async () => {
		const { send, atOrigin, closed } = await openSocket(bindings);
		send(`40{"token":"${GOOD}"}`);
		await arrived(atOrigin, 1);
		send(authOf(LIMIT + 1));
		expect(await closed).toEqual([1009, "socket_packet_size"]);
		expect(atOrigin).toEqual([`40{"token":"${GOOD}"}`]);
	});
});
