/**
 * Runs one Worker in its own workerd process, without Miniflare, so that only the Worker and the runtime are measured.
 * Its log goes to /dev/null.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { COMPATIBILITY_DATE, freePort } from "../local/edge.ts";
import { waitForPort } from "../test/node/support/nginx.ts";

/** The same binary that Miniflare runs. The package `workerd` exports its path. */
const BINARY: string = createRequire(import.meta.resolve("miniflare"))("workerd").default;

export interface Workerd {
	readonly url: string;
	readonly pid: number;
	readonly stop: () => Promise<void>;
}

export interface WorkerdOptions {
	/** One ES module. */
	readonly source: string;
	readonly bindings?: Readonly<Record<string, string>>;
	/** The address of a server that plays the platform's cache. */
	readonly cache?: string;
	readonly v8Flags?: readonly string[];
}

export async function startWorkerd({
	source,
	bindings = {},
	cache,
	v8Flags = [],
}: WorkerdOptions): Promise<Workerd> {
	const folder = mkdtempSync(join(tmpdir(), "edge-bench-"));
	const port = await freePort();
	const texts = Object.entries(bindings).map(
		([name, value]) =>
			`(name = "${name}", text = embed ${JSON.stringify(writeTo(folder, `${name}.txt`, value))})`,
	);
	writeTo(folder, "worker.js", source);
	writeTo(
		folder,
		"config.capnp",
		`using Workerd = import "/workerd/workerd.capnp";
		const config :Workerd.Config = (
			v8Flags = [${v8Flags.map((flag) => `"${flag}"`).join(", ")}],
			services = [
				(name = "main", worker = .worker),
				(name = "network", network = (allow = ["private", "public"])),
				${cache ? `(name = "cache", external = (address = "${cache}", http = ())),` : ""}
			],
			sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")]
		);
		const worker :Workerd.Worker = (
			modules = [(name = "worker.js", esModule = embed "worker.js")],
			compatibilityDate = "${COMPATIBILITY_DATE}",
			globalOutbound = "network",
			${cache ? 'cacheApiOutbound = "cache",' : ""}
			bindings = [${texts.join(", ")}]
		);`,
	);
	const child = spawn(BINARY, ["serve", join(folder, "config.capnp")], {
		cwd: folder,
		stdio: ["ignore", "ignore", process.env.BENCH_DEBUG ? "inherit" : "ignore"],
	});
	process.once("exit", () => child.kill());
	await waitForPort(port, child);
	return {
		url: `http://127.0.0.1:${port}`,
		pid: child.pid ?? 0,
		stop: async () => {
			const ended = new Promise((resolve) => child.once("exit", resolve));
			child.kill();
			await ended;
			await rm(folder, { recursive: true, force: true });
		},
	};
}

function writeTo(folder: string, name: string, text: string): string {
	writeFileSync(join(folder, name), text);
	return name;
}
