/**
 * Takes the place of `vitest` in the test files: `describe`, `it` and the hooks only record. `judge.test.ts` then runs
 * the recorded tests as often as it needs, in one isolate. A new isolate for each mutant would cost a second or more.
 *
 * The recorded tests are kept outside of the modules, because the modules are loaded again for some mutants.
 */
// biome-ignore lint/performance/noBarrelFile: it takes the place of the package
export { expect, vi } from "vitest";

type Body = (...values: never[]) => unknown;

export interface Suite {
	readonly parent: Suite | undefined;
	readonly beforeAll: Body[];
	readonly beforeEach: Body[];
	readonly afterEach: Body[];
	/** Whether `beforeAll` has run. */
	isPrepared: boolean;
}

export interface RecordedTest {
	/** File, suites and name, with a number where a name is not the only one. */
	readonly id: string;
	readonly suite: Suite;
	readonly body: () => unknown;
}

export interface Recording {
	readonly tests: RecordedTest[];
	readonly names: string[];
	suite: Suite;
}

export const newSuite = (parent?: Suite): Suite => ({
	parent,
	beforeAll: [],
	beforeEach: [],
	afterEach: [],
	isPrepared: false,
});

declare global {
	var recording: Recording;
}

function recordSuite(name: string, body: Body, values: readonly unknown[] = []): void {
	const { suite: parent, names } = globalThis.recording;
	globalThis.recording.suite = newSuite(parent);
	names.push(name);
	const outcome = body(...(values as never[]));
	if (outcome instanceof Promise) throw new Error(`An asynchronous suite is not recorded: ${name}`);
	names.pop();
	globalThis.recording.suite = parent;
}

function recordTest(name: string, body: Body, values: readonly unknown[] = []): void {
	const { suite, names, tests } = globalThis.recording;
	const id = `${[...names, name].join(" > ")} #${tests.length}`;
	tests.push({ id, suite, body: () => body(...(values as never[])) });
}

/** `each` of vitest: if every row is an array, a row gives several values, else it gives one. */
const eachOf =
	(record: (name: string, body: Body, values: readonly unknown[]) => void) =>
	(rows: readonly unknown[]) =>
	(name: string, body: Body): void => {
		const areArrays = rows.every(Array.isArray);
		for (const row of rows) record(name, body, areArrays ? (row as readonly unknown[]) : [row]);
	};

export const describe = Object.assign(recordSuite, { each: eachOf(recordSuite) });
export const it = Object.assign(recordTest, { each: eachOf(recordTest) });
export const beforeAll = (body: Body) => void globalThis.recording.suite.beforeAll.push(body);
export const beforeEach = (body: Body) => void globalThis.recording.suite.beforeEach.push(body);
export const afterEach = (body: Body) => void globalThis.recording.suite.afterEach.push(body);
