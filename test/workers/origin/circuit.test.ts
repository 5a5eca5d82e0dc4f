/**
 * When the circuit of an origin opens: after five failures that no client can have caused, if the edge's own health
 * check fails too. After ten seconds one request tries the origin again.
 */
import { describe, expect, it } from "vitest";
import { createCircuit, type Health } from "../../../src/origin/circuit.ts";

const A = "https://a.test";
const B = "https://b.test";
const START_MS = 1_000_000;
const LATER_MS = START_MS + 10_000;

/**
 * @param health the result of each origin's health check; without one, the check waits until the test ends it
 */
function circuitWith(health: Record<string, Health | undefined>) {
	const asked: string[] = [];
	const waiting: ((health: Health, nowMs: number) => void)[] = [];
	const circuit = createCircuit();
	const askAt = (nowMs: number) => (originUrl: string, onHealth: (health: Health, nowMs: number) => void) => {
		asked.push(originUrl);
		const now = health[originUrl];
		if (now === undefined) waiting.push(onHealth);
		else onHealth(now, nowMs);
	};
	const fail = (
		originUrl: string,
		times: number,
		more: { nowMs?: number; sentMs?: number; isSilence?: boolean } = {},
	) => {
		const { nowMs = START_MS, sentMs = nowMs, isSilence = false } = more;
		for (let n = 0; n < times; n++) circuit.fail(originUrl, { sentMs, isSilence }, nowMs, askAt(nowMs));
	};
	const admit = (originUrls: readonly string[], nowMs: number) =>
		circuit.admit(originUrls, nowMs, askAt(nowMs));
	return { circuit, asked, waiting, fail, admit, health };
}

describe("closed", () => {
	it("four failed requests do not start a health check", () => {
		const { asked, fail, admit } = circuitWith({ [A]: "unreachable" });
		fail(A, 4);
		expect([admit([A], START_MS), asked]).toEqual([[A], []]);
	});
	it("a response to any client in between resets the count", () => {
		const { circuit, asked, fail, admit } = circuitWith({ [A]: "unreachable" });
		fail(A, 4);
		circuit.succeed(A, START_MS);
		fail(A, 4);
		expect([admit([A], START_MS), asked]).toEqual([[A], []]);
	});
	it("a failed request that was sent before the last response does not count", () => {
		const { circuit, asked, fail, admit } = circuitWith({ [A]: "unreachable" });
		circuit.succeed(A, START_MS);
		fail(A, 50, { sentMs: START_MS - 1 });
		expect([admit([A], START_MS), asked]).toEqual([[A], []]);
	});
});

describe("after five failed requests the edge runs a health check", () => {
	it.each<[name: string, health: Health, isSilence: boolean, stays: boolean]>([
		["connections fail, and so does the check: opens", "unreachable", false, false],
		["requests time out, and the check cannot connect: opens", "unreachable", true, false],
		["requests time out, and so does the check: opens", "silent", true, false],
		["connections fail, but the check is answered: stays closed", "answers", false, true],
		["requests time out, but the check is answered: stays closed", "answers", true, true],
		["connections fail, but the check only times out: stays closed", "silent", false, true],
	])("%s", (_, health, isSilence, stays) => {
		const { fail, admit } = circuitWith({ [A]: health });
		fail(A, 50, { isSilence });
		expect(admit([A], START_MS)).toEqual(stays ? [A] : []);
		expect(admit([A, B], START_MS)).toEqual(stays ? [A, B] : [B]);
	});
	it("one failed connection and four timeouts: a check that times out does not open the circuit", () => {
		const { fail, admit } = circuitWith({ [A]: "silent" });
		fail(A, 4, { isSilence: true });
		fail(A, 1);
		expect(admit([A], START_MS)).toEqual([A]);
	});
	it("a second check does not start while one is running", () => {
		const { asked, fail } = circuitWith({});
		fail(A, 500);
		expect(asked).toEqual([A]);
	});
	it("a check that the platform ended without a result does not block the next one", () => {
		const { asked, fail } = circuitWith({});
		fail(A, 5);
		fail(A, 5, { nowMs: START_MS + 30_000 });
		expect(asked).toEqual([A, A]);
	});
	it.each<Health>(["unreachable", "silent"])(
		"%s: the circuit stays closed if a client got a response during the check",
		(health) => {
			const { circuit, waiting, fail, admit } = circuitWith({});
			fail(A, 5, { isSilence: true });
			circuit.succeed(A, START_MS + 1);
			waiting[0]?.(health, START_MS + 2);
			expect(admit([A], START_MS + 2)).toEqual([A]);
		},
	);
});

describe("open", () => {
	it("no request goes to the origin for ten seconds after the check", () => {
		const { fail, admit, waiting } = circuitWith({});
		fail(A, 5);
		waiting[0]?.("unreachable", START_MS + 5000);
		expect(admit([A], LATER_MS + 4999)).toEqual([]);
		expect(admit([A], LATER_MS + 5000)).toEqual([A]);
	});
	it("the response to a request that was on its way closes it", () => {
		const { circuit, fail, admit } = circuitWith({ [A]: "unreachable" });
		fail(A, 5);
		circuit.succeed(A, START_MS + 1);
		expect(admit([A], START_MS + 1)).toEqual([A]);
	});
});

describe("half-open", () => {
	const opened = (health: Record<string, Health | undefined> = { [A]: "unreachable" }) => {
		const state = circuitWith(health);
		state.fail(A, 5);
		for (const end of state.waiting.splice(0)) end("unreachable", START_MS);
		return state;
	};
	it("one request is let through, the others go to other origins", () => {
		const { admit } = opened();
		expect(admit([A, B], LATER_MS)).toEqual([A, B]);
		expect(admit([A, B], LATER_MS)).toEqual([B]);
		expect(admit([A], LATER_MS + 9_999)).toEqual([]);
	});
	it("only a request whose first choice it is tries the origin: others have an origin that is up", () => {
		const { admit } = opened();
		expect(admit([B, A], LATER_MS)).toEqual([B]);
		expect(admit([A], LATER_MS)).toEqual([A]);
	});
	it("the response to it closes the circuit, before the health check has a result", () => {
		const { circuit, admit } = opened({});
		expect(admit([A], LATER_MS)).toEqual([A]);
		circuit.succeed(A, LATER_MS + 1);
		expect(admit([A], LATER_MS + 1)).toEqual([A]);
	});
	it("if it fails, the circuit stays open for ten more seconds", () => {
		const { fail, admit } = opened();
		expect(admit([A], LATER_MS)).toEqual([A]);
		fail(A, 5, { nowMs: LATER_MS });
		expect(admit([A], LATER_MS + 9_999)).toEqual([]);
		expect(admit([A], LATER_MS + 10_000)).toEqual([A]);
	});
	it("a client cannot keep the circuit open with a request that fails: the health check closes it", () => {
		const { health, fail, admit } = opened();
		health[A] = "answers";
		expect(admit([A], LATER_MS)).toEqual([A]);
		fail(A, 1, { nowMs: LATER_MS });
		expect(admit([A], LATER_MS + 1)).toEqual([A]);
	});
});
