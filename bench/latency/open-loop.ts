/**
 * Sends requests at a fixed rate, and measures the time to the first byte of the response. The servers take turns by
 * windows: after each single request, the caches of the processor would be cold for every server.
 *
 * The loop is open: the clock issues the requests, and none waits for an earlier response. A loop that waits would send
 * less while a server is slow, and would not see the slow moments.
 */
import { Agent, request } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { orderOf } from "../measure/turns.ts";
import type { Work } from "../works.ts";

export interface OpenLoop {
	/** The URL of each server, by name. */
	readonly servers: Readonly<Record<string, string>>;
	readonly work: Work;
	/** Requests per second to the server whose turn it is. */
	readonly perSecond: number;
	/** Turns of each server. */
	readonly windows: number;
	/** Requests to a server in one turn. */
	readonly windowRequests: number;
}

/** workerd ends a connection that was idle for five seconds. */
const IDLE_MS = 3000;

/** @returns milliseconds to the first byte, by server, in the order of the requests */
export async function sendInOpenLoop({
	servers,
	work,
	perSecond,
	windows,
	windowRequests,
}: OpenLoop): Promise<Record<string, number[]>> {
	const names = Object.keys(servers);
	const agents = new Map(names.map((name) => [name, new Agent({ keepAlive: true, timeout: IDLE_MS })]));
	const order = Array.from({ length: windows }, (_, round) => orderOf(names, round))
		.flat()
		.flatMap((name) => Array<string>(windowRequests).fill(name));
	const sent: Promise<readonly [name: string, ms: number]>[] = [];
	const startMs = performance.now();
	for (const [place, name] of order.entries()) {
		const early = startMs + (place * 1000) / perSecond - performance.now();
		if (early > 0) await wait(early);
		sent.push(firstByteMs(servers[name] ?? "", work, agents.get(name)).then((ms) => [name, ms] as const));
	}
	const answered = await Promise.all(sent);
	for (const agent of agents.values()) agent.destroy();
	return Object.fromEntries(
		names.map((name) => [name, answered.filter(([to]) => to === name).map(([, ms]) => ms)]),
	);
}

function firstByteMs(url: string, work: Work, agent?: Agent): Promise<number> {
	const { method, target, headers, body } = work;
	return new Promise((resolve, reject) => {
		const length = body === undefined ? {} : { "Content-Length": Buffer.byteLength(body) };
		const options = { method, headers: { ...headers, ...length }, ...(agent && { agent }) };
		const sentMs = performance.now();
		const sent = request(url + target, options);
		sent.once("response", (response) => {
			const ms = performance.now() - sentMs;
			response.resume().once("end", () => resolve(ms));
		});
		sent.once("error", (error) => {
			// The server ended an idle connection in the moment in which the request took it.
			if (sent.reusedSocket) resolve(firstByteMs(url, work, agent));
			else reject(error);
		});
		sent.end(body);
	});
}
