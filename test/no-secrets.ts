/**
 * Fails the whole run if a test, or the code that it runs, prints one of the secrets that the tests share. Code that prints
 * a secret in a test would print one in production.
 */
import { readFileSync } from "node:fs";
import type { Reporter } from "vitest/node";
import { secretFinder } from "./secret-forms.ts";
import { SHARED_SECRETS } from "./shared-secrets.ts";

const vectors = (name: string) =>
	JSON.parse(readFileSync(new URL(`vectors/${name}.json`, import.meta.url), "utf8"));

const SECRETS: readonly string[] = [
	...Object.values(SHARED_SECRETS),
	...Object.values<string>(vectors("requests").secrets),
	vectors("secure-link").secret,
];

/** @param fail called at the end of the run if something was printed */
export function createSecretWatch(fail: (message: string) => void): Reporter {
	const find = secretFinder(SECRETS);
	const leaks: string[] = [];
	let testOf: (id: string) => { readonly file: { name: string }; readonly name: string } | undefined = () =>
		undefined;
	return {
		onInit({ state }) {
			testOf = (id) => state.idMap.get(id);
		},
		onUserConsoleLog({ content, taskId = "" }) {
			const form = find(content);
			if (form === undefined) return;
			const test = testOf(taskId);
			// The line itself would print the secret once more.
			leaks.push(
				`a secret (${form}) was printed: ${test ? `${test.file.name}, ${test.name}` : "outside of a test"}`,
			);
		},
		onTestRunEnd() {
			if (leaks.length > 0) fail(leaks.join("\n"));
		},
	};
}

export const noSecrets = createSecretWatch((message) => {
	console.error(message);
	process.exitCode = 1;
});
