/**
 * The time that a client has until it is admitted, and the checks of an open socket. Protects against a socket that stays
 * open without a token, an idle editor that is closed, and an open socket that keeps ever more of its credentials.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { CredentialFacts } from "../../../src/deny/credential-facts.ts";
import { startAdmission } from "../../../src/socket/admission.ts";
import type { SocketGate } from "../../../src/socket/gate.ts";
import { type Recheck, startRechecks } from "../../../src/socket/recheck.ts";
import { refuse } from "../../../src/verdict.ts";

beforeEach(
	() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] }),
);
afterEach(() => void vi.useRealTimers());

describe("admission", () => {
	const LIMIT_MS = 3000;
	function start(isUnknown: boolean) {
		const gate = { isUnknown: () => isUnknown, questionPackets: () => ["a", "b"] } as unknown as SocketGate;
		const sent: unknown[] = [];
		const socket = { send: (packet: unknown) => sent.push(packet) } as unknown as WebSocket;
		const onTimeout = vi.fn();
		return { ...startAdmission(gate, LIMIT_MS, socket, onTimeout), sent, onTimeout };
	}
	const timeline = (steps: readonly number[], onTimeout: ReturnType<typeof vi.fn>) =>
		steps.map((ms) => {
			vi.advanceTimersByTime(ms);
			return onTimeout.mock.calls.length;
		});

	it("ends at the limit, and asks nothing where the edge knows that the client is not connected", () => {
		const { sent, onTimeout } = start(false);
		expect(timeline([LIMIT_MS - 1, 1, LIMIT_MS * 10], onTimeout)).toEqual([0, 1, 1]);
		expect(sent).toEqual([]);
	});
	it("asks the server at the limit where it may be, and then waits for the answer", () => {
		const { sent, onTimeout } = start(true);
		expect(timeline([LIMIT_MS - 1], onTimeout)).toEqual([0]);
		expect(sent).toEqual([]);
		expect(timeline([1, 9_999, 1, 60_000], onTimeout)).toEqual([0, 0, 1, 1]);
		expect(sent).toEqual(["a", "b"]);
	});
	it("asks only once, and a question that was not answered in time ends the socket at the limit", () => {
		const { ask, sent, onTimeout } = start(true);
		ask();
		ask();
		expect(sent).toEqual(["a", "b"]);
		expect(timeline([LIMIT_MS - 1, 1], onTimeout)).toEqual([0, 1]);
		expect(sent).toEqual(["a", "b"]);
	});
	it.each([0, LIMIT_MS])("has no timer after it is settled, %d ms after the start", async (ms) => {
		const { settle, settled, onTimeout } = start(true);
		vi.advanceTimersByTime(ms);
		settle();
		await settled;
		expect(vi.getTimerCount()).toBe(0);
		expect(timeline([LIMIT_MS * 10], onTimeout)).toEqual([0]);
	});
});

describe("the deny lists are asked again about an open socket", () => {
	const EVERY_MS = 10_000;
	const factsOf = (key: string) => ({ documentKeys: [key] }) as unknown as CredentialFacts;
	const next = () => vi.advanceTimersByTimeAsync(EVERY_MS);

	it("every ten seconds, until it is stopped", async () => {
		const recheck = vi.fn<Recheck>(async () => undefined);
		const { stop } = startRechecks(recheck, () => undefined);
		await vi.advanceTimersByTimeAsync(EVERY_MS - 1);
		expect(recheck).not.toHaveBeenCalled();
		await vi.advanceTimersByTimeAsync(1);
		expect(recheck.mock.calls).toEqual([[[]]]);
		await next();
		expect(recheck).toHaveBeenCalledTimes(2);
		stop();
		await next();
		expect(recheck).toHaveBeenCalledTimes(2);
	});
	it("with the last eight credentials, in their order", async () => {
		const recheck = vi.fn<Recheck>(async () => undefined);
		const { remember, stop } = startRechecks(recheck, () => undefined);
		for (const key of "abcdefghij") remember(factsOf(key));
		await next();
		expect(recheck.mock.calls).toEqual([[[..."cdefghij"].map(factsOf)]]);
		stop();
	});
	it("a question that fails denies nothing, and the next one is asked", async () => {
		const answers: Recheck[] = [
			async () => Promise.reject(new Error("the list is out of reach")),
			async () => undefined,
			async () => refuse("denied_document"),
		];
		const onDenied = vi.fn();
		const { stop } = startRechecks((accepted) => (answers.shift() as Recheck)(accepted), onDenied);
		await next();
		await next();
		expect(onDenied).not.toHaveBeenCalled();
		await next();
		expect(onDenied.mock.calls).toEqual([["denied_document"]]);
		stop();
	});
});
