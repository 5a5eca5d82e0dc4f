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

export interface Run {
	/** `2026-12-31`. */
	readonly date: string;
	/** Repeats the run. */
	readonly command: string;
}

export const resultsTable = (results: readonly Kept[]): string =>
	table(
		["promise", "measured", "", "s"],
		results.map(({ name, figure, isKept, seconds }) => [name, figure, isKept ? "✓" : "✗", String(seconds)]),
	);

/**
 * @param promises in the order of the page
 * @param earlier the page before: a promise that this run did not check keeps its row
 */
export function promisesPage(
	promises: readonly Pick<Kept, "promise">[],
	results: readonly Kept[],
	run: Run,
	earlier = "",
): string {
	const rows = promises.flatMap(({ promise }) => {
		const result = results.find((one) => one.promise === promise);
		const kept = earlier.split("\n").find((line) => line.startsWith(`| ${escaped(capital(promise))} |`));
		return result ? [rowOf(result, run)] : (kept ?? []);
	});
	return `# What the edge promises, and how each promise is checked

\`npm run verify\` writes this page, and nobody types its figures. The command of a row repeats its run: the seed makes the same
cases again. With \`--minutes\`, each check stops when its part of the time is over, and its figure says how far it came.

Without \`--long\`, the sizes are smaller and the checks take minutes: CI runs them with each change.

| promise | measured | method | date | time | command |
| --- | --- | --- | --- | --- | --- |
${rows.join("\n")}
`;
}

function rowOf({ promise, figure, isKept, method, seconds }: Kept, { date, command }: Run): string {
	const cells = [
		capital(promise),
		`${isKept ? "✓" : "✗"} ${figure}`,
		capital(method),
		date,
		`${seconds} s`,
		`\`${command}\``,
	];
	return `| ${cells.map(escaped).join(" | ")} |`;
}

const escaped = (text: string) => text.replaceAll("|", "\\|");
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
