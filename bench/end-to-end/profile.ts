/**
 * `npm run bench -- --profile NAME`: runs one work on each Worker in turn under Linux perf, and shows the spenders of
 * its CPU time.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { cpuNs } from "../measure/cpu.ts";
import type { Bench } from "../part.ts";
import { fixed, table } from "../report.ts";
import { contenderOptions } from "../servers/contenders.ts";
import { startWorkerd, type WorkerdOptions } from "../servers/workerd.ts";
import { WORKS, type Work } from "../works.ts";
import { type LoadTool, WARM_UP_MS } from "./load.ts";

const MEASURED_MS = 6000;
const CONNECTIONS = 16;
const SAMPLES_PER_SECOND = "2000";
/** V8 writes the names of its functions for perf, those of interpreted functions included. */
const V8_FLAGS = ["--perf-basic-prof", "--interpreted-frames-native-stack"];

/** The spenders of CPU time. */
const PLATFORM = "platform: HTTP, sockets, events";
const GARBAGE = "platform: garbage";
const CODE = "the Worker's own code";
const CALLED = "called by it: ";

/** Microseconds of CPU time per request, by spender. */
type Shares = ReadonlyMap<string, number>;

const PROFILED = ["limit", "straightforward", "equal duties", "ours"] as const;

/** @param name a part of the name of the work */
export async function profile(name: string, { origin, load }: Bench): Promise<void> {
	const work = WORKS.find((one) => one.name.includes(name));
	if (work === undefined) {
		const names = WORKS.map((one) => one.name).join(", ");
		throw new Error(`no work has ${name} in its name: ${names}`);
	}
	const shares: Record<string, Shares> = {};
	for (const contender of PROFILED) {
		const options = await contenderOptions(contender, { origin: origin.url.origin });
		shares[contender] = await measure(options, work, load);
	}
	const columns = Object.values(shares);
	const spenders = [...new Set(columns.flatMap((one) => [...one.keys()]))];
	const most = (spender: string) => Math.max(...columns.map((one) => one.get(spender) ?? 0));
	const totals = columns.map((one) => [...one.values()].reduce((sum, us) => sum + us, 0));
	const rows = spenders
		.filter((spender) => most(spender) >= 0.5)
		.toSorted((a, b) => most(b) - most(a))
		.map((spender) => [spender, ...columns.map((one) => fixed(one.get(spender) ?? 0, 1))]);
	console.log(`${work.name}: CPU time per request (µs) by spender, from samples of perf`);
	console.log(table(["", ...Object.keys(shares)], [...rows, ["all", ...totals.map((us) => fixed(us, 1))]]));
}

async function measure(options: WorkerdOptions, work: Work, load: LoadTool): Promise<Shares> {
	const folder = mkdtempSync(join(tmpdir(), "edge-perf-"));
	const file = join(folder, "perf.data");
	const workerd = await startWorkerd({ ...options, v8Flags: V8_FLAGS });
	try {
		await load(workerd.url, work, CONNECTIONS, WARM_UP_MS);
		const how = ["record", "-g", "-e", "cpu-clock", "-F", SAMPLES_PER_SECOND, "-o", file];
		const recorder = spawn("perf", [...how, "-p", String(workerd.pid)], { stdio: "ignore" });
		await once(recorder, "spawn").catch(() => {
			throw new Error("--profile needs Linux perf: apt-get install linux-perf");
		});
		const before = cpuNs(workerd.pid);
		const { requests } = await load(workerd.url, work, CONNECTIONS, MEASURED_MS);
		const us = (cpuNs(workerd.pid) - before) / 1000 / requests;
		recorder.kill("SIGINT");
		await once(recorder, "exit");
		const counts = await countStacks(file);
		const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
		return new Map([...counts].map(([spender, count]) => [spender, (count / all) * us]));
	} finally {
		await workerd.stop();
		rmSync(folder, { recursive: true });
		rmSync(`/tmp/perf-${workerd.pid}.map`, { force: true });
	}
}

/** Reads `perf script`. A stack is a line with the process, a line per frame from the innermost, and an empty line. */
async function countStacks(file: string): Promise<Map<string, number>> {
	const script = spawn("perf", ["script", "-i", file, "-F", "comm,ip,sym", "--no-inline"], {
		stdio: ["ignore", "pipe", "ignore"],
	});
	const counts = new Map<string, number>();
	let frames: string[] = [];
	for await (const line of createInterface({ input: script.stdout })) {
		const frame = /^\s+[\da-f]+ (.+)$/.exec(line)?.[1];
		if (frame !== undefined) frames.push(frame);
		if (line !== "" || frames.length === 0) continue;
		const spender = spenderOf(frames);
		counts.set(spender, (counts.get(spender) ?? 0) + 1);
		frames = [];
	}
	return counts;
}

const OWN_CODE = /^JS:.* worker\.js:/;
/** @param frames the innermost frame comes first */
function spenderOf(frames: readonly string[]): string {
	if (frames.some((frame) => frame.includes("CollectGarbage"))) return GARBAGE;
	const own = frames.findIndex((frame) => OWN_CODE.test(frame));
	if (own === -1) return PLATFORM;
	const called = frames.slice(0, own).toReversed();
	const isCall = called.some((frame) => !/^Builtins_|^v8::internal::/.test(frame));
	return isCall ? CALLED + nameOf(called) : CODE;
}

/** Shortens `workerd::api::Headers::set` to `Headers.set`. Frames that only convert values have no such name. */
function nameOf(called: readonly string[]): string {
	if (called.some((frame) => frame.includes("consoleDecorator"))) return "console.log";
	const api = called
		.map((frame) =>
			/^workerd::api::(?:\(.*?\)::)?(?:\w+::)*?(\w+::\w+)|ConstructorCallback<.*?, workerd::api::(?:\w+::)*(\w+)/.exec(
				frame,
			),
		)
		.find((found) => found !== null);
	if (api?.[2]) return `new ${api[2]}`;
	if (api?.[1]) return api[1].replace("ServiceWorkerGlobalScope::", "").replace("::", ".");
	return called.some((frame) => frame.includes(" node-internal")) ? "Node's modules" : "bindings";
}
