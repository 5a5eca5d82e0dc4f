/**
 * Measures the edge as hosts, bodies, connections and streams grow. A cost that grows faster than they do would let one
 * operator or client slow the others.
 */
import { residentBytes } from "../test/node/support/workerd.ts";
import { type LoadTool, WARM_UP_SECONDS } from "./load.ts";
import { cpuNs, median, medianRatio } from "./measure.ts";
import { startWorkerd, type Workerd, type WorkerdOptions } from "./workerd.ts";
import { bodyWithToken, SECRETS, WORKS, type Work } from "./works.ts";

const HOSTS = [1, 10_000];
const BODY_KIB = [1, 16, 256, 1024];
const CONNECTIONS = [1, 16, 256];
const STREAMS = 8;
const LARGE_FILE = "/web-apps/large.bin";
const MIB = 1024 * 1024;

export interface Point {
	readonly at: number;
	readonly cpuUs: number;
	/** CPU time divided by the first point's, round by round. */
	readonly timesFirst: number;
	readonly perSecond: number;
}

interface Rounds {
	readonly rounds: number;
	readonly seconds: number;
}

/** Measures the points of one kind of growth in turn. */
async function measurePoints(
	points: readonly {
		readonly at: number;
		readonly server: Workerd;
		readonly work: Work;
		readonly connections: number;
	}[],
	load: LoadTool,
	{ rounds, seconds }: Rounds,
): Promise<Point[]> {
	const samples = points.map(({ at }) => ({ at, cpuUs: [] as number[], perSecond: [] as number[] }));
	for (let round = -1; round < rounds; round++) {
		for (const [n, { server, work, connections }] of points.entries()) {
			const before = cpuNs(server.pid);
			const { requests, perSecond } = await load(
				server.url,
				work,
				connections,
				round < 0 ? WARM_UP_SECONDS : seconds,
			);
			if (round < 0) continue;
			samples[n]?.cpuUs.push((cpuNs(server.pid) - before) / 1000 / requests);
			samples[n]?.perSecond.push(perSecond);
		}
	}
	return samples.map(({ at, cpuUs, perSecond }) => ({
		at,
		cpuUs: median(cpuUs),
		timesFirst: medianRatio(cpuUs, samples[0]?.cpuUs ?? []),
		perSecond: median(perSecond),
	}));
}

const workCalled = (name: string): Work => WORKS.find((work) => work.name === name) as Work;

export async function growHosts(
	bundle: string,
	origin: string,
	load: LoadTool,
	rounds: Rounds,
): Promise<Point[]> {
	const servers = await Promise.all(
		HOSTS.map(async (count) => {
			const entries = Array.from({ length: count }, (_, n) => [`h${n}.example.com`, { ORIGIN: origin }]);
			const bindings = { ...SECRETS, HOSTS: JSON.stringify(Object.fromEntries(entries)) };
			return { at: count, server: await startWorkerd({ source: bundle, bindings }) };
		}),
	);
	const link = workCalled("refused link");
	const points = servers.map(({ at, server }) => ({
		at,
		server,
		work: { ...link, headers: { Host: `h${at - 1}.example.com` } },
		connections: CONNECTIONS[1] ?? 1,
	}));
	const measured = await measurePoints(points, load, rounds);
	await Promise.all(servers.map(({ server }) => server.stop()));
	return measured;
}

export function growBody(server: Workerd, load: LoadTool, rounds: Rounds): Promise<Point[]> {
	const work = workCalled("body token POST, 1 KiB");
	const points = BODY_KIB.map((at) => ({
		at,
		server,
		work: { ...work, body: bodyWithToken(at * 1024) },
		connections: 16,
	}));
	return measurePoints(points, load, rounds);
}

export function growConnections(server: Workerd, load: LoadTool, rounds: Rounds): Promise<Point[]> {
	const work = workCalled("signed link GET");
	return measurePoints(
		CONNECTIONS.map((at) => ({ at, server, work, connections: at })),
		load,
		rounds,
	);
}

/** @returns the most that the process grew while files of 100 MB streamed through it, in MiB */
export async function growStreams(options: WorkerdOptions): Promise<number> {
	const { url, pid, stop } = await startWorkerd(options);
	await (await fetch(`${url}/web-apps/app.js`)).text();
	const idle = residentBytes(pid);
	let most = idle;
	const watch = setInterval(() => {
		most = Math.max(most, residentBytes(pid));
	}, 5);
	const drain = async () => {
		const response = await fetch(url + LARGE_FILE);
		for await (const _ of response.body ?? []);
	};
	await Promise.all(Array.from({ length: STREAMS }, drain));
	clearInterval(watch);
	await stop();
	return (most - idle) / MIB;
}
