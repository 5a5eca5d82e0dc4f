/**
 * The straightforward Worker that does less: it checks, and passes on. It writes no log, replaces no header, and waits
 * as long as the platform does.
 */
import { createPlainApp, type PlainContext } from "./plain-app.ts";

function forward(c: PlainContext, body?: string): Promise<Response> {
	const { pathname, search } = new URL(c.req.url);
	const url = c.env.ORIGIN + pathname + search;
	const request =
		body === undefined
			? new Request(url, c.req.raw)
			: new Request(url, { method: c.req.method, headers: c.req.raw.headers, body });
	return fetch(request, { redirect: "manual" });
}

export default createPlainApp(forward);
