/**
 * `npm run bench`: measures the edge in turns with Workers that only pass requests on, with straightforward Workers and
 * with nginx. Prints tables and targets, and writes the run and its picture to `bench/results/`. `--help` lists the
 * options.
 */
import { cpus } from "node:os";
import { hasNginx } from "../test/node/support/nginx.ts";
import { runEndToEnd } from "./end-to-end/end-to-end.ts";
import { findLoadTool } from "./end-to-end/load.ts";
import { profile } from "./end-to-end/profile.ts";
import { runGrowth } from "./growth/growth.ts";
import { runHostile } from "./hostile/hostile-part.ts";
import { sendRandom } from "./hostile/random-requests.ts";
import { runIsolateDecisions } from "./isolate/isolate-decisions.ts";
import { runIsolateRequests } from "./isolate/isolate-requests.ts";
import { runIsolateSteps } from "./isolate/isolate-steps.ts";
import { runLatency } from "./latency/latency.ts";
import { HELP, readOptions } from "./options.ts";
import type { Bench, Part, PartResult } from "./part.ts";
import { draw } from "./picture.ts";
import { targetTable } from "./report.ts";
import { writeResults } from "./results.ts";
import { startOrigin } from "./servers/origin.ts";
import { runSockets } from "./sockets/sockets.ts";
import { runBundle } from "./start-up/bundle.ts";
import { runFirstVerdict } from "./start-up/first-verdict.ts";

const PARTS: readonly Part[] = [
	runEndToEnd,
	runIsolateRequests,
	runIsolateSteps,
	runIsolateDecisions,
	runLatency,
	runSockets,
	runHostile,
	runGrowth,
	runFirstVerdict,
	runBundle,
];

const options = readOptions();
if (options.asksForHelp) {
	console.log(HELP);
	process.exit(0);
}
// Each server adds an exit listener. Node warns of a leak above ten.
process.setMaxListeners(1000);
if (options.random !== undefined) {
	const seed = Number(process.env.SEED ?? Date.now() % 1e6);
	console.log(targetTable(await sendRandom(Number(options.random), seed)));
	process.exit(0);
}
if (!hasNginx) {
	console.error("The benchmark needs nginx as its origin: apt-get install nginx-light");
	process.exit(2);
}

const tool = findLoadTool();
const date = new Date().toISOString().slice(0, 10);
const machine = `${cpus().length} × ${cpus()[0]?.model.trim()}, node ${process.version}, load by ${tool.name}`;
console.log(`${date}, ${machine}`);
console.log("Compare only ratios within this run: other load on the machine slows all contenders alike.");

const origin = await startOrigin();
const bench: Bench = {
	pace: { rounds: options.isQuick ? 3 : 12, sliceMs: 500, connections: 16 },
	wants: (name) => options.only === undefined || name.includes(options.only),
	origin,
	load: tool.load,
	before: options.before,
};
if (options.profile !== undefined) {
	await profile(options.profile, bench);
	process.exit(0);
}

const results: PartResult[] = [];
let isComplete = true;
for (const run of PARTS) {
	try {
		const result = await run(bench);
		if (result === undefined) continue;
		results.push(result);
		if (result.text !== "") console.log(`\n${result.text}`);
	} catch (error) {
		// The other parts take many minutes: they are measured all the same.
		isComplete = false;
		console.error(`\n${run.name} failed:`, error);
	}
}
const targets = results.flatMap((result) => result.targets);
if (targets.length > 0) {
	console.log(`\n${targetTable(targets)}`);
	console.log("✓ met, ✗ missed, ≈ nearer to its bound than the noise: neither met nor missed");
}
await origin.stop();

if (isComplete && !options.isQuick && options.only === undefined && options.before === undefined) {
	const figures = Object.assign({}, ...results.map((result) => result.figures));
	writeResults(
		{ date, machine, command: "npm run bench", pace: bench.pace, ...figures, targets },
		draw(figures.works, date),
	);
	console.log("\nWritten to bench/results/run.json and run.svg");
}
process.exit(isComplete ? 0 : 1);
