/**
 * Judges mutants in one isolate: switches each on, and runs the tests that reach it until one fails.
 *
 * A mutant may leave a wrong state behind that makes the tests of the next one fail. So a failed test runs again without
 * the mutant: if it fails too, the state is at fault, and the mutant is judged with fresh modules. A mutant that every
 * test let pass is judged again with fresh modules too, because kept state may have hidden it. So are mutants of code
 * that runs while the modules load.
 */
import { expect, inject, it } from "vitest";
import type { Event, Judged } from "../job.ts";
import { type Coverage, startCoverage, stopCoverage } from "./coverage.ts";
import { loadTests } from "./load-tests.ts";
import type { RecordedTest } from "./recorder.ts";
import { failureOf } from "./run-test.ts";
import { switchOff, switchOn } from "./switches.ts";

const { fetch } = globalThis;
/** The vitest configuration passes it to the process that asked. */
const tell = async (event: Event): Promise<void> =>
	void (await fetch("http://mutants.test/", { method: "POST", body: JSON.stringify(event) }));

const { stages, mutants } = inject("job");
const [, wanted] = stages;
let tests: readonly RecordedTest[] = [];
/** Whether the modules were loaded with a mutant. */
let isLoadedWithMutant = false;
/** The tests that noticed mutants, with a number that is higher for later ones. Those run first. */
const lastNoticed = new Map<string, number>();
/** Of each test, without a mutant. */
const durations = new Map<string, number>();
/** A test that takes so much longer waits for something that the mutant took away. */
const LATE_MS = 1000;
const LATE_FACTOR = 10;
/** A busy machine is slow, so a late test has one more try with more time. */
const SECOND_FACTOR = 3;
/** For tests without a mutant. */
const LIMIT_MS = 60_000;

it("judges the mutants", { timeout: 0 }, async () => {
	const coverage = startCoverage();
	tests = await loadTests(wanted);
	const broken: string[] = [];
	for (const test of tests) {
		const startedMs = performance.now();
		const failure = await coverage.during(test, () => failureOf(test, LIMIT_MS));
		durations.set(test.id, performance.now() - startedMs);
		if (failure !== undefined) broken.push(`${test.id}: ${String(failure)}`);
	}
	stopCoverage();
	tests = await loadTests(wanted);
	// Mutants run the tests in any order. A test that needs another one before it would notice every mutant.
	for (const test of tests.toReversed()) {
		const failure = await failureOf(test, LIMIT_MS);
		if (failure !== undefined) broken.push(`${test.id}, in reverse order: ${String(failure)}`);
	}
	if (broken.length > 0) await tell({ kind: "broken", failures: broken });
	expect(broken).toEqual([]);

	for (const id of mutants) {
		await tell({ kind: "begin", id });
		await tell({ kind: "judged", id, outcome: await judge(id, coverage) });
	}
});

async function judge(id: string, coverage: Coverage): Promise<Judged> {
	const isStatic = coverage.isStatic(id);
	const covers = (test: RecordedTest) => isStatic || coverage.isReached(id, test);
	const hits = coverage.hitsOf(id);
	if (hits === 0) return "uncovered";
	if (!isStatic) {
		if (isLoadedWithMutant) tests = await loadTests(wanted);
		isLoadedWithMutant = false;
		const failed = await firstFailure(id, tests.filter(covers), hits);
		if (failed && (await failureOf(failed.test, LIMIT_MS)) === undefined) return outcomeOf(failed);
	}
	isLoadedWithMutant = true;
	for (const stage of stages) {
		switchOn(id, hits);
		try {
			tests = await loadTests(stage);
		} catch {
			return "load";
		} finally {
			switchOff();
		}
		const failed = await firstFailure(id, tests.filter(covers), hits);
		if (failed) return outcomeOf(failed);
	}
	return "survived";
}

interface Failed {
	readonly test: RecordedTest;
	readonly isEndless: boolean;
}

async function firstFailure(
	id: string,
	covering: readonly RecordedTest[],
	hits: number,
): Promise<Failed | undefined> {
	for (const test of covering.toSorted(byPromise)) {
		const limitMs = LATE_MS + (durations.get(test.id) ?? 0) * LATE_FACTOR;
		const failureWithMutant = async (factor: number) => {
			switchOn(id, hits);
			const failure = await failureOf(test, limitMs * factor);
			switchOff();
			return failure;
		};
		let failure = await failureWithMutant(1);
		if (failure === "late") failure = await failureWithMutant(SECOND_FACTOR);
		if (failure === undefined) continue;
		lastNoticed.set(test.id, performance.now());
		return { test, isEndless: failure === "late" || String(failure).includes("Hit count limit reached") };
	}
	return undefined;
}

const byPromise = (a: RecordedTest, b: RecordedTest): number =>
	(lastNoticed.get(b.id) ?? 0) - (lastNoticed.get(a.id) ?? 0) ||
	(durations.get(a.id) ?? 0) - (durations.get(b.id) ?? 0);

const outcomeOf = ({ isEndless }: Failed): Judged => (isEndless ? "endless" : "test");
