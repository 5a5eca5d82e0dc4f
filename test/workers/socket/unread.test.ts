/**
 * Which frames of an admitted socket pass unread. Protects the check of CONNECT and `auth`: no spelling of these may pass
 * unread. Protects the speed of all others.
 */
import { Decoder } from "socket.io-parser";
import { describe, expect, it } from "vitest";
import { passesToClient, passesToOrigin } from "../../../src/socket/unread.ts";
import { pick, type Random, seeded } from "../../random.ts";
import { encode } from "../support/keys.ts";

const event = (type: string, more = "") =>
	`["message",{"type":${type},"token":"x","user":{"id":"u"},"jwtOpen":"bad"${more}}]`;

describe("the gate reads", () => {
	it.each([
		["CONNECT", '40{"token":"t"}'],
		["CONNECT without data", "40"],
		["CONNECT to another namespace", "40/admin,{}"],
		["DISCONNECT", "41"],
		["DISCONNECT from a namespace", "41/,"],
		["an auth message", `42${event('"auth"')}`],
		["an auth message with an id", `4212${event('"auth"')}`],
		["an auth message with a namespace", `42/,${event('"auth"')}`],
		["auth as the second type", `42${event('"x"', ',"type":"auth"')}`],
		["auth beside text of two bytes per character", `42${event('"auth"', ',"name":"用户"')}`],
		...[..."auth"].map((letter, at) => {
			const escaped = `\\u00${letter.charCodeAt(0).toString(16)}`;
			return [`${letter} escaped`, `42${event(`"${"auth".slice(0, at)}${escaped}${"auth".slice(at + 1)}"`)}`];
		}),
		["all letters escaped", `42${event('"\\u0061\\u0075\\u0074\\u0068"')}`],
		["an escape beside text of two bytes per character", `42${event('"aut\\u0068"', ',"name":"用户"')}`],
		["a binary event", `451-${event('"auth"', ',"f":{"_placeholder":true,"num":0}')}`],
		["a binary event without attachments", `450-${event('"auth"')}`],
		["a binary event without a number", `45-${event('"auth"')}`],
		["a binary event with an escape", `451-${event('"\\u0061uth"')}`],
	])("%s", (_, frame) => expect(passesToOrigin(frame as string)).toBe(false));

	// The server reads a missing type, and each white space, as the number 0: CONNECT.
	it("a message without a type", () => expect(passesToOrigin("4")).toBe(false));
	const blanks = Array.from({ length: 0x1_0000 }, (_, code) => String.fromCharCode(code)).filter(
		(character) => Number(character) === 0,
	);
	it(`each of ${blanks.length} types that are the number 0`, () => {
		expect(blanks.length).toBeGreaterThan(20);
		expect(blanks.filter((blank) => passesToOrigin(`4${blank}{"token":"bad"}`))).toEqual([]);
	});
});

describe("the gate does not read", () => {
	it.each([
		["an event", '42["message",{"type":"cursor","cursor":"12;AgAAADEA"}]'],
		["an event that quotes auth", '42["message",{"data":"\\"auth\\" and auth"}]'],
		["an event with another escape", '42["message",{"data":"\\u0000\\u00e9"}]'],
		["an event of two bytes per character", '42["message",{"data":"用户 ∑"}]'],
		["an event with an attachment", '451-["message",{"_placeholder":true,"num":0}]'],
		["an acknowledgement that says auth", '430["auth"]'],
		["an acknowledgement with an attachment that says auth", '461-0["auth"]'],
		["a CONNECT_ERROR, which the server ignores", `44{"message":"m"}`],
		["engine.io's pong", "3"],
		["engine.io's ping", "2"],
		["bytes in base64", "bAAEC"],
		["an empty frame", ""],
		["bytes", new ArrayBuffer(3)],
		["bytes that would be a CONNECT as text", encode('40{"token":"t"}').buffer],
	])("%s", (_, frame) => expect(passesToOrigin(frame)).toBe(true));
});

describe("frames of the server", () => {
	it.each([
		"40",
		'40{"sid":"x"}',
		"41",
		"41/,",
		'44{"message":"m"}',
		'44/.edge/connect/-,{"message":"m"}',
		"4",
	])("the gate reads %s", (frame) => expect(passesToClient(frame)).toBe(false));
	it.each([
		"42[]",
		'42["message",{"type":"auth"}]',
		"430[]",
		"451-[]",
		"461-[]",
		"2",
		"3",
		"6",
		"",
		new ArrayBuffer(2),
	])("the gate does not read %s", (frame) => expect(passesToClient(frame)).toBe(true));
});

describe("compared with socket.io's own parser", () => {
	const CASES = 30_000;
	const SEED = 20261122;
	const NOISE = ["-", "/", ",", " ", "\t", "\ufeff", "12", "{", '"', "x", "é", "用", "1-", "\\", "\\u0061"];
	const PARTS = [
		["4", "4", "4", "4", "4", "4", "3", "b", ""],
		["2", "2", "2", "5", "5", "0", "1", "3", "4", "6", "7", " ", "\ufeff", ""],
		["", "", "1-", "0-", "-"],
		["", "", "/,", "/admin,"],
		["", "", "0", "12", " "],
		[
			"",
			'{"token":"x"}',
			event('"auth"'),
			event('"\\u0061uth"'),
			event('"aut\\u0068"', ',"n":"用"'),
			event('"x"', ',"type":"auth"'),
			event('"auth"', ',"f":{"_placeholder":true,"num":0}'),
			'["message",{"type":"cursor"}]',
		],
	];

	interface Packet {
		readonly type: number;
		readonly data?: readonly [unknown, { readonly type?: unknown }?];
	}
	/** Decodes a frame as the server does: engine.io's type, then the message with its attachment. */
	function decode(frame: string): Packet | undefined {
		if (!frame.startsWith("4")) return undefined;
		let decoded: Packet | undefined;
		const decoder = new Decoder();
		decoder.on("decoded", (packet) => {
			decoded = packet;
		});
		try {
			decoder.add(frame.slice(1));
			if (decoded === undefined) decoder.add(new Uint8Array(1));
		} catch {
			// The server closes.
		}
		return decoded;
	}
	function kindOf(packet: Packet | undefined): "connect" | "disconnect" | "auth" | undefined {
		if (packet === undefined || packet.type < 2)
			return packet && (packet.type === 0 ? "connect" : "disconnect");
		// The library gives a binary event with all its attachments the type of an event.
		return packet.type === 2 && packet.data?.[1]?.type === "auth" ? "auth" : undefined;
	}
	function generate(random: Random): string {
		const frame = PARTS.map((choices) => pick(random, choices)).join("");
		if (random() < 0.6) return frame;
		const at = Math.floor(random() * (frame.length + 1));
		return frame.slice(0, at) + pick(random, NOISE) + frame.slice(at + Math.floor(random() * 2));
	}

	it(`no CONNECT, DISCONNECT or auth passes unread (${CASES} frames, seed ${SEED})`, () => {
		const random = seeded(SEED);
		const counts = { connect: 0, disconnect: 0, auth: 0, unread: 0 };
		for (let n = 0; n < CASES; n++) {
			const frame = generate(random);
			const kind = kindOf(decode(frame));
			const isUnread = passesToOrigin(frame);
			if (isUnread) counts.unread++;
			if (kind === undefined) continue;
			counts[kind]++;
			expect([frame, isUnread]).toEqual([frame, false]);
		}
		for (const count of Object.values(counts)) expect(count).toBeGreaterThan(50);
	});
});
