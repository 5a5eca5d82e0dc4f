/**
 * Shows the inspector the request behind each decision, in a local run only.
 *
 * The log holds no path and no credential. So the local run puts a small module before the edge: it remembers a request
 * while the edge answers it, and writes it beside the decision's line, as a line of its own. `start.ts` hands that line to
 * the inspector and never prints it. The deployed bundle has no such module.
 */
import type { PastedRequest } from "../src/cli/paste/pasted.ts";
import type { WorkerModules } from "./edge.ts";

const BODY_LIMIT_BYTES = 16 * 1024;

/** Keeps a copy of short bodies. Others stream through the edge as always. */
const TAP = `
import { AsyncLocalStorage } from "node:async_hooks";
import edge from "./edge.js";

const store = new AsyncLocalStorage();
const log = console.log.bind(console);
console.log = (...values) => {
	log(...values);
	const seen = store.getStore();
	const [line] = values;
	if (!seen || typeof line !== "string" || !line.startsWith('{"time":')) return;
	log(JSON.stringify({ inspect: JSON.parse(line).id, request: seen }));
};

function remember(request) {
	const seen = { method: request.method, url: request.url, headers: [...request.headers], bareToken: false };
	const length = Number(request.headers.get("Content-Length") ?? Number.NaN);
	if (request.body !== null && request.method === "POST" && length <= ${BODY_LIMIT_BYTES})
		request.clone().text().then((body) => { seen.body = body; }, () => undefined);
	return seen;
}

export default { fetch: (request, env, context) => store.run(remember(request), () => edge.fetch(request, env, context)) };
`;

/** @param bundle source of the edge */
export const withTap = (bundle: string): WorkerModules => ({
	"index.js": { type: "esm", contents: TAP },
	"edge.js": { type: "esm", contents: bundle },
});

export interface TappedRequest {
	/** The `id` of the decision's line. */
	readonly id: string;
	readonly request: PastedRequest;
}

/** @returns `undefined` for every other line */
export function readTapped(line: string): TappedRequest | undefined {
	if (!line.startsWith('{"inspect":')) return undefined;
	const { inspect, request } = JSON.parse(line) as { inspect: string; request: PastedRequest };
	return { id: inspect, request };
}
