/**
 * Formats the results of a run: a table for the terminal, and the page `docs/promises.md`.
 */
import { table } from "../bench/report.ts";

export interface Kept {
	readonly name: string;
	readonly promise: string;
	readonly method: string;
	readonly figure: string;
	readonly isKept: boolean;
	readonly seconds: number;
}

export const resultsTable = (results: readonly Kept[]): string =>
	table(
		["promise", "measured", "", "s"],
		results.map(({ name, figure, isKept, seconds }) => [name, figure, isKept ? "✓" : "✗", String(seconds)]),
	);

/** @param command that repeats the run */
export function promisesPage(
	results: readonly Kept[],
	{ date, command }: { readonly date: string; readonly command: string },
): string {
	const rows = results.map(
		({ name, promise, figure, isKept, method }) =>
			`| ${promise} | ${isKept ? "✓" : "✗"} ${figure} | ${method} | \`npm run verify -- --only "${name}"\` |`,
	);
	const minutes = Math.round(results.reduce((sum, { seconds }) => sum + seconds, 0) / 60);
	return `# What the edge promises, and how each promise is checked

A run of ${minutes} minutes on ${date} wrote this page. This command repeats it, with the same cases:

\`\`\`sh
${command}
\`\`\`

Without \`--long\`, the checks take minutes and have smaller sizes. Every change has to pass them.

| promise | measured | method | command |
| --- | --- | --- | --- |
${rows.join("\n")}
`;
}
