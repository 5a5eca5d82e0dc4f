/**
 * Sends every request to an edge in workerd, and searches its log, its responses and its sockets. Tells which reasons it
 * gave.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { type Edge, startEdge } from "../../local/edge.ts";
import { type RawResponse, sendRaw } from "../../test/node/support/raw-http.ts";
import { inParallel } from "../in-parallel.ts";
import type { SearchedEdge } from "./edges.ts";
import type { NamedRequest } from "./requests/kit.ts";
import type { SearchRun } from "./run.ts";
import { runSocket, sendHalf, socketCases } from "./sockets.ts";

const AT_ONCE = 8;
/** Most of them only wait. */
const SOCKETS_AT_ONCE = 33;
/** The circuit of an origin opens after five failures. */
const FAILURES = 12;
/** The last lines of the log come a little after the last response. */
const LOG_MS = 500;

/** @returns the reasons in the log and in the responses */
export async function searchEdge(
	{ name, options }: SearchedEdge,
	requests: readonly NamedRequest[],
	run: SearchRun,
): Promise<ReadonlySet<string>> {
	const { bundle, search } = run;
	const reasons = new Set<string>();
	const onLog = (line: string) => {
		search.look(`${name}: log`, line);
		for (const [, reason] of line.matchAll(/"reason":"(\w+)"/g)) reasons.add(reason ?? "");
	};
	const edge = await startEdge({ bundle, ...options, onLog });
	try {
		await Promise.all([sendAll(name, edge, requests, run), searchSockets(name, edge, run)]);
		await searchOpenCircuit(name, edge, run);
		await sleep(LOG_MS);
	} finally {
		await edge.stop();
	}
	return reasons;
}

async function sendAll(
	name: string,
	edge: Edge,
	requests: readonly NamedRequest[],
	{ search, isOver }: SearchRun,
): Promise<void> {
	await inParallel(requests, AT_ONCE, async ({ host, request }) => {
		if (isOver()) return;
		const response = await sendRaw(edge.url, { ...request, hostHeader: host }).catch(() => undefined);
		const path = request.target.split(/[/?]/, 3)[1] ?? "";
		if (response)
			search.look(`${name}: reply to ${request.method} /${host} ${path.slice(0, 20)}`, textOf(response));
	});
}

/** Its origin is down: after some failures the edge answers without asking it. */
async function searchOpenCircuit(name: string, edge: Edge, { search }: SearchRun): Promise<void> {
	for (let n = 0; n < FAILURES; n++) {
		const request = { method: "GET", target: "/web-apps/x.js", hostHeader: "down.test" };
		search.look(`${name}: reply of an origin that is down`, textOf(await sendRaw(edge.url, request)));
		await sleep(20);
	}
}

const textOf = ({ status, headers, body }: RawResponse): string =>
	`${status}\n${Object.entries(headers)
		.map((header) => header.join(": "))
		.join("\n")}\n${body.toString("latin1")}`;

async function searchSockets(name: string, { url }: Edge, { kit, search, isOver }: SearchRun): Promise<void> {
	await inParallel(socketCases(kit), SOCKETS_AT_ONCE, async (one) => {
		if (!isOver()) search.look(`${name}: socket`, await runSocket(url, one));
	});
	const body = () => kit.claim("of half a body");
	const halves = [true, false].flatMap((breaks) =>
		["/command", "/web-apps/x.js"].map((target) => sendHalf(url, "strict.test", target, body(), breaks)),
	);
	for (const heard of await Promise.all(halves)) search.look(`${name}: reply to half a body`, heard);
}
