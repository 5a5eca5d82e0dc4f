/**
 * The edge's own endpoints, under `/.edge/`. Callers without a status token get 404, as if the endpoint did not exist.
 */
import { Hono } from "hono/tiny";
import type { EdgeContext, EdgeEnv } from "../middleware/edge-env.ts";
import { statisticsOf } from "../observe/statistics.ts";
import { nginxPage } from "../reply/nginx-page.ts";
import { describeReadiness } from "./readiness.ts";
import { describeStatus, mayReadStatus } from "./status.ts";

const NOT_STORED = { "Cache-Control": "no-store" };

export const ownEndpoints = () =>
	new Hono<EdgeEnv>()
		.get("/health", (c) => c.text("ok", 200, NOT_STORED))
		.get("/status", (c) => answerStatus(c, describeStatus))
		.get("/ready", (c) => answerStatus(c, describeReadiness))
		.all("*", () => notFound());

async function answerStatus(c: EdgeContext, describe: typeof describeStatus): Promise<Response> {
	const host = c.get("host");
	const nowSeconds = Math.floor(Date.now() / 1000);
	if (host === undefined || !(await mayReadStatus(c.req.raw, host, nowSeconds))) return notFound();
	return c.json(describe(host, statisticsOf(host.identity).snapshot()), 200, NOT_STORED);
}

function notFound(): Response {
	const { body, contentType } = nginxPage(404);
	return new Response(body, { status: 404, headers: { ...NOT_STORED, "Content-Type": contentType } });
}
