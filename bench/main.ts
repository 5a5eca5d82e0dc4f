/**
 * `npm run bench`: measures the edge in turns with the platform's limit, a straightforward Worker and nginx. Prints
 * tables, and writes the run and its picture to `bench/results/`.
 *
 *   npm run bench                    everything
 *   npm run bench -- --quick         short rounds; writes nothing
 *   npm run bench -- --only NAME     works and parts whose name contains NAME; writes nothing
 *   npm run bench -- --before REV    the same works beside this edge at another commit; writes nothing
 *   npm run bench -- --random COUNT  random requests against `npm start`: no 500, no growth
 *   npm run bench -- --profile NAME  the CPU time of one work by spender, measured by Linux perf
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { BUNDLE_LIMIT_KIB, buildBundle, buildCommit, buildWorker } from "../local/build.ts";
import { hasNginx } from "../test/node/support/nginx.ts";
import { startCacheServer } from "./cache-server.ts";
import { type Measured, measureWork } from "./end-to-end.ts";
import { growBody, growConnections, growHosts, growStreams, type Point } from "./growth.ts";
import { type HostileCost, measureHostile } from "./hostile.ts";
import { measureDecisions, ratioOf } from "./isolate.ts";
import { findLoadTool } from "./load.ts";
import { median } from "./measure.ts";
import { startCheckingNginx, startOrigin } from "./origin.ts";
import { draw } from "./picture.ts";
import { profile } from "./profile.ts";
import { sendRandom } from "./random-requests.ts";
import { fixed, table, targetTable } from "./report.ts";
import { measureStart, sizeOf } from "./start-up.ts";
import { atLeast, atMost, type Target } from "./targets.ts";
import { startWorkerd } from "./workerd.ts";
import { CACHE_HIT, type Contender, SECRETS, WORKS, type Work } from "./works.ts";

// Each server adds an exit listener. Node warns of a leak above ten.
process.setMaxListeners(100);
const { values: options } = parseArgs({
	options: {
		quick: { type: "boolean", default: false },
		only: { type: "string" },
		before: { type: "string" },
		profile: { type: "string" },
		random: { type: "string" },
	},
});
if (options.random !== undefined) {
	const seed = Number(process.env.SEED ?? Date.now() % 1e6);
	console.log(targetTable(await sendRandom(Number(options.random), seed)));
	process.exit(0);
}
if (!hasNginx) {
	console.error("The benchmark needs nginx as its origin: apt-get install nginx-light");
	process.exit(2);
}
const wanted = (name: string) => options.only === undefined || name.includes(options.only);
const pace = { rounds: options.quick ? 2 : 11, seconds: 1, connections: 16 };
const NO_CACHE = { CACHE_SECONDS: "0", CACHE_REVALIDATED_SECONDS: "0" };
const RESULTS = new URL("results/", import.meta.url);

const tool = findLoadTool();
const date = new Date().toISOString().slice(0, 10);
const machine = `${cpus().length} × ${cpus()[0]?.model.trim()}, node ${process.version}, load by ${tool.name}`;
console.log(`${date}, ${machine}`);
console.log("Compare only ratios within this run: other load on the machine slows all contenders alike.\n");

const bundle = await buildBundle();
const limitSource = await buildWorker("bench/workers/pass-through.ts");
const origin = await startOrigin();
const bindings = { ...SECRETS, ORIGIN: origin.url.origin };
const workers = {
	limit: { source: limitSource, bindings },
	straightforward: { source: await buildWorker("bench/workers/straightforward.ts"), bindings },
	ours: { source: bundle, bindings: { ...bindings, ...NO_CACHE } },
};
if (options.profile !== undefined) {
	const work = WORKS.find(({ name }) => name.includes(options.profile ?? ""));
	if (work === undefined)
		throw new Error(
			`no work has ${options.profile} in its name: ${WORKS.map(({ name }) => name).join(", ")}`,
		);
	await profile(workers, work, tool.load);
	process.exit(0);
}
const cache = await startCacheServer();
const servers = {
	limit: await startWorkerd(workers.limit),
	straightforward: await startWorkerd(workers.straightforward),
	ours: await startWorkerd(workers.ours),
	...(options.before !== undefined && {
		before: await startWorkerd({ ...workers.ours, source: await buildCommit(options.before) }),
	}),
	nginx: await startCheckingNginx(origin).then(({ url, pid, stop }) => ({ url: url.origin, pid, stop })),
};
const caching = await startWorkerd({ source: bundle, bindings, cache: cache.address });

const targets: Target[] = [];
const works: Record<string, Partial<Record<Contender, Measured>>> = {};
const measured = async (work: Work, entrants: Parameters<typeof measureWork>[1]) => {
	if (!wanted(work.name)) return;
	const result = await measureWork(work, entrants, tool.load, pace);
	works[work.name] = result;
	const { ours, straightforward } = result;
	if (ours && work.atLeast) targets.push(atLeast(work.name, ours.ofLimit, work.atLeast, " of the limit"));
	if (ours && straightforward) {
		targets.push(atLeast(`${work.name}, beside the straightforward`, ours.ofStraightforward, 1, " ×"));
	}
};
for (const work of WORKS) await measured(work, servers);
await measured(CACHE_HIT, { ...servers, ours: caching });
if (Object.keys(works).length > 0) {
	const cell = (one: Measured | undefined) => [fixed(one?.cpuUs, 1), fixed(one?.perSecond, 0)];
	console.log("End to end: CPU time of the process per request (µs), and requests per second");
	console.log(
		table(
			["work", "limit", "/s", "straightforward", "/s", "ours", "/s", "nginx", "/s", "limit ÷ ours"],
			Object.entries(works).map(([name, { limit, straightforward, ours, nginx }]) => [
				name,
				...[limit, straightforward, ours, nginx].flatMap(cell),
				fixed(ours?.ofLimit),
			]),
		),
	);
	if (options.before !== undefined) {
		console.log(`\nBeside ${options.before}: its CPU time divided by this edge's`);
		const rows = Object.entries(works).map(([name, { ours, before }]) => [
			name,
			fixed(before?.cpuUs, 1),
			fixed(ours?.cpuUs, 1),
			fixed(ours?.ofBefore, 3),
		]);
		console.log(table(["work", "before", "ours", "before ÷ ours"], rows));
	}
}

let hostile: HostileCost[] = [];
if (options.only === undefined || options.only.includes("hostile")) {
	const measuredHostile = await measureHostile(bundle, pace.rounds);
	hostile = measuredHostile.costs;
	targets.push(...measuredHostile.targets);
	console.log(
		"\nHostile requests: CPU time of one, memory growth by ten at once, and wait of another client",
	);
	console.log(
		table(
			["request", "CPU ms", "× ordinary", "MiB", "others ms"],
			hostile.map(({ name, cpuMs, timesOrdinary, mib, othersMs }) => [
				name,
				fixed(cpuMs),
				fixed(timesOrdinary, 1),
				fixed(mib, 1),
				fixed(othersMs, 0),
			]),
		),
	);
}

let decisions: Record<string, number[]> = {};
if (wanted("isolate")) {
	const source = await buildWorker("bench/workers/decisions.ts");
	decisions = await measureDecisions(source, { rounds: pace.rounds, ms: 200 });
	const floors: Record<string, string> = {
		link: "link: floor, subtle.digest MD5",
		token: "token: floor, subtle.verify HMAC",
	};
	const ofFloor = (name: string) =>
		ratioOf(decisions, name, floors[/(link|token):/.exec(name)?.[1] ?? ""] ?? "");
	console.log("\nIn the isolate: CPU time per decision (µs), and as a multiple of its floor");
	console.log(
		table(
			["decision", "µs", "× floor"],
			Object.entries(decisions).map(([name, samples]) => [
				name,
				fixed(median(samples)),
				fixed(ofFloor(name)),
			]),
		),
	);
	targets.push(atMost("link decision in the isolate", ofFloor("link: decide"), 1.6, " × floor"));
	targets.push(atMost("token decision in the isolate", ofFloor("token: decide"), 1.8, " × floor"));
	const peers = Object.keys(decisions).filter((name) => / (?:jwtVerify|verify)$/.test(name));
	for (const [ours, what] of [
		["token: verifyToken", "token alone"],
		["token: decide", "whole token decision"],
	] as const) {
		for (const peer of peers) {
			const name = `${what}, beside ${peer.slice("token: ".length)}`;
			targets.push(atLeast(name, ratioOf(decisions, peer, ours), 1, " ×"));
		}
	}
}

const growth: Record<string, Point[]> = {};
const quarter = { rounds: Math.ceil(pace.rounds / 2), seconds: pace.seconds };
if (wanted("hosts")) growth.hosts = await growHosts(bundle, origin.url.origin, tool.load, { ...pace });
if (wanted("body token")) growth["KiB of body with token"] = await growBody(servers.ours, tool.load, quarter);
if (wanted("connections")) growth.connections = await growConnections(servers.ours, tool.load, quarter);
for (const [name, points] of Object.entries(growth)) {
	console.log(`\nGrowth: ${name}`);
	console.log(
		table(
			[name, "µs", "× first", "/s"],
			points.map(({ at, cpuUs, timesFirst, perSecond }) => [
				String(at),
				fixed(cpuUs, 1),
				fixed(timesFirst),
				fixed(perSecond, 0),
			]),
		),
	);
}
const many = growth.hosts?.at(-1);
if (many) targets.push(atMost("10,000 hosts", many.timesFirst, 1.05, " × one host"));

const streamsMib = wanted("streams") ? await growStreams(workers.ours) : undefined;
if (streamsMib !== undefined)
	targets.push(atMost("memory, 8 × 100 MB streams", streamsMib, 64, " MiB above idle"));

const size = sizeOf(bundle);
const start = wanted("start")
	? await measureStart(bundle, limitSource, origin.url.origin, pace.rounds)
	: undefined;
console.log(`\nBundle: ${fixed(size.rawKib, 1)} KiB, ${fixed(size.gzipKib, 1)} KiB gzipped`);
targets.push(atMost("bundle", size.gzipKib, BUNDLE_LIMIT_KIB, " KiB gzipped"));
if (start) {
	console.log(
		`First verdict of a fresh process: ${fixed(start.oursMs, 0)} ms; first response of the limit: ${fixed(start.limitMs, 0)} ms`,
	);
}

console.log(`\n${targetTable(targets)}`);

await Promise.all([...Object.values(servers), caching].map(({ stop }) => stop()));
await origin.stop();
cache.stop();

if (!options.quick && options.only === undefined && options.before === undefined) {
	mkdirSync(RESULTS, { recursive: true });
	const medians = Object.fromEntries(
		Object.entries(decisions).map(([name, samples]) => [name, median(samples)]),
	);
	const run = {
		date,
		machine,
		pace,
		works,
		decisionsUs: medians,
		growth,
		streamsMib,
		hostile,
		size,
		start,
		targets,
	};
	writeFileSync(new URL("run.json", RESULTS), `${JSON.stringify(run, null, "\t")}\n`);
	const bars = [...WORKS, CACHE_HIT].map(({ name, atLeast: target }) => {
		const { ours, straightforward } = works[name] ?? {};
		return {
			name,
			ours: ours?.ofLimit ?? 0,
			straightforward: straightforward?.ofLimit ?? 0,
			...(target && { target }),
		};
	});
	writeFileSync(
		new URL("run.svg", RESULTS),
		draw(`CPU time of the limit ÷ CPU time per request, ${date}`, bars),
	);
	console.log("\nWritten to bench/results/run.json and run.svg");
}
process.exit(0);
