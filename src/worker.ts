/**
 * The Worker's entry: bindings become a host once per isolate, then each request goes to the app.
 */
import { app } from "./app.ts";
import type { Bindings } from "./config/bindings.ts";
import { type Host, readHost } from "./config/host.ts";
import { logProblems } from "./decision-log.ts";
import { readTarget } from "./target/target.ts";

/** `env` is one object for an isolate's life. */
const hosts = new WeakMap<Bindings, Host>();

function hostOf(env: Bindings): Host {
	const known = hosts.get(env);
	if (known) return known;
	const host = readHost(env);
	logProblems(host.problems);
	hosts.set(env, host);
	return host;
}

export default {
	fetch: (request, env, context) =>
		app.fetch(request, { host: hostOf(env), target: readTarget(request) }, context),
} satisfies ExportedHandler<Bindings>;
