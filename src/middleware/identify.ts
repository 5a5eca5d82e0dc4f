/**
 * Reads the request's target, and finds its host with the deny lists of the moment.
 */
import { createMiddleware } from "hono/factory";
import type { Bindings } from "../config/bindings.ts";
import { createDenyLists, type DenyLists } from "../config/deny/deny-lists.ts";
import { type DenyRules, withDenyRules } from "../config/deny/deny-rules.ts";
import type { Host } from "../config/host.ts";
import { createHostDirectory, type HostDirectory } from "../config/host-directory.ts";
import { logHost } from "../observe/log.ts";
import { insidePrefix, readTarget, type Target } from "../request/target.ts";
import type { Refusal } from "../verdict.ts";
import type { EdgeContext, EdgeEnv } from "./edge-env.ts";

export const identify = () =>
	createMiddleware<EdgeEnv>(async (c, next) => {
		const receivedMs = Date.now();
		const target = readTarget(c.req.raw);
		const found = findHost(c, target, receivedMs);
		c.set("target", target);
		c.set("host", found instanceof Promise ? await found : found);
		c.set("requestId", crypto.randomUUID());
		c.set("receivedMs", receivedMs);
		await next();
	});

/** @returns the host with the deny lists of this moment; `undefined` for a hostname that the edge does not serve */
export function findHost(
	c: Pick<EdgeContext, "env" | "executionCtx">,
	target: Target | Refusal,
	nowMs: number,
): Host | undefined | Promise<Host | undefined> {
	const { hosts, denyLists } = hostsOf(c.env);
	const hostname = hostnameOf(target);
	const host = hosts.find(hostname, nowMs);
	const deny = denyLists.current(nowMs, (work) => c.executionCtx.waitUntil(work));
	const join = (found: Host | undefined, rules: DenyRules) => found && withDenyRules(found, rules, hostname);
	if (!(host instanceof Promise) && !(deny instanceof Promise)) return join(host, deny);
	return Promise.all([host, deny]).then(([found, rules]) => join(found, rules));
}

/** Whether a deny list can change while this isolate lives. */
export const mayDenyLater = (c: EdgeContext): boolean => hostsOf(c.env).denyLists.mayChange;

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
	const prefix = hostsOf(options?.env ?? {}).hosts.prefixOf(hostnameOf(target));
	const inside = insidePrefix(target, prefix);
	const { canonical } = "ok" in inside ? target : inside;
	return OWN_PATH.test(canonical) ? canonical : "/";
}

/** A URL without `.edge` and without `%` never leads to the edge's own endpoints. Most requests are read only once. */
const MAY_BE_OWN = /\.edge|%/;
const OWN_PATH = /^\/\.edge(?:\/|$)/;

/** "" for a target that no reader accepts. */
export const hostnameOf = (target: Target | Refusal): string => ("ok" in target ? "" : target.site.hostname);

/** The hosts and the deny lists of one `env`. The platform passes the same object with every request of an isolate. */
interface EnvHosts {
	readonly hosts: HostDirectory;
	readonly denyLists: DenyLists;
}

const known = new WeakMap<Bindings, EnvHosts>();

function hostsOf(env: Bindings): EnvHosts {
	const read = known.get(env) ?? {
		hosts: createHostDirectory(env, logHost),
		denyLists: createDenyLists(env, (problems) => logHost({ problems, warnings: [] })),
	};
	known.set(env, read);
	return read;
}
