/**
 * The gate of a WebSocket, frame by frame: what the client may send, and what the server's frames tell. Protects against a
 * client that is admitted without a token, a second CONNECT that passes unread, and a reason that misleads an operator.
 */
import { describe, expect, it } from "vitest";
import { createSocketGate, type Frame } from "../../../src/socket/gate.ts";
import type { Verdict } from "../../../src/verdict.ts";
import { NOW_SECONDS } from "../support/keys.ts";
import { GOOD_TOKEN, SOCKET_HOST } from "../support/socket-host.ts";

const GOOD = `40{"token":"${GOOD_TOKEN}"}`;
const BAD = '40{"token":"bad"}';
const BYTES = new ArrayBuffer(3);

function open({ continues = false, host = SOCKET_HOST } = {}) {
	const verdicts: Verdict[] = [];
	const gate = createSocketGate(host, continues, (verdict) => verdicts.push(verdict));
	const judge = async (...frames: Frame[]) => {
		let step: unknown;
		for (const frame of frames) step = await gate.judge(frame, NOW_SECONDS);
		return step;
	};
	return { ...gate, judge, verdicts };
}
const close = (reason: string) => ({ do: "close", reason });
const pass = (frame: Frame) => ({ do: "pass", frame });

describe("before CONNECT", () => {
	it.each<[Frame]>([["1"], ["3"], ["5"], ["6"], ["3probe"], ["40/admin,"]])("%s passes", async (frame) => {
		expect(await open().judge(frame)).toEqual(pass(frame));
	});
	it.each<[Frame]>([
		[""],
		["0"],
		["2"],
		["7"],
		["b40"],
		["x3"],
		["4"],
		["41"],
		["42[]"],
		["43[]"],
		["40["],
		["48"],
		[BYTES],
	])("%s closes the socket", async (frame) => {
		expect(await open().judge(frame)).toEqual(close("socket_packet"));
	});
	it("a CONNECT that is too long closes the socket", async () => {
		const host = { ...SOCKET_HOST, limits: { ...SOCKET_HOST.limits, packetBytes: BAD.length - 2 } };
		expect(await open({ host }).judge(BAD)).toEqual(close("socket_packet_size"));
		expect(await open({ host }).judge(BAD.replace("bad", "ba"))).toMatchObject({ do: "answer" });
	});
	it("a good token passes with its facts, and the client is admitted", async () => {
		const { judge, isAdmitted, verdicts } = open();
		expect(isAdmitted()).toBe(false);
		expect(await judge(GOOD)).toEqual({ ...pass(GOOD), facts: expect.objectContaining({ isLink: false }) });
		expect([isAdmitted(), verdicts.map(({ ok }) => ok)]).toEqual([true, [true]]);
	});
	it("a bad one is answered, and the client may try again", async () => {
		const { judge, isAdmitted, verdicts } = open();
		const packets = [expect.stringMatching(/^44\{"message":"not authorized"/)];
		expect(await judge(BAD)).toEqual({ do: "answer", packets, close: false });
		expect([isAdmitted(), verdicts]).toEqual([false, [expect.objectContaining({ ok: false })]]);
	});
});

describe("after CONNECT", () => {
	it("a bad auth message is answered, and the socket closed", async () => {
		const bad = '42["message",{"type":"auth","token":"x","user":{},"jwtOpen":"bad"}]';
		const packets = [expect.stringContaining("disconnectReason"), "41"];
		expect(await open().judge(GOOD, bad)).toEqual({ do: "answer", packets, close: true });
	});
	it.each<[Frame]>([["41"], ["42[]"], ["2"], ["b40"], [""], [BYTES]])("%s passes", async (frame) => {
		expect(await open().judge(GOOD, frame)).toEqual(pass(frame));
	});
	it("an empty message closes the socket, as at the server", async () => {
		expect(await open().judge(GOOD, "4")).toEqual(close("socket_packet"));
	});
	it("frames are no longer counted", async () => {
		const { judge, receive } = open();
		const limit = SOCKET_HOST.limits.framesBeforeConnect;
		const receiveMany = () => Array.from({ length: limit + 1 }, () => receive("3")).at(-1);
		expect(receiveMany()).toBe("socket_packets");
		await judge(GOOD);
		expect([receiveMany(), receive("x".repeat(SOCKET_HOST.limits.packetBytes + 1))]).toEqual([
			undefined,
			undefined,
		]);
	});
});

describe("a socket that continues a polling session", () => {
	it.each<[Frame, string]>([
		["2probe", "pass"],
		["5", "pass"],
		["", "pass"],
		["40/admin,", "pass"],
		["4 /admin,", "pass"],
		["40/,{}", "answer"],
		["40,", "ask"],
		["41", "ask"],
		["42[]", "ask"],
		['42["40/x"]', "ask"],
		["43[]", "ask"],
		["b40", "ask"],
		["4", "close"],
		[BYTES, "ask"],
	])("%s: %s", async (frame, expected) => {
		expect(await open({ continues: true }).judge(frame)).toMatchObject({ do: expected });
	});
	it("is unknown until it is admitted; every other socket never is", async () => {
		const { isUnknown, hear } = open({ continues: true });
		expect([isUnknown(), open().isUnknown()]).toEqual([true, false]);
		hear("42[]");
		expect(isUnknown()).toBe(false);
	});
});

describe("frames of the server", () => {
	/** What the client may do afterwards. */
	const stateOf = async ({ isAdmitted, judge }: ReturnType<typeof open>) => [
		isAdmitted(),
		((await judge(BAD)) as { do: string }).do,
	];
	it.each<[Frame, boolean, string]>([
		["40", true, "close"],
		['40{"sid":"x"}', true, "close"],
		["42[]", true, "close"],
		["430[]", true, "close"],
		["451-[]", true, "close"],
		["41", false, "answer"],
		['44{"message":"m"}', false, "answer"],
		["44undefined", false, "answer"],
		["461-[]", false, "answer"],
		["2", false, "answer"],
		["3probe", false, "answer"],
		["", false, "answer"],
		[BYTES, false, "answer"],
	])(
		"after %s, a client that may have connected by polling is admitted: %s; CONNECT: %s",
		async (frame, ...state) => {
			const gate = open({ continues: true });
			expect(gate.hear(frame)).toEqual([frame]);
			expect(await stateOf(gate)).toEqual(state);
		},
	);
	it.each<[readonly string[], string]>([
		[["40"], "close"],
		[["40", "41"], "answer"],
		[["42[]"], "answer"],
		[["2"], "answer"],
	])("after a CONNECT here and %j, another one: %s", async (frames, expected) => {
		const gate = open();
		await gate.judge(GOOD);
		for (const frame of frames) gate.hear(frame);
		expect(await stateOf(gate)).toEqual([true, expected]);
	});
	it.each<[Frame, string]>([
		["41", "answer"],
		["41/,", "answer"],
		["41{}", "answer"],
		["41/other,", "close"],
		["41/", "close"],
		['42["41"]', "close"],
		["241", "close"],
		["3", "close"],
		[BYTES, "close"],
	])("after the client's %s, another CONNECT: %s", async (frame, expected) => {
		const gate = open({ continues: true });
		gate.hear("40");
		await gate.judge(frame);
		expect(await stateOf(gate)).toEqual([true, expected]);
	});
});

describe("the edge's question", () => {
	it("is two packets that the server reads only from a connected client, each time with another namespace", () => {
		const { questionPackets } = open({ continues: true });
		const [first, second] = [questionPackets(), questionPackets()];
		for (const packets of [first, second])
			expect(packets).toEqual(["43999999999[]", expect.stringMatching(/^40\/\.edge\/ask\/[\da-f-]{36},$/)]);
		expect(first).not.toEqual(second);
	});
	it("is answered once: the client does not see it, and a repeated one tells nothing", () => {
		const { questionPackets, hear, isAdmitted } = open({ continues: true });
		const answer = `44${questionPackets()[1]?.slice(2)}{"message":"Invalid namespace"}`;
		expect([hear("44/.edge/ask/another,{}"), isAdmitted()]).toEqual([["44/.edge/ask/another,{}"], false]);
		expect([hear(answer), isAdmitted()]).toEqual([[], true]);
		expect(hear(answer)).toEqual([answer]);
	});
});

describe("the edge's own refusals in the answers of the server", () => {
	const echo = '44/.edge/auth/jwt%20expired,{"message":"Invalid namespace"}';
	it("are restored only where a polling session may have sent them", () => {
		expect(open({ continues: true }).hear(echo)).toEqual([expect.stringContaining("jwt expired"), "41"]);
		expect(open().hear(echo)).toEqual([echo]);
	});
});
