/**
 * What the edge answers about itself, under `/.edge/`: to who may not be told, an endpoint does not exist.
 * By Hono, over the canonical path, as there is one model of a path.
 */
import type { Context } from "hono";
import { Hono } from "hono/tiny";
import type { Call } from "../call.ts";
import { nginxPage } from "../reply/doc-service-reply.ts";
import { statisticsOf } from "../observe/statistics.ts";
import { describeReadiness, describeStatus, mayReadStatus } from "./status.ts";
import { insidePrefix } from "../request/target.ts";

/** In any spelling. */
const OWN_PATH = /^\/\.edge(?:\/|$)/;
const NOT_STORED = { "Cache-Control": "no-store" };

export const isOwn = (call: Call): boolean => OWN_PATH.test(canonicalOf(call));

/** They are under a host's virtual path too: a proxy or a route may pass on that path alone. */
function canonicalOf({ host, target }: Call): string {
	if ("ok" in target) return "/";
	const inside = insidePrefix(target, host?.origin?.forwardedPrefix ?? "");
	return "ok" in inside ? target.canonical : inside.canonical;
}

export const ownEndpoints = new Hono<{ Bindings: Call }>({
	getPath: (_request, options) => canonicalOf(options?.env as Call),
});
ownEndpoints.get("/.edge/health", (c) => c.text("ok", 200, NOT_STORED));
ownEndpoints.get("/.edge/status", (c) => answerStatus(c, describeStatus));
ownEndpoints.get("/.edge/ready", (c) => answerStatus(c, describeReadiness));
ownEndpoints.all("*", () => notFound());
ownEndpoints.onError((error) => {
	throw error;
});

async function answerStatus(
	c: Context<{ Bindings: Call }>,
	describe: typeof describeStatus,
): Promise<Response> {
	const { host } = c.env;
	const nowSeconds = Math.floor(Date.now() / 1000);
	if (host === undefined || !(await mayReadStatus(c.req.raw, host, nowSeconds))) return notFound();
	return c.json(describe(host, statisticsOf(host.identity).snapshot()), 200, NOT_STORED);
}

function notFound(): Response {
	const { body, contentType } = nginxPage(404);
	return new Response(body, { status: 404, headers: { ...NOT_STORED, "Content-Type": contentType } });
}
