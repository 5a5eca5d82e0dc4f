/**
 * Runs one Worker in its own workerd process, without Miniflare, so that only the Worker and the runtime are measured.
 * Its log goes to /dev/null.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { COMPATIBILITY_DATE, COMPATIBILITY_FLAGS } from "../../local/edge.ts";

/** The same binary that Miniflare runs. The package `workerd` exports its path. */
const BINARY: string = createRequire(import.meta.resolve("miniflare"))("workerd").default;

export interface Workerd {
	readonly url: string;
	readonly pid: number;
	/** The port of the inspector, if it was asked for. */
	readonly inspectorPort: number | undefined;
	readonly stop: () => Promise<void>;
}

export interface WorkerdOptions {
	/** The entry, one ES module. */
	readonly source: string;
	/** Modules that the entry imports, by name. */
	readonly modules?: Readonly<Record<string, string>>;
	readonly bindings?: Readonly<Record<string, string>>;
	/** The address of a server that plays the platform's cache. */
	readonly cache?: string;
	readonly v8Flags?: readonly string[];
	/** An inspector changes what V8 holds in memory: it is off unless it is asked for. */
	readonly hasInspector?: boolean;
}

export async function startWorkerd(options: WorkerdOptions): Promise<Workerd> {
	const folder = mkdtempSync(join(tmpdir(), "edge-bench-"));
	writeFileSync(
		join(folder, "config.capnp"),
		configuration(options, (name, text) => {
			writeFileSync(join(folder, name), text);
			return JSON.stringify(name);
		}),
	);
	const inspector = options.hasInspector ? ["--inspector-addr=127.0.0.1:0"] : [];
	const child = spawn(BINARY, ["serve", "--control-fd=3", ...inspector, join(folder, "config.capnp")], {
		cwd: folder,
		stdio: ["ignore", "ignore", process.env.BENCH_DEBUG ? "inherit" : "ignore", "pipe"],
	});
	// A kinder signal would let workerd wait a minute for open polls.
	const kill = () => child.kill("SIGKILL");
	process.once("exit", kill);
	const { port, inspectorPort } = await listening(child, options.hasInspector === true);
	return {
		url: `http://127.0.0.1:${port}`,
		pid: child.pid ?? 0,
		inspectorPort,
		stop: async () => {
			const ended = new Promise((resolve) => child.once("exit", resolve));
			kill();
			await ended;
			process.off("exit", kill);
			await rm(folder, { recursive: true, force: true });
		},
	};
}

/** @param embed writes a file beside the configuration, and returns its quoted name */
function configuration(
	{ source, modules = {}, bindings = {}, cache, v8Flags = [] }: WorkerdOptions,
	embed: (name: string, text: string) => string,
): string {
	const embeddedModules = Object.entries({ "worker.js": source, ...modules }).map(
		([name, code]) => `(name = "${name}", esModule = embed ${embed(name, code)})`,
	);
	const texts = Object.entries(bindings).map(
		([name, value]) => `(name = "${name}", text = embed ${embed(`${name}.txt`, value)})`,
	);
	return `using Workerd = import "/workerd/workerd.capnp";
		const config :Workerd.Config = (
			v8Flags = [${v8Flags.map((flag) => `"${flag}"`).join(", ")}],
			services = [
				(name = "main", worker = .worker),
				(name = "network", network = (allow = ["private", "public"])),
				${cache ? `(name = "cache", external = (address = "${cache}", http = ())),` : ""}
			],
			sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")]
		);
		const worker :Workerd.Worker = (
			modules = [${embeddedModules.join(", ")}],
			compatibilityDate = "${COMPATIBILITY_DATE}",
			compatibilityFlags = [${COMPATIBILITY_FLAGS.map((flag) => `"${flag}"`).join(", ")}],
			globalOutbound = "network",
			${cache ? 'cacheApiOutbound = "cache",' : ""}
			bindings = [${texts.join(", ")}]
		);`;
}

interface Ports {
	readonly port: number;
	readonly inspectorPort: number | undefined;
}

/** workerd writes a line of JSON to its control file for each port on which it listens. */
async function listening(child: ChildProcess, hasInspector: boolean): Promise<Ports> {
	let port: number | undefined;
	let inspectorPort: number | undefined;
	for await (const line of createInterface({ input: child.stdio[3] as Readable })) {
		const said = JSON.parse(line) as { readonly event: string; readonly port?: number };
		if (said.event === "listen") port = said.port;
		if (said.event === "listen-inspector") inspectorPort = said.port;
		if (port !== undefined && (!hasInspector || inspectorPort !== undefined)) return { port, inspectorPort };
	}
	throw new Error(`workerd ended before it listened: BENCH_DEBUG=1 shows why`);
}
