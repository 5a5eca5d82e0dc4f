/**
 * The editor's socket: the reader of messages compared with socket.io's own parser, and the gate step by step.
 */
import { Decoder } from "socket.io-parser";
import { describe, expect, it } from "vitest";
import { readHost } from "../../../src/config/read-host.ts";
import { checkCredential, findCredential } from "../../../src/socket/credential.ts";
import { createSocketGate } from "../../../src/socket/gate.ts";
import { readMessage } from "../../../src/socket/message.ts";
import { checkPollingBody, restoreRefusal, restoreRefusals } from "../../../src/socket/polling-body.ts";
import { pick, type Random, seeded } from "../../random.ts";
import { encode, NOW_SECONDS } from "../support/keys.ts";
import { GOOD_TOKEN, SOCKET_BINDINGS, SOCKET_HOST } from "../support/socket-host.ts";

const LIMIT = SOCKET_HOST.limits.packetBytes;
const check = async (text: string, host = SOCKET_HOST) => {
	const credential = findCredential(text, LIMIT);
	if (credential === undefined || "ok" in credential) throw new Error("no credential");
	return checkCredential(text, credential, host, NOW_SECONDS);
};

describe("messages, compared with socket.io's own parser", () => {
	const CASES = 20_000;
	const SEED = 20261121;
	const NOISE = ["-", "/", ",", " ", "\t", "\ufeff", "12", "{", '"', "x", "é", "e", "1-"];
	const PARTS = [
		["0", "0", "2", "2", "5", "1", "3", "4", "6", "7", " ", "\ufeff", ""],
		["", "", "", "1-", "12-", "-"],
		["", "", "", "/,", "/admin,", "/a", "/?x=1,"],
		["", "", "", "0", "12", " ", "1\t2", "\ufeff"],
		["", "{}", '{"token":"x"}', '["message",{}]', '["message"]', "[]", "null", "[5]", '"x"'],
	];

	/** @returns the kind of message that the library reads; or that it throws, or waits for attachments */
	function library(text: string): unknown {
		let seen: unknown;
		const decoder = new Decoder();
		decoder.on("decoded", ({ type, nsp, data }) => {
			seen = type === 0 ? ["connect", nsp, data ?? {}] : type === 2 && data ? ["event", data] : ["other"];
		});
		try {
			decoder.add(text);
			return seen ?? ["waits"];
		} catch {
			return ["throws"];
		}
	}
	function ours(text: string): unknown {
		const message = readMessage(text);
		if (message === undefined) return ["throws"];
		if (message.kind === "other" || message.kind === "disconnect") return ["other"];
		const payload = JSON.parse(text.slice(message.payloadAt) || "{}");
		if (message.kind === "connect") return ["connect", message.namespace, payload];
		return message.hasAttachments ? ["waits"] : ["event", payload];
	}
	/** @returns a message of any kind; every fourth one has noise at a random place */
	function generate(random: Random): string {
		const text = PARTS.map((choices) => pick(random, choices)).join("");
		if (random() < 0.75) return text;
		const at = Math.floor(random() * (text.length + 1));
		return text.slice(0, at) + pick(random, NOISE) + text.slice(at + Math.floor(random() * 2));
	}

	it(`every CONNECT and every event is read as the server reads it (${CASES} texts, seed ${SEED})`, () => {
		const random = seeded(SEED);
		const counts = { connect: 0, event: 0 };
		for (let i = 0; i < CASES; i++) {
			const text = generate(random);
			const expected = library(text) as [string];
			const read = ours(text) as [string];
			if (expected[0] === "connect" || expected[0] === "event") {
				counts[expected[0]]++;
				expect([text, read]).toEqual([text, expected]);
			} else {
				// A text that the server drops or refuses must not be a CONNECT to the edge.
				expect([text, read[0]]).not.toEqual([text, "connect"]);
			}
		}
		expect(counts.connect).toBeGreaterThan(1000);
		expect(counts.event).toBeGreaterThan(300);
	});
});

describe("credentials", () => {
	const auth = (members: string) => `["message",{"type":"auth","token":"x","user":{},${members}}]`;
	it.each([
		['0{"token":"t"}', ["connect", "browser", "t"]],
		['0/,{"session":"s","token":"t"}', ["connect", "session", "s"]],
		["", ["connect", "browser", undefined]],
		['0/admin,{"token":"t"}', undefined],
		[`2${auth('"jwtOpen":"t"')}`, ["auth", "browser", "t"]],
		[`212${auth('"jwtSession":"s"').replace("auth", "\\u0061uth")}`, ["auth", "session", "s"]],
		[`51-${auth('"jwtOpen":"t","f":{"_placeholder":true,"num":0}')}`, ["auth", "browser", "t"]],
		[`50-${auth('"jwtOpen":"t"')}`, ["auth", "browser", "t"]],
		[`5-${auth('"jwtOpen":"t"')}`, ["auth", "browser", "t"]],
		[`5 -${auth('"jwtOpen":"t"')}`, ["auth", "browser", "t"]],
		[`50.0-${auth('"jwtSession":"s"')}`, ["auth", "session", "s"]],
		['2["message",{"type":"auth","token":"","user":{}}]', undefined],
		['2["message",{"type":"saveChanges","changes":"auth"}]', undefined],
		['2["other",{"type":"auth","token":"x","user":{}}]', undefined],
		["1", undefined],
	])("%s", (text, expected) => {
		const credential = findCredential(text, LIMIT);
		if (credential && "ok" in credential) throw new Error(credential.reason);
		expect(credential && [credential.carrier, credential.secret, credential.token]).toEqual(expected);
	});

	it("a bad session token is refused, even beside a good browser token", async () => {
		expect(await check(`0{"session":"bad","token":"${GOOD_TOKEN}"}`)).toMatchObject({ ok: false });
	});
	it("with JWT_ENABLED_BROWSER off, no token is needed, and a bad token is refused", async () => {
		const off = readHost({ ...SOCKET_BINDINGS, JWT_ENABLED_BROWSER: "false" }, NOW_SECONDS);
		expect((await check("0", off)).ok).toBe(true);
		expect((await check('0{"token":"bad"}', off)).ok).toBe(false);
	});
});

describe("the gate of a WebSocket", () => {
	const steps = async (frames: readonly (string | ArrayBuffer)[], continues = false) => {
		const verdicts: boolean[] = [];
		const gate = createSocketGate(SOCKET_HOST, continues, ({ ok }) => verdicts.push(ok));
		const done: string[] = [];
		for (const frame of frames) done.push((await gate.judge(frame, NOW_SECONDS)).do);
		return { done, isAdmitted: gate.isAdmitted(), verdicts };
	};
	const bad = '40{"token":"bad"}';
	const connect = `40{"token":"${GOOD_TOKEN}"}`;
	const auth = '42["message",{"type":"auth","token":"x","user":{},"jwtOpen":"bad"}]';
	it.each([
		["admits a client with a good token", [connect], ["pass"], true],
		["answers a bad token, and reads the next one", [bad, connect], ["answer", "pass"], true],
		[
			"passes engine.io's own packets before CONNECT",
			["3", "6", "5", "1"],
			["pass", "pass", "pass", "pass"],
			false,
		],
		["closes on a ping before CONNECT", ["2"], ["close"], false],
		["closes on an event before CONNECT", ['42["message",{}]'], ["close"], false],
		["closes on a message that the server cannot parse", ["40{"], ["close"], false],
		["closes on a message without any text, as the server does", ["4"], ["close"], false],
		["closes on bytes before CONNECT", [new ArrayBuffer(1)], ["close"], false],
		[
			"closes on an event with attachments before CONNECT, as the server does at the next packet",
			['451-["message",{}]'],
			["close"],
			false,
		],
		[
			"passes a CONNECT to another namespace: the server refuses it",
			['40/admin,{"token":"bad"}'],
			["pass"],
			false,
		],
		[
			"passes everything after a good token",
			[connect, "41", new ArrayBuffer(1), '42["x"]'],
			["pass", "pass", "pass", "pass"],
			true,
		],
		["still checks auth messages after a good token", [connect, auth], ["pass", "answer"], true],
	])("%s", async (_, frames, done, isAdmitted) => {
		expect(await steps(frames)).toMatchObject({ done, isAdmitted });
	});
	it("checks credentials on a socket that continues a polling session", async () => {
		const frames = ["2probe", "5", "40/admin,", '42["x"]', "43[]", bad, auth];
		const { done, verdicts } = await steps(frames, true);
		expect(done).toEqual(["pass", "pass", "pass", "ask", "ask", "answer", "answer"]);
		expect(verdicts).toEqual([false, false]);
	});
	it.each([
		["a message of the server", '42["license"]'],
		["the answer to the edge's question", undefined],
	])("closes on another CONNECT after %s has shown that the client is connected", async (_, heard) => {
		const gate = createSocketGate(SOCKET_HOST, true, () => undefined);
		const [, asked = ""] = gate.questionPackets();
		gate.hear(heard ?? `44${asked.slice("40".length)}{"message":"Invalid namespace"}`);
		expect(await gate.judge(bad, NOW_SECONDS)).toEqual({ do: "close", reason: "socket_connected" });
	});
	it("reads the next CONNECT after a DISCONNECT", async () => {
		const gate = createSocketGate(SOCKET_HOST, true, () => undefined);
		gate.hear('42["license"]');
		expect(await gate.judge("41", NOW_SECONDS)).toMatchObject({ do: "pass" });
		expect(await gate.judge(connect, NOW_SECONDS)).toMatchObject({ do: "pass" });
	});
});

describe("polling bodies", () => {
	const checkBody = async (text: string) => {
		const body = await checkPollingBody(encode(text), SOCKET_HOST, NOW_SECONDS);
		if ("reason" in body) throw new Error(body.reason);
		return { ...body, text: new TextDecoder().decode(body.bytes) };
	};
	it("stay as they are without a bad credential", async () => {
		const text = `40{"token":"${GOOD_TOKEN}"}\x1e42["message",{"a":"é"}]\x1ebAAEC\x1e3`;
		expect(await checkBody(text)).toMatchObject({ text, verdicts: [{ ok: true }] });
	});
	it("a refusal goes through the server as a namespace, and comes back as the server's own refusal", async () => {
		const { text, verdicts } = await checkBody(`40{"token":"bad"}\x1e40{"token":"${GOOD_TOKEN}"}\x1e3`);
		expect(verdicts).toMatchObject([{ reason: "token_malformed" }, { ok: true }]);
		expect(text).not.toContain("bad");
		const [placeholder = "", ...rest] = text.split("\x1e");
		expect(rest).toEqual([`40{"token":"${GOOD_TOKEN}"}`, "3"]);
		expect(readMessage(placeholder.slice(1))).toMatchObject({ kind: "connect" });
		const namespace = /^40([^,]*),$/.exec(placeholder)?.[1];
		const answered = `44${namespace},{"message":"Invalid namespace"}\x1e40{"sid":"x"}`;
		expect(restoreRefusals(answered)).toBe(
			'44{"message":"not authorized","data":{"code":4006,"description":"token:jwt malformed"}}\x1e40{"sid":"x"}',
		);
	});
	it("a refused auth message is answered with two packets, so over a WebSocket with two frames", () => {
		expect(restoreRefusal('44/.edge/auth/jwt%20expired,{"message":"Invalid namespace"}')).toEqual([
			'42["message",{"type":"disconnectReason","code":4005,"description":"token:jwt expired"}]',
			"41",
		]);
	});
	it.each([
		['44/.edge/connect/own%20text,{"message":"Invalid namespace"}'],
		['44/.edge/other/jwt%20malformed,{"message":"Invalid namespace"}'],
		['42["message","44/.edge/connect/jwt%20malformed,"]'],
	])("%s stays as it is", (packets) => expect(restoreRefusals(packets)).toBe(packets));
});
