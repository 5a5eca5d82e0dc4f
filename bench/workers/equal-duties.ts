/**
 * The straightforward Worker with equal duties: beside the checks it writes a log line, gives each request an id, sets
 * the forwarded headers and limits the wait, as a competent user would.
 */
import { Hono } from "hono";
import { routePath } from "hono/route";
import { createPlainApp, type PlainContext, type PlainEnv } from "./plain-app.ts";

const TIMEOUT_MS = 300_000;

/** Hop-by-hop headers (RFC 9110 §7.6.1), and headers that the origin believes. */
const DROPPED_HEADERS = [
	"Connection",
	"Keep-Alive",
	"Proxy-Authorization",
	"Proxy-Connection",
	"TE",
	"Trailer",
	"Transfer-Encoding",
	"Forwarded",
	"X-Forwarded-For",
	"X-Forwarded-Host",
	"X-Forwarded-Proto",
	"X-Real-IP",
];

function forwardedHeaders({ headers: received }: Request, { host, protocol }: URL): Headers {
	const headers = new Headers(received);
	for (const name of received.get("Connection")?.split(",") ?? []) headers.delete(name.trim());
	for (const name of DROPPED_HEADERS) headers.delete(name);
	const client = received.get("CF-Connecting-IP");
	if (client) headers.set("X-Forwarded-For", client);
	headers.set("X-Forwarded-Host", host);
	headers.set("X-Forwarded-Proto", protocol.slice(0, -1));
	return headers;
}

async function forward(c: PlainContext, text?: string): Promise<Response> {
	const request = c.req.raw;
	const url = new URL(request.url);
	// `AbortSignal.timeout` would also cut a long download.
	const late = new AbortController();
	const timer = setTimeout(() => late.abort(), TIMEOUT_MS);
	try {
		return await fetch(c.env.ORIGIN + url.pathname + url.search, {
			method: request.method,
			headers: forwardedHeaders(request, url),
			body: text ?? request.body,
			redirect: "manual",
			signal: late.signal,
		});
	} catch {
		return late.signal.aborted ? c.text("Gateway Timeout", 504) : c.text("Bad Gateway", 502);
	} finally {
		clearTimeout(timer);
	}
}

function onRefusal(c: PlainContext): void {
	c.set("verdict", "refuse");
	c.header("X-Request-Id", c.get("requestId"));
}

const app = new Hono<PlainEnv>();
app.use(async (c, next) => {
	const received = Date.now();
	c.set("requestId", crypto.randomUUID());
	await next();
	const line = {
		time: new Date(received).toISOString(),
		id: c.get("requestId"),
		host: c.req.header("Host"),
		method: c.req.method,
		route: routePath(c, -1),
		verdict: c.get("verdict") ?? "accept",
		status: c.res.status,
		ms: Date.now() - received,
	};
	console.log(JSON.stringify(line));
});

export default app.route("/", createPlainApp(forward, onRefusal));
