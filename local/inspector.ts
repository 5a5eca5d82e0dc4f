/**
 * The inspector: a page on this machine that explains a pasted request and shows the edge's last decisions.
 *
 * The inspector checks the `Host` and `Origin` headers, so no other web page can use it. It is not deployed.
 */
import { readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import type { AddressInfo } from "node:net";
import { Hono } from "hono";
import { secureHeaders } from "hono/secure-headers";
import { explain } from "../src/cli/explain/explain.ts";
import { type LocalHosts, pickHost } from "../src/cli/local-host.ts";
import type { Pasted, PastedRequest } from "../src/cli/paste/pasted.ts";
import { readPasted } from "../src/cli/paste/read-request.ts";
import { describeName } from "../src/cli/reference.ts";
import type { Host } from "../src/config/host.ts";
import { createDecisionStream, type DecisionStream } from "./inspector/decision-stream.ts";
import { makeExamples } from "./inspector/examples.ts";
import { serveOnNode } from "./inspector/node-server.ts";
import type { TappedRequest } from "./request-tap.ts";

const PASTED_LIMIT_BYTES = 1024 * 1024;
const LOCAL = /^(?:127\.0\.0\.1|localhost|\[::1\]):\d+$/;
/** The parts of the page. A browser asks for each module by the name in its import, which ends in `.ts`. */
const MODULES = ["page.ts", "dom.ts", "explanation.ts", "ticket.ts", "decisions.ts", "charts.ts"];

export interface Inspector {
	readonly url: string;
	/** Takes a line of the edge's log, and keeps it if it is a decision. */
	readonly tell: (line: string) => void;
	/** Keeps the request behind a decision, to explain it when its row is opened. */
	readonly keep: (tapped: TappedRequest) => void;
	readonly stop: () => Promise<void>;
}

export async function startInspector(hosts: LocalHosts, port: number): Promise<Inspector> {
	const decisions = createDecisionStream();
	const requests = new Map<string, KeptRequest>();
	const app = createApp(hosts, decisions, requests);
	const server = serveOnNode((request) => app.fetch(request), PASTED_LIMIT_BYTES);
	await new Promise<void>((resolve, reject) => {
		server.once("error", reject);
		server.listen(port, "127.0.0.1", resolve);
	});
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		tell: decisions.tell,
		keep: ({ id, request }) => {
			requests.set(id, { request, receivedMs: Date.now() });
			const [oldest] = requests.keys();
			if (requests.size > REQUESTS_KEPT && oldest !== undefined) requests.delete(oldest);
		},
		stop: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}

interface KeptRequest {
	readonly request: PastedRequest;
	/** A token may expire before its row is opened. It is judged as of this time. */
	readonly receivedMs: number;
}

/** As many as the page has rows. */
const REQUESTS_KEPT = 100;

function createApp(
	hosts: LocalHosts,
	decisions: DecisionStream,
	requests: ReadonlyMap<string, KeptRequest>,
): Hono {
	const app = new Hono();
	app.use(
		secureHeaders({
			contentSecurityPolicy: {
				defaultSrc: ["'none'"],
				scriptSrc: ["'self'"],
				styleSrc: ["'self'"],
				imgSrc: ["'self'"],
				connectSrc: ["'self'"],
				baseUri: ["'none'"],
				formAction: ["'none'"],
				frameAncestors: ["'none'"],
				// With this, the browser refuses to parse a text as markup.
				requireTrustedTypesFor: ["'script'"],
			},
			// Browsers would keep this for every other program on 127.0.0.1.
			strictTransportSecurity: false,
		}),
	);
	// Another site can point a name of its own at 127.0.0.1 (DNS rebinding). Its requests carry that name.
	app.use(async (c, next) =>
		LOCAL.test(c.req.header("Host") ?? "") ? next() : c.text("This page is for this machine only.", 403),
	);
	for (const [path, type, text] of pageFiles())
		app.get(path, (c) => c.body(text, 200, { "Content-Type": type }));

	app.get("/decisions", (c) =>
		c.body(decisions.open(c.req.header("Last-Event-ID")), 200, {
			"Content-Type": "text/event-stream",
			"Cache-Control": "no-store",
		}),
	);
	app.get("/examples", async (c) => {
		c.header("Cache-Control", "no-store");
		return c.json({ hosts: hosts.names, examples: await makeExamples(hosts, Date.now()) });
	});
	app.get("/describe/:name", (c) => {
		const lines = describeName(c.req.param("name"));
		return lines ? c.json(lines) : c.notFound();
	});
	app.get("/explain/:id", async (c) => {
		const kept = requests.get(c.req.param("id"));
		if (kept === undefined) return c.notFound();
		c.header("Cache-Control", "no-store");
		try {
			const host = await hostOf(kept.request, "", hosts);
			return c.json(await explain(kept.request, host, kept.receivedMs));
		} catch {
			return c.notFound();
		}
	});
	app.post("/explain", async (c) => {
		if (!isSameOrigin(c.req.header("Origin"), c.req.header("Host"))) return c.notFound();
		try {
			const pasted = readPasted(await c.req.text());
			const host = await hostOf(pasted, c.req.query("host") ?? "", hosts);
			const explanation = await explain(pasted, host, Date.now());
			return c.json(explanation);
		} catch (error) {
			return c.text(error instanceof Error ? error.message : "That cannot be read.", 400);
		}
	});
	app.onError((_, c) => c.text("The inspector failed.", 500));
	return app;
}

/**
 * @param chosen the host that the operator chose in the page; "" for that of the pasted URL
 * @throws for a host that the edge does not serve
 */
async function hostOf(pasted: Pasted, chosen: string, hosts: LocalHosts): Promise<Host> {
	const url = "url" in pasted ? URL.parse(pasted.url) : null;
	const hostname = chosen || (url?.hostname ?? "");
	return pickHost(hosts, hostname).catch(() => {
		throw new Error("The edge does not serve the host of that request. Choose a host next to the button.");
	});
}

function pageFiles(): (readonly [path: string, type: string, text: string])[] {
	const read = (name: string) => readFileSync(new URL(`inspector/page/${name}`, import.meta.url), "utf8");
	return [
		["/", "text/html; charset=utf-8", read("page.html")],
		["/style.css", "text/css; charset=utf-8", read("style.css")],
		["/favicon.svg", "image/svg+xml", read("favicon.svg")],
		...MODULES.map(
			(name) => [`/${name}`, "text/javascript; charset=utf-8", stripTypeScriptTypes(read(name))] as const,
		),
	];
}

/** With a form, another web page could use the inspector. The browser then sends that page's site in `Origin`. */
const isSameOrigin = (origin: string | undefined, host: string | undefined): boolean =>
	origin === undefined || origin === `http://${host}`;
