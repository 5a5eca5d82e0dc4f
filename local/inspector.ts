/**
 * The inspector: a page on this machine that explains a pasted request and shows the edge's last decisions.
 *
 * The inspector checks the `Host` and `Origin` headers, so no other web page can use it. It is not deployed.
 */
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { stripTypeScriptTypes } from "node:module";
import type { AddressInfo } from "node:net";
import { explain } from "../src/cli/explain/explain.ts";
import { type LocalHosts, pickHost } from "../src/cli/local-host.ts";
import { readPasted } from "../src/cli/paste/read-request.ts";

const PASTED_LIMIT_BYTES = 1024 * 1024;
const DECISIONS_KEPT = 100;
const LOCAL = /^(?:127\.0\.0\.1|localhost|\[::1\]):\d+$/;

export interface Inspector {
	readonly url: string;
	/** Takes a line of the edge's log, and keeps it if it is a decision. */
	readonly tell: (line: string) => void;
	readonly stop: () => Promise<void>;
}

export async function startInspector(hosts: LocalHosts, port: number): Promise<Inspector> {
	const kept: string[] = [];
	const listeners = new Set<ServerResponse>();
	const read = (name: string) => readFileSync(new URL(`inspector/${name}`, import.meta.url), "utf8");
	const files: Readonly<Record<string, readonly [type: string, text: string]>> = {
		"/": ["text/html; charset=utf-8", read("page.html")],
		"/style.css": ["text/css; charset=utf-8", read("style.css")],
		"/page.js": ["text/javascript; charset=utf-8", stripTypeScriptTypes(read("page.ts"))],
	};

	const server = createServer(async (request, response) => {
		const { method, url = "" } = request;
		response.setHeader(
			"Content-Security-Policy",
			"default-src 'self'; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'",
		);
		if (!LOCAL.test(request.headers.host ?? ""))
			return sendText(response, 403, "This page is for this machine only.");
		const file = method === "GET" ? files[url] : undefined;
		if (file) return response.writeHead(200, { "Content-Type": file[0] }).end(file[1]);
		if (method === "GET" && url === "/decisions") return listen(response);
		if (method === "POST" && url === "/explain" && isSameOrigin(request))
			return explainPasted(request, response, hosts);
		sendText(response, 404, "Not Found");
	});

	const listen = (response: ServerResponse) => {
		response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
		for (const line of kept) response.write(`data: ${line}\n\n`);
		listeners.add(response);
		response.on("close", () => listeners.delete(response));
	};
	await listening(server, port);
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		tell: (line) => {
			if (!line.startsWith('{"time":')) return;
			kept.push(line);
			if (kept.length > DECISIONS_KEPT) kept.shift();
			for (const response of listeners) response.write(`data: ${line}\n\n`);
		},
		stop: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}

/** With a form, another web page could use the inspector. The browser then sends that page's site in `Origin`. */
function isSameOrigin({ headers }: IncomingMessage): boolean {
	return headers.origin === undefined || headers.origin === `http://${headers.host}`;
}

function sendText(response: ServerResponse, status: number, text: string): void {
	response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8" }).end(text);
}

async function explainPasted(
	request: IncomingMessage,
	response: ServerResponse,
	hosts: LocalHosts,
): Promise<void> {
	const chunks: Buffer[] = [];
	let length = 0;
	for await (const chunk of request as AsyncIterable<Buffer>) {
		length += chunk.length;
		if (length > PASTED_LIMIT_BYTES) return sendText(response, 413, "That is too long.");
		chunks.push(chunk);
	}
	try {
		const pasted = readPasted(Buffer.concat(chunks).toString("utf8"));
		const host = await pickHost(hosts, "url" in pasted ? (URL.parse(pasted.url)?.hostname ?? "") : "");
		const explanation = await explain(pasted, host, Date.now());
		response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(explanation));
	} catch (error) {
		sendText(response, 400, error instanceof Error ? error.message : "That cannot be read.");
	}
}

function listening(server: Server, port: number): Promise<void> {
	return new Promise((resolve, reject) => {
		server.once("error", reject);
		server.listen(port, "127.0.0.1", resolve);
	});
}
