/**
 * `npm run verify`: checks the promises of `docs/promises.md`, and prints what each check measured.
 *
 *   npm run verify                       small sizes
 *   npm run verify -- --long             large sizes, some hours; writes docs/promises.md
 *   npm run verify -- --long --minutes 40  large sizes, but each check stops after its part of the time
 *   npm run verify -- --only NAME        the promises whose name contains NAME; with --long, writes their rows
 *   npm run verify -- --seed 7           repeats the cases of an earlier run
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { type Kept, promisesPage, resultsTable } from "./page.ts";
import { parametersOf } from "./parameters.ts";
import { PROMISES } from "./promises.ts";

const PAGE = new URL("../docs/promises.md", import.meta.url);

process.setMaxListeners(100);
const { values: options } = parseArgs({
	options: {
		long: { type: "boolean", default: false },
		minutes: { type: "string" },
		only: { type: "string" },
		seed: { type: "string" },
	},
});
const { seed, minutes, command } = parametersOf(options);
const chosen = PROMISES.filter(({ name }) => options.only === undefined || name.includes(options.only));
if (chosen.length === 0) {
	console.error(`No promise has this name. The names: ${PROMISES.map(({ name }) => name).join(", ")}`);
	process.exit(2);
}

const results: Kept[] = [];
for (const [at, { name, promise, method, small, long, run }] of chosen.entries()) {
	const leftMs = minutes === undefined ? Number.POSITIVE_INFINITY : minutes * 60_000 - performance.now();
	const deadlineMs = performance.now() + Math.max(0, leftMs) / (chosen.length - at);
	const startedMs = performance.now();
	console.log(`\n${name}: ${promise}`);
	const say = (line: string) => console.log(`  ${line}`);
	const outcome = await run({ amount: options.long ? long : small, deadlineMs, seed, say }).catch(
		(error) => ({
			isKept: false,
			figure: "the check itself failed",
			findings: [String(error?.stack ?? error)],
		}),
	);
	const seconds = Math.round((performance.now() - startedMs) / 1000);
	console.log(`  ${outcome.isKept ? "✓" : "✗"} ${outcome.figure} (${seconds} s)`);
	for (const finding of outcome.findings) console.log(`    ${finding}`);
	results.push({ name, promise, method, figure: outcome.figure, isKept: outcome.isKept, seconds });
}

console.log(`\n${resultsTable(results)}`);
console.log(`\n${command}`);
if (options.long) {
	const run = { date: new Date().toISOString().slice(0, 10), command };
	const earlier = existsSync(PAGE) ? readFileSync(PAGE, "utf8") : "";
	writeFileSync(PAGE, promisesPage(PROMISES, results, run, earlier));
	console.log("Written to docs/promises.md");
}
process.exit(results.every(({ isKept }) => isKept) ? 0 : 1);
