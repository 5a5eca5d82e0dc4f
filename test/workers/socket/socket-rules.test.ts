/**
 * The rules of the editor's socket, one by one: its requests, its messages, its limits, its close codes. Protects against a
 * reading that differs from engine.io's and socket.io's, and against a stranger who sends more than the limits allow.
 */
import { describe, expect, it, vi } from "vitest";
import type { Limits } from "../../../src/config/limits.ts";
import { readTarget } from "../../../src/request/target.ts";
import { closeSocket } from "../../../src/socket/close-socket.ts";
import { frameCounter } from "../../../src/socket/frame-counter.ts";
import { opensSession, readSocketRequest } from "../../../src/socket/handshake.ts";
import { readMessage } from "../../../src/socket/message.ts";

function targetOf(query: string, { method = "GET", path = "/doc/K/c/" } = {}) {
	const target = readTarget({ method, url: `http://h${path}?${query}` });
	if ("ok" in target) throw new Error(target.reason);
	return target;
}

describe("how a request takes part", () => {
	const refused = (reason: string) => ({ ok: false, reason });
	const MANY = "&x=".repeat(1000);
	it.each([
		["EIO=4&transport=polling", null, { way: "poll" }],
		["EIO=4&transport=polling&sid=s", null, { way: "poll" }],
		["EIO=4&transport=websocket", "websocket", { way: "websocket", continues: false }],
		["EIO=4&transport=websocket", "WebSocket", { way: "websocket", continues: false }],
		["EIO=4&transport=websocket&sid=s", "websocket", { way: "websocket", continues: true }],
		["EIO=4&transport=polling", "websocket", { way: "websocket", continues: false }],
		["EIO=4&transport=websocket", null, { way: "other" }],
		["EIO=4&transport=websocket", "h2c", { way: "other" }],
		["EIO=4", null, { way: "other" }],
		["", null, { way: "other" }],
		["", "websocket", { way: "websocket", continues: false }],
		["transport=polling", null, refused("socket_version")],
		["EIO=3&transport=polling", null, refused("socket_version")],
		["EIO=3&transport=websocket", "websocket", refused("socket_version")],
		["EIO=3&transport=websocket", null, { way: "other" }],
		["EIO=3&transport=polling&sid=s", null, { way: "poll" }],
		["EIO=4&EIO=4&transport=polling", null, refused("socket_request")],
		["EIO=4&transport=polling&sid=a&sid=b", null, refused("socket_request")],
		["EIO=4&transport=polling&transport=polling", null, refused("socket_request")],
		["EIO=4&transport=polling&j=0", null, refused("socket_request")],
		["EIO=4&transport=polling&j", null, refused("socket_request")],
		[`EIO=4&transport=polling${MANY}&sid=s`, null, refused("socket_request")],
		[`EIO=4&transport=polling&sid=a${MANY}&sid=b`, null, refused("socket_request")],
		[`EIO=4&transport=polling&sid=s${MANY}`, null, { way: "poll" }],
	])("GET %s, Upgrade: %s", (query, upgrade, expected) => {
		expect(readSocketRequest(targetOf(query), upgrade)).toEqual(expected);
	});
	it.each([
		["POST", "EIO=4&transport=polling&sid=s", { way: "packets" }],
		["POST", "", { way: "packets" }],
		["POST", "j=0", refused("socket_request")],
		["PUT", "EIO=4&transport=polling", { way: "other" }],
		["OPTIONS", "EIO=4&transport=polling", { way: "other" }],
	])("%s %s", (method, query, expected) => {
		expect(readSocketRequest(targetOf(query, { method }), null)).toEqual(expected);
	});
	it.each([
		["/doc/K%3fx/c/", refused("path_ambiguous")],
		["/doc/K%23x/c/", refused("path_ambiguous")],
		["/doc/K%26x/c/", { way: "poll" }],
		["/9.1.0-2/doc/K/c/", { way: "poll" }],
		["/9.1.0-2/doc/K%3fx/c/", refused("socket_version")],
	])("GET %s", (path, expected) => {
		expect(readSocketRequest(targetOf("EIO=4&transport=polling", { path }), null)).toEqual(expected);
	});
	it.each([
		["GET", "EIO=4&transport=polling", true],
		["GET", "EIO=4&transport=polling&sid=", true],
		["GET", "EIO=4&transport=polling&sid=s", false],
		["GET", "sid=a&sid=b", true],
		["POST", "EIO=4&transport=polling", false],
	])("%s %s opens a session: %s", (method, query, opens) => {
		expect(opensSession(targetOf(query, { method }))).toBe(opens);
	});
});

describe("messages", () => {
	const connect = (namespace: string, payloadAt: number, names: readonly string[] = []) => ({
		kind: "connect",
		namespace,
		payloadAt,
		names,
	});
	const event = (payloadAt: number, names: readonly number[], hasAttachments = false) => ({
		kind: "event",
		payloadAt,
		names,
		hasAttachments,
	});
	it.each([
		["", connect("/", 0)],
		[" ", connect("/", 1)],
		["0", connect("/", 1)],
		["0{}", connect("/", 1)],
		['0{"token":"t","x":1}', connect("/", 1, ["token"])],
		['0/,{"session":"s","token":"t"}', connect("/", 3, ["session", "token"])],
		['0/other,{"token":"t"}', connect("/other", 8, ["token"])],
		["0/other", connect("/other", 7)],
		["0[]", undefined],
		["0{", undefined],
		['0"x"', undefined],
		["1", { kind: "disconnect", namespace: "/" }],
		["1/other,", { kind: "disconnect", namespace: "/other" }],
		['2["message",{}]', event(1, [0, 1])],
		['2["message"]', event(1, [0])],
		['212["message",{},3]', event(3, [0, 1])],
		['2 1\t2["message"]', event(5, [0])],
		['2/other,7["message"]', event(9, [0])],
		["2", { kind: "other" }],
		["212", { kind: "other" }],
		["2{}", undefined],
		['2"x"', undefined],
		["2[", undefined],
		["2x[]", undefined],
		["3[]", { kind: "other" }],
		["3[", undefined],
		["4{}", { kind: "other" }],
		['51-["message"]', event(3, [0], true)],
		['50-["message"]', event(3, [0])],
		['5-["message"]', event(2, [0])],
		['5-1-["message"]', undefined],
		['51["message"]', undefined],
		['5x-["message"]', undefined],
		["5", undefined],
		["51", undefined],
		["512", undefined],
		["61", undefined],
		["51-", { kind: "other" }],
		["51-{}", undefined],
		["61-[]", { kind: "other" }],
		["6[]", undefined],
		["7", undefined],
		["9", undefined],
		["-", undefined],
		["x", undefined],
	])("%j", (text, expected) => {
		const message = readMessage(text);
		if (message?.kind === "connect") {
			const { auth, ...rest } = message;
			expect({ ...rest, names: [...auth.keys()] }).toEqual(expected);
		} else if (message?.kind === "event") {
			const { args, ...rest } = message;
			expect({ ...rest, names: [...args.keys()] }).toEqual(expected);
		} else expect(message).toEqual(expected);
	});
});

describe("limits before a client is admitted", () => {
	const LIMITS = { packetBytes: 10, framesBeforeConnect: 2 } as Limits;
	const last = (frames: readonly (string | ArrayBuffer)[], continues = false) => {
		const count = frameCounter(LIMITS, continues);
		return frames.map(count).at(-1);
	};
	const many = (count: number, frame = "") => Array<string>(count).fill(frame);
	it.each([
		["the longest frame", ["x".repeat(10)], undefined],
		["a longer frame", ["x".repeat(11)], "socket_packet_size"],
		["the longest frame of bytes", [new ArrayBuffer(10)], undefined],
		["a longer frame of bytes", [new ArrayBuffer(11)], "socket_packet_size"],
		["two long frames", many(2, "x".repeat(10)), undefined],
		["two long frames and one character", [...many(2, "x".repeat(10)), "x"], "socket_packet_size"],
		["two frames", many(2), undefined],
		["three frames", many(3), "socket_packets"],
	])("%s: %#", (_, frames, reason) => expect(last(frames)).toBe(reason));
	it("a client that continues a session may send eight times as many frames, but no more bytes", () => {
		expect([last(many(16), true), last(many(17), true)]).toEqual([undefined, "socket_packets"]);
		expect(last(many(3, "x".repeat(7)), true)).toBe("socket_packet_size");
	});
});

describe("one half of a WebSocket closes as the other did, if its code may be sent", () => {
	it.each([
		[undefined, []],
		[1005, []],
		[1000, [1000, "why"]],
		[1001, [1001, "why"]],
		[1003, [1003, "why"]],
		[1007, [1007, "why"]],
		[1014, [1014, "why"]],
		[3000, [3000, "why"]],
		[4999, [4999, "why"]],
		[999, [1011]],
		[1004, [1011]],
		[1006, [1011]],
		[1015, [1011]],
		[2999, [1011]],
		[5000, [1011]],
	])("%s", (code, expected) => {
		const close = vi.fn();
		closeSocket({ close } as unknown as WebSocket, code, "why");
		expect(close.mock.calls).toEqual([expected]);
	});
	it("a socket that is closed already is no error", () => {
		const close = () => {
			throw new TypeError("closed");
		};
		expect(() => closeSocket({ close } as unknown as WebSocket, 1000, "")).not.toThrow();
	});
});
