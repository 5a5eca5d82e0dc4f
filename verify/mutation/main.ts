/**
 * `npm run mutate`: puts small faults into the code, and reports those that no test notices.
 *
 *   npm run mutate                          the files that differ from HEAD
 *   npm run mutate -- --changed origin/main the files that differ from this revision
 *   npm run mutate -- --files 'src/link/*.ts'
 *   npm run mutate -- --sample 50 --seed 7  fifty mutants of all code, drawn by the seed
 *   npm run mutate -- --long                all of it, some hours
 *   npm run mutate -- … --json FILE         every mutant with its outcome
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { table } from "../../bench/report.ts";
import { mutantText } from "./mutant.ts";
import { type AreaReport, type Counts, mutationReport } from "./mutation-report.ts";

const { values: options } = parseArgs({
	options: {
		changed: { type: "string" },
		files: { type: "string" },
		json: { type: "string" },
		long: { type: "boolean", default: false },
		sample: { type: "string" },
		seed: { type: "string", default: String(Date.now() % 2 ** 31) },
	},
});
const isNarrowed = options.long || options.files !== undefined || options.sample !== undefined;
const report = await mutationReport({
	changedSince: options.changed ?? (isNarrowed ? undefined : "HEAD"),
	files: options.files,
	sample: options.sample === undefined ? undefined : Number(options.sample),
	seed: Number(options.seed),
	onArea: (area) => console.log(rowOf(area.name, area).join("  ")),
});

for (const mutant of report.survivors) console.log(mutantText(mutant));
for (const text of report.outdated) console.log(`Outdated justification: ${text}`);
const rows = [...report.areas.map((area) => rowOf(area.name, area)), rowOf("all", report)];
console.log(`\n${table(["area", "mutants", "noticed", "justified", "survived", "score"], rows)}`);
if (options.sample !== undefined) console.log(`Seed ${options.seed}`);
if (options.json !== undefined)
	writeFileSync(options.json, JSON.stringify(withoutFiles(report.areas), null, "\t"));
process.exit(report.isEnough && report.outdated.length === 0 ? 0 : 1);

function rowOf(name: string, { total, killed, justified, score }: Counts): string[] {
	const survived = total - killed - justified;
	return [name, ...[total, killed, justified, survived].map(String), `${score.toFixed(1)} %`];
}

function withoutFiles(areas: readonly AreaReport[]) {
	return areas.map((area) => ({
		...area,
		mutants: area.mutants.map(({ changedFile: _, ...mutant }) => mutant),
	}));
}
