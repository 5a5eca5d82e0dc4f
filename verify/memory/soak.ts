/**
 * Runs all traffic against the bundle in workerd, and samples the memory of the process and of the Worker.
 */
import { setTimeout as pause } from "node:timers/promises";
import { startCacheServer } from "../../bench/servers/cache-server.ts";
import { startWorkerd } from "../../bench/servers/workerd.ts";
import { residentBytes } from "../../test/node/support/workerd.ts";
import { started, withCleanup } from "../cleanup.ts";
import { CALL_TRAFFIC } from "./call-traffic.ts";
import { FILE_TRAFFIC, getPictureBefore } from "./file-traffic.ts";
import { callAsStrangers, FLOOD_TRAFFIC } from "./flood-traffic.ts";
import { openHeap } from "./heap.ts";
import { startOrigins } from "./origins.ts";
import { BINDINGS } from "./secrets.ts";
import { socketTraffic } from "./socket-traffic.ts";
import { FILES_HOST, type Site, SOCKETS_HOST, type Traffic } from "./traffic.ts";

/** Bounded memories of the edge: known hostnames, clients over their rate limit, and small files. */
const REMEMBERED_STRANGERS = 11_000;
const REMEMBERED_FILES = 2100;
const AT_ONCE = 16;
/** The n of an exchange begins at one of so many numbers. */
const SEEDS = 1_000_000;
/** The platform's cache: a longer soak may not fill this machine. */
const CACHED_FILES = 1000;
/** The rate limit of the platform, played by a part that keeps nothing: it refuses each second address. */
const ENTRY = `import edge from "./edge.js";
const LIMIT_REFUSED = { limit: async ({ key }) => ({ success: !/[13579]$/.test(key) }) };
let bindings;
export default {
	fetch: (request, env, context) =>
		edge.fetch(request, (bindings ??= { ...env, LIMIT_REFUSED }), context),
};`;

export interface SoakOptions {
	readonly bundle: string;
	readonly editors: number;
	/** Strangers of each kind, and files, before the soak. */
	readonly strangers?: number;
	readonly files?: number;
	readonly seconds: number;
	/** The clients, files and credentials follow from it. */
	readonly seed: number;
	readonly samples: number;
	readonly say: (line: string) => void;
}

export interface Sample {
	readonly seconds: number;
	readonly requests: number;
	/** Resident memory of the process. */
	readonly residentBytes: number;
	/** The JavaScript heap after a garbage collection. */
	readonly heapBytes: number;
}

export interface Soaked {
	readonly samples: readonly Sample[];
	readonly requests: number;
	readonly messages: number;
	/** Kinds of unexpected outcomes, with their number. */
	readonly unexpected: ReadonlyMap<string, number>;
}

export const soak = (options: SoakOptions): Promise<Soaked> =>
	withCleanup(async (later) => {
		const { bundle, editors, seconds, samples: count, seed, say } = options;
		const { strangers = REMEMBERED_STRANGERS, files = REMEMBERED_FILES } = options;
		const origins = await started(startOrigins(), later);
		const cache = await started(startCacheServer(CACHED_FILES), later);
		const HOSTS = JSON.stringify({
			[FILES_HOST]: { ORIGIN: origins.files },
			[SOCKETS_HOST]: { ORIGIN: origins.sockets },
		});
		const workerd = startWorkerd({
			source: ENTRY,
			modules: { "edge.js": bundle },
			bindings: { ...BINDINGS, HOSTS },
			cache: cache.address,
			hasInspector: true,
		});
		const edge = await started(workerd, later);
		const heap = await openHeap(edge.inspectorPort ?? 0);
		later(heap.close);
		const site: Site = { url: new URL(edge.url), requests: 0, messages: 0, isOver: false };
		const unexpected = new Map<string, number>();
		const note = (what: string) => unexpected.set(what, (unexpected.get(what) ?? 0) + 1);

		const from = seed % SEEDS;
		await fillMemory(strangers, (n) => callAsStrangers(site, from + n), note);
		await fillMemory(files, (n) => getPictureBefore(site, from + n), note);
		say(`${site.requests.toLocaleString("en")} requests have filled the bounded memories`);
		const kinds = [...FILE_TRAFFIC, ...CALL_TRAFFIC, ...FLOOD_TRAFFIC, ...socketTraffic(editors)];
		const clients = kinds.flatMap((traffic) => startClients(traffic, site, from, note));
		const samples: Sample[] = [];
		const startedMs = performance.now();
		const fromRequests = site.requests;
		for (let taken = 1; taken <= count; taken++) {
			await pause(Math.max(0, startedMs + (taken * seconds * 1000) / count - performance.now()));
			const heapBytes = await heap.usedBytes().catch(() => undefined);
			if (heapBytes === undefined) {
				note("the process of the edge has ended");
				break;
			}
			samples.push({
				seconds: (performance.now() - startedMs) / 1000,
				requests: site.requests - fromRequests,
				residentBytes: residentBytes(edge.pid),
				heapBytes,
			});
		}
		site.isOver = true;
		await Promise.all(clients);
		return { samples, requests: site.requests, messages: site.messages, unexpected };
	});

/** Each client repeats its exchange until the soak ends. */
function startClients(
	{ name, clients, once }: Traffic,
	site: Site,
	from: number,
	note: (what: string) => void,
) {
	let started = from;
	const repeat = async () => {
		while (!site.isOver) {
			const told = await once(site, started++).catch(
				(error: Error) => `the request failed: ${error.message}`,
			);
			if (told !== undefined && !site.isOver) note(`${name}: ${told}`);
		}
	};
	return Array.from({ length: clients }, repeat);
}

async function fillMemory(
	times: number,
	once: (n: number) => Promise<string | undefined>,
	note: (what: string) => void,
): Promise<void> {
	let sent = 0;
	const send = async () => {
		while (sent < times) {
			const told = await once(sent++);
			if (told !== undefined) note(`before the soak: ${told}`);
		}
	};
	await Promise.all(Array.from({ length: AT_ONCE }, send));
}
