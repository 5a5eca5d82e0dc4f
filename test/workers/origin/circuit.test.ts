/**
 * When an origin is left alone: after repeated failures that no client can have caused, and only if the edge's
 * own question is not answered either. One request then tries it again.
 */
import { describe, expect, it } from "vitest";
import { createCircuit, type Health } from "../../../src/origin/circuit.ts";

const A = "https://a.test";
const B = "https://b.test";
const START_MS = 1_000_000;
const LATER_MS = START_MS + 10_000;

/** Its questions are answered at once with what `health` says of an origin, or when the test says so. */
function circuitWith(health: Record<string, Health | undefined>) {
	const asked: string[] = [];
	const waiting: ((health: Health, nowMs: number) => void)[] = [];
	const circuit = createCircuit();
	const askAt = (nowMs: number) => (base: string, onHealth: (health: Health, nowMs: number) => void) => {
		asked.push(base);
		const now = health[base];
		if (now === undefined) waiting.push(onHealth);
		else onHealth(now, nowMs);
	};
	const fail = (
		base: string,
		times: number,
		more: { nowMs?: number; sentMs?: number; isSilence?: boolean } = {},
	) => {
		const { nowMs = START_MS, sentMs = nowMs, isSilence = false } = more;
		for (let n = 0; n < times; n++) circuit.fail(base, { sentMs, isSilence }, nowMs, askAt(nowMs));
	};
	const admit = (bases: readonly string[], nowMs: number) => circuit.admit(bases, nowMs, askAt(nowMs));
	return { circuit, asked, waiting, fail, admit, health };
}

describe("closed", () => {
	it("four failures are chance", () => {
		const { asked, fail, admit } = circuitWith({ [A]: "unreachable" });
		fail(A, 4);
		expect([admit([A], START_MS), asked]).toEqual([[A], []]);
	});
	it("an answer to anybody in between starts the count anew", () => {
		const { circuit, asked, fail, admit } = circuitWith({ [A]: "unreachable" });
		fail(A, 4);
		circuit.succeed(A, START_MS);
		fail(A, 4);
		expect([admit([A], START_MS), asked]).toEqual([[A], []]);
	});
	it("a failure of a request that is older than the last answer is no news", () => {
		const { circuit, asked, fail, admit } = circuitWith({ [A]: "unreachable" });
		circuit.succeed(A, START_MS);
		fail(A, 50, { sentMs: START_MS - 1 });
		expect([admit([A], START_MS), asked]).toEqual([[A], []]);
	});
});

describe("after five failures the edge asks a question of its own", () => {
	it.each<[name: string, health: Health, isSilence: boolean, stays: boolean]>([
		["connections fail, and its own too: gone", "unreachable", false, false],
		["requests run out of time, and its connection fails: gone", "unreachable", true, false],
		["requests run out of time, and its question too: gone", "silent", true, false],
		["requests fail alone: the origin answers", "answers", false, true],
		["requests are slow alone: the origin answers", "answers", true, true],
		["connections fail, the question is only slow: the origin is there", "silent", false, true],
	])("%s", (_, health, isSilence, stays) => {
		const { fail, admit } = circuitWith({ [A]: health });
		fail(A, 50, { isSilence });
		expect(admit([A], START_MS)).toEqual(stays ? [A] : []);
		expect(admit([A, B], START_MS)).toEqual(stays ? [A, B] : [B]);
	});
	it("one failed connection among five silences: the slow question is in favour", () => {
		const { fail, admit } = circuitWith({ [A]: "silent" });
		fail(A, 4, { isSilence: true });
		fail(A, 1);
		expect(admit([A], START_MS)).toEqual([A]);
	});
	it("once: while it is open nobody else asks", () => {
		const { asked, fail } = circuitWith({});
		fail(A, 500);
		expect(asked).toEqual([A]);
	});
	it("one that the platform ended without an answer does not stop the next", () => {
		const { asked, fail } = circuitWith({});
		fail(A, 5);
		fail(A, 5, { nowMs: START_MS + 30_000 });
		expect(asked).toEqual([A, A]);
	});
	it.each<Health>(["unreachable", "silent"])("%s: an answer to anybody meanwhile is in favour", (health) => {
		const { circuit, waiting, fail, admit } = circuitWith({});
		fail(A, 5, { isSilence: true });
		circuit.succeed(A, START_MS + 1);
		waiting[0]?.(health, START_MS + 2);
		expect(admit([A], START_MS + 2)).toEqual([A]);
	});
});

describe("open", () => {
	it("the origin is left alone for ten seconds from then on", () => {
		const { fail, admit, waiting } = circuitWith({});
		fail(A, 5);
		waiting[0]?.("unreachable", START_MS + 5000);
		expect(admit([A], LATER_MS + 4999)).toEqual([]);
		expect(admit([A], LATER_MS + 5000)).toEqual([A]);
	});
	it("the answer of a request that was on its way closes it", () => {
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
	it("one request is let through, the others go elsewhere", () => {
		const { admit } = opened();
		expect(admit([A, B], LATER_MS)).toEqual([A, B]);
		expect(admit([A, B], LATER_MS)).toEqual([B]);
		expect(admit([A], LATER_MS + 9_999)).toEqual([]);
	});
	it("only one whose first choice it is: where another answers, no request is risked", () => {
		const { admit } = opened();
		expect(admit([B, A], LATER_MS)).toEqual([B]);
		expect(admit([A], LATER_MS)).toEqual([A]);
	});
	it("its answer closes the circuit, however slow the question is", () => {
		const { circuit, admit } = opened({});
		expect(admit([A], LATER_MS)).toEqual([A]);
		circuit.succeed(A, LATER_MS + 1);
		expect(admit([A], LATER_MS + 1)).toEqual([A]);
	});
	it("its failure leaves it open for ten seconds more", () => {
		const { fail, admit } = opened();
		expect(admit([A], LATER_MS)).toEqual([A]);
		fail(A, 5, { nowMs: LATER_MS });
		expect(admit([A], LATER_MS + 9_999)).toEqual([]);
		expect(admit([A], LATER_MS + 10_000)).toEqual([A]);
	});
	it("a client who takes the turn with a request that fails keeps nobody out: the edge's question closes it", () => {
		const { health, fail, admit } = opened();
		health[A] = "answers";
		expect(admit([A], LATER_MS)).toEqual([A]);
		fail(A, 1, { nowMs: LATER_MS });
		expect(admit([A], LATER_MS + 1)).toEqual([A]);
	});
});
