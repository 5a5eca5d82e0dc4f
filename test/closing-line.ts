/**
 * Prints a last line that a script can read: `N passed, N failed`.
 */
import type { Reporter, TestModule } from "vitest/node";

export const closingLine: Reporter = {
	onTestRunEnd(modules: readonly TestModule[]) {
		const count = (state: "passed" | "failed") =>
			modules.reduce((sum, { children }) => sum + [...children.allTests(state)].length, 0);
		console.log(`\n${count("passed")} passed, ${count("failed")} failed`);
	},
};
