/**
 * Loads the test files of an area, and with them fresh modules of the edge.
 */
import { vi } from "vitest";
import { newSuite, type RecordedTest } from "./recorder.ts";

const FILES = import.meta.glob("../../../test/workers/**/*.test.ts");

let loads = 0;

/** @throws what a module throws while it loads */
export async function loadTests(wanted: readonly string[]): Promise<readonly RecordedTest[]> {
	vi.resetModules();
	useFreshCaches();
	const tests: RecordedTest[] = [];
	for (const [path, load] of Object.entries(FILES)) {
		const name = path.replace("../../../", "");
		if (!wanted.includes(name)) continue;
		const recording = { tests: [], names: [name], suite: newSuite() };
		globalThis.recording = recording;
		await load();
		tests.push(...recording.tests);
	}
	return tests;
}

const platformCaches = caches;

/** The platform's caches outlive the modules. A test that finds the file of an earlier load would fail. */
function useFreshCaches(): void {
	loads++;
	const open = (name: string) => platformCaches.open(`${name}-${loads}`);
	Object.defineProperty(globalThis, "caches", {
		value: { open, default: platformCaches.default },
		configurable: true,
		writable: true,
	});
}
