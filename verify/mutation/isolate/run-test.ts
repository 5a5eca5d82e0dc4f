/**
 * Runs one recorded test with its hooks.
 */
import { vi } from "vitest";
import type { RecordedTest, Suite } from "./recorder.ts";

/** The tests may replace the timers. */
const { setTimeout, clearTimeout } = globalThis;

/** @returns `undefined` if the test passes; `late` after the time limit, or the error */
export async function failureOf({ suite, body }: RecordedTest, limitMs: number): Promise<unknown> {
	const suites = pathTo(suite);
	let failure: unknown;
	try {
		for (const one of suites) await prepare(one);
		for (const one of suites) for (const hook of one.beforeEach) await hook();
		failure = await withinLimit(body, limitMs);
	} catch (error) {
		failure = error ?? "thrown without an error";
	}
	try {
		for (const one of suites.toReversed()) for (const hook of one.afterEach) await hook();
	} catch (error) {
		failure ??= error ?? "thrown without an error";
	}
	if (failure !== undefined) {
		// A test that ends early leaves what it replaced.
		vi.restoreAllMocks();
		vi.useRealTimers();
	}
	return failure;
}

const pathTo = (suite: Suite): Suite[] => (suite.parent ? [...pathTo(suite.parent), suite] : [suite]);

async function prepare(suite: Suite): Promise<void> {
	if (suite.isPrepared) return;
	for (const hook of suite.beforeAll) await hook();
	suite.isPrepared = true;
}

async function withinLimit(body: () => unknown, limitMs: number): Promise<"late" | undefined> {
	const outcome = body();
	if (!(outcome instanceof Promise)) return undefined;
	const { promise, resolve } = Promise.withResolvers<"late">();
	const timer = setTimeout(() => resolve("late"), limitMs);
	try {
		return await Promise.race([outcome.then(() => undefined), promise]);
	} finally {
		clearTimeout(timer);
	}
}
