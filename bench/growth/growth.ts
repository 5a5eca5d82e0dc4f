/**
 * Measures the edge as hosts, bodies, connections and streams grow. A cost that grows faster than they do would let one
 * operator or client slow the others.
 */
import { bodyWithToken, SECRETS } from "../credentials.ts";
import { spreadAround } from "../measure/noise.ts";
import type { Bench, PartResult } from "../part.ts";
import { fixed, spread, table } from "../report.ts";
import { buildEdge, contenderOptions } from "../servers/contenders.ts";
import { startWorkerd, type Workerd } from "../servers/workerd.ts";
import { atMost, type Target } from "../targets.ts";
import { BODY_TOKEN, REFUSED_LINK, SIGNED_LINK } from "../works.ts";
import { measurePoints, type Point } from "./points.ts";
import { growStreams, STREAMS } from "./streams.ts";

/** The second edge with one host shows the noise. */
const HOSTS = [1, 1, 10_000];
const BODY_KIB = [1, 16, 256, 1024];
const CONNECTIONS = [1, 16, 256];
const ORDINARY_CONNECTIONS = 16;

export async function runGrowth(bench: Bench): Promise<PartResult | undefined> {
	const growth: Record<string, readonly Point[]> = {};
	const targets: Target[] = [];
	if (bench.wants("growth: hosts")) {
		growth.hosts = await growHosts(bench);
		targets.push(hostsTarget(growth.hosts));
	}
	if (bench.wants("growth: bodies, connections")) {
		const edge = await startWorkerd(await ours(bench));
		growth["KiB of body with token"] = await growBody(edge, bench);
		growth.connections = await growConnections(edge, bench);
		await edge.stop();
	}
	const streamsMib = bench.wants("growth: streams") ? await growStreams(await ours(bench)) : undefined;
	if (streamsMib !== undefined)
		targets.push(atMost(`memory, ${STREAMS} × 100 MB streams`, streamsMib, 64, " MiB above idle"));
	if (targets.length === 0 && Object.keys(growth).length === 0) return undefined;
	const text = Object.entries(growth).map(([name, points]) => `Growth: ${name}\n${pointTable(name, points)}`);
	return { text: text.join("\n\n"), targets, figures: { growth, streamsMib } };
}

const ours = ({ origin }: Bench) => contenderOptions("ours", { origin: origin.url.origin });

const pointTable = (name: string, points: readonly Point[]) =>
	table(
		[name, "µs", "× first", "/s"],
		points.map(({ at, cpuUs, timesFirst, perSecond }) => [
			String(at),
			spread(cpuUs, 1),
			spread(timesFirst),
			fixed(perSecond, 0),
		]),
	);

async function growHosts({ origin, load, pace }: Bench): Promise<Point[]> {
	const bundle = await buildEdge();
	const servers = await Promise.all(
		HOSTS.map((count) => {
			const entries = Array.from({ length: count }, (_, n) => [
				`h${n}.example.com`,
				{ ORIGIN: origin.url.origin },
			]);
			const bindings = { ...SECRETS, HOSTS: JSON.stringify(Object.fromEntries(entries)) };
			return startWorkerd({ source: bundle, bindings });
		}),
	);
	const growing = servers.map((server, place) => {
		const at = HOSTS[place] ?? 1;
		const work = { ...REFUSED_LINK, headers: { Host: `h${at - 1}.example.com` } };
		return { at, server, work, connections: ORDINARY_CONNECTIONS };
	});
	const points = await measurePoints(growing, load, pace);
	await Promise.all(servers.map(({ stop }) => stop()));
	return points;
}

function hostsTarget(points: readonly Point[]): Target {
	const [, again, many] = points.map(({ timesFirst }) => timesFirst);
	const noise = again ? spreadAround(again, 1) : 0;
	return atMost("10,000 hosts", many?.median ?? Number.NaN, 1.05, " × one host", noise);
}

/** Growth is a matter of factors: a few slices are enough. */
const few = ({ rounds, sliceMs }: Bench["pace"]) => ({ rounds: Math.ceil(rounds / 3), sliceMs });

function growBody(server: Workerd, { load, pace }: Bench): Promise<Point[]> {
	const growing = BODY_KIB.map((at) => ({
		at,
		server,
		work: { ...BODY_TOKEN, body: bodyWithToken(at * 1024) },
		connections: ORDINARY_CONNECTIONS,
	}));
	return measurePoints(growing, load, few(pace));
}

function growConnections(server: Workerd, { load, pace }: Bench): Promise<Point[]> {
	const growing = CONNECTIONS.map((at) => ({ at, server, work: SIGNED_LINK, connections: at }));
	return measurePoints(growing, load, few(pace));
}
