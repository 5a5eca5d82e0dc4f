/**
 * When an origin is left alone: after repeated failures, and only if it does not answer the edge itself.
 */
import { expect, it } from "vitest";
import { createCircuit } from "../../../src/origin/circuit.ts";

const A = "https://a.test";
const B = "https://b.test";
const START_MS = 1_000_000;
const LATER_MS = START_MS + 10_000;

function circuitWith(health: Record<string, boolean>) {
	const looks: string[] = [];
	const circuit = createCircuit(async (base) => {
		looks.push(base);
		return health[base] ?? false;
	});
	const fail = async (base: string, times: number, nowMs = START_MS) => {
		for (let n = 0; n < times; n++) await circuit.fail(base, nowMs);
	};
	return { circuit, looks, fail, health };
}

it("four failures are chance", async () => {
	const { circuit, looks, fail } = circuitWith({});
	await fail(A, 4);
	expect([await circuit.admit([A], START_MS), looks]).toEqual([[A], []]);
});
it("an answer in between starts the count anew", async () => {
	const { circuit, looks, fail } = circuitWith({});
	await fail(A, 4);
	circuit.succeed(A);
	await fail(A, 4);
	expect([await circuit.admit([A], START_MS), looks]).toEqual([[A], []]);
});
it("after five the edge looks itself; what answers stays", async () => {
	const { circuit, looks, fail } = circuitWith({ [A]: true });
	await fail(A, 50);
	expect([await circuit.admit([A], START_MS), looks.length]).toEqual([[A], 10]);
});
it("what does not is left alone, and nothing else", async () => {
	const { circuit, fail } = circuitWith({});
	await fail(A, 5);
	expect(await circuit.admit([A, B], START_MS)).toEqual([B]);
	expect(await circuit.admit([A], LATER_MS - 1)).toEqual([]);
});
it("half open: after ten seconds one look, for everybody", async () => {
	const { circuit, looks, fail, health } = circuitWith({});
	await fail(A, 5);
	expect(await circuit.admit([A, B], LATER_MS)).toEqual([B]);
	expect(await circuit.admit([A, B], LATER_MS + 1)).toEqual([B]);
	expect(looks.length).toBe(2);
	health[A] = true;
	await Promise.all([1, 2, 3].map(() => circuit.admit([A, B], LATER_MS + 10_000)));
	expect([await circuit.admit([A, B], LATER_MS + 10_001), looks.length]).toEqual([[A, B], 3]);
});
