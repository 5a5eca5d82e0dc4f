/**
 * Reads the request's target and finds its host.
 */
import { createMiddleware } from "hono/factory";
import type { Bindings } from "../config/bindings.ts";
import { createHostDirectory, type HostDirectory } from "../config/host-directory.ts";
import { logHost } from "../observe/log.ts";
import { insidePrefix, readTarget, type Target } from "../request/target.ts";
import type { Refusal } from "../verdict.ts";
import type { EdgeEnv } from "./edge-env.ts";

export const identify = () =>
	createMiddleware<EdgeEnv>(async (c, next) => {
		const receivedMs = Date.now();
		const target = readTarget(c.req.raw);
		const found = directoryOf(c.env).find(hostnameOf(target), receivedMs);
		c.set("target", target);
		c.set("host", found instanceof Promise ? await found : found);
		c.set("requestId", crypto.randomUUID());
		c.set("receivedMs", receivedMs);
		await next();
	});

/**
 * The path that Hono routes on. Hono decodes a path with `decodeURI`, nginx in another way, so `/%2eedge/…` would have
 * two meanings. Only the edge's own endpoints have routes. Every other path is routed as `/`, because Hono's patterns
 * do not match a path with a line feed.
 */
export function routingPath(request: Request, options?: { env?: Bindings }): string {
	if (!MAY_BE_OWN.test(request.url)) return "/";
	const target = readTarget(request);
	if ("ok" in target) return "/";
	// The endpoints also work under the virtual path, because a proxy in front may pass on only that path.
	const prefix = directoryOf(options?.env ?? {}).prefixOf(hostnameOf(target));
	const inside = insidePrefix(target, prefix);
	const { canonical } = "ok" in inside ? target : inside;
	return OWN_PATH.test(canonical) ? canonical : "/";
}

/** A URL without `.edge` and without `%` never leads to the edge's own endpoints. Most requests are read only once. */
const MAY_BE_OWN = /\.edge|%/;
const OWN_PATH = /^\/\.edge(?:\/|$)/;

/** "" for a target that no reader accepts. */
export const hostnameOf = (target: Target | Refusal): string => ("ok" in target ? "" : target.site.hostname);

/** The platform passes the same `env` object with every request of an isolate. */
const directories = new WeakMap<Bindings, HostDirectory>();

function directoryOf(env: Bindings): HostDirectory {
	const known = directories.get(env);
	if (known) return known;
	const directory = createHostDirectory(env, logHost);
	directories.set(env, directory);
	return directory;
}
