/**
 * The Worker's entry: bindings become hosts once per isolate, then each request goes to the app with its own.
 */
import { answerRequest } from "./app.ts";
import type { Bindings } from "./config/bindings.ts";
import { createHostDirectory, type HostDirectory } from "./config/host-directory.ts";
import { type Dataset, logHost } from "./observe/decision-record.ts";
import { readTarget } from "./request/target.ts";

/** `env` is one object for an isolate's life. */
const directories = new WeakMap<Bindings, HostDirectory>();

function directoryOf(env: Bindings): HostDirectory {
	const directory = directories.get(env) ?? createHostDirectory(env, logHost);
	directories.set(env, directory);
	return directory;
}

function isDataset(binding: unknown): binding is Dataset {
	return typeof binding === "object" && binding !== null && "writeDataPoint" in binding;
}

export default {
	async fetch(request, env, context) {
		const target = readTarget(request);
		const hostname = "ok" in target ? "" : target.site.hostname;
		const found = directoryOf(env).find(hostname, Date.now());
		const host = found instanceof Promise ? await found : found;
		const metrics = isDataset(env.METRICS) ? env.METRICS : undefined;
		return answerRequest(request, { host, target, metrics }, (promise) => context.waitUntil(promise));
	},
} satisfies ExportedHandler<Bindings>;
