/**
 * Puts load on one URL for a moment: by wrk if it is installed, else by autocannon. The figures use the number of
 * answered requests. The rate is for information.
 */
import { execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";
import type { Work } from "../works.ts";

const run = promisify(execFile);

export interface Load {
	readonly requests: number;
	readonly perSecond: number;
}

export type LoadTool = (
	url: string,
	work: Pick<Work, "method" | "target" | "headers" | "body">,
	connections: number,
	ms: number,
) => Promise<Load>;

/** V8 optimises frequent code on a thread of the same process. Before that ends, its time is in the figures. */
export const WARM_UP_MS = 2000;

const folder = mkdtempSync(join(tmpdir(), "edge-load-"));

const wrk: LoadTool = async (url, { method, target, headers = {}, body }, connections, ms) => {
	const script = join(folder, "wrk.lua");
	const lines = Object.entries(headers).map(
		([name, value]) => `wrk.headers[${quote(name)}] = ${quote(value)}`,
	);
	writeFileSync(
		script,
		[`wrk.method = "${method}"`, body ? `wrk.body = ${quote(body)}` : "", ...lines].join("\n"),
	);
	// wrk takes whole seconds only. At an interrupt it ends as if its time were over.
	const longest = `-d${Math.ceil(ms / 1000) + 10}s`;
	const options = ["-t1", `-c${connections}`, longest, "--timeout", "30s", "-s", script, url + target];
	const child = spawn("wrk", options, { stdio: ["ignore", "pipe", "ignore"] });
	await once(child, "spawn");
	const printed = text(child.stdout);
	await wait(ms);
	child.kill("SIGINT");
	const stdout = await printed;
	const requests = Number(/(\d+) requests in/.exec(stdout)?.[1]);
	return { requests, perSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]) };
};

/** A Lua string. JSON and Lua escape `"`, `\\` and `\n` alike, and these texts need no other escape. */
const quote = (value: string) => JSON.stringify(value);

const autocannon: LoadTool = async (url, { method, target, headers = {}, body }, connections, ms) => {
	const script = createRequire(import.meta.url).resolve("autocannon");
	const given = Object.entries(headers).flatMap(([name, value]) => ["-H", `${name}=${value}`]);
	const input = join(folder, "body");
	if (body !== undefined) writeFileSync(input, body);
	// autocannon takes whole seconds only.
	const seconds = String(Math.ceil(ms / 1000));
	const options = ["-j", "-n", "-c", String(connections), "-d", seconds, "-m", method, ...given];
	const { stdout } = await run(process.execPath, [
		script,
		...options,
		...(body === undefined ? [] : ["-i", input]),
		url + target,
	]);
	const { requests, duration } = JSON.parse(stdout) as { requests: { total: number }; duration: number };
	return { requests: requests.total, perSecond: requests.total / duration };
};

export function findLoadTool(): { readonly name: string; readonly load: LoadTool } {
	try {
		execFileSync("wrk", ["--version"], { stdio: "ignore" });
	} catch (error) {
		// `wrk --version` prints its version and exits with 1.
		if ((error as NodeJS.ErrnoException).code === "ENOENT") return { name: "autocannon", load: autocannon };
	}
	return { name: "wrk", load: wrk };
}
