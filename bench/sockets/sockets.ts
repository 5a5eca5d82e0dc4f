/**
 * The editor's socket: what it costs to stay between client and origin after the token was accepted, beside a bridge that
 * checks nothing, and beside a Worker that passes the origin's 101 on and leaves the socket to the platform.
 */
import { WARM_UP_MS } from "../end-to-end/load.ts";
import { median } from "../measure/series.ts";
import { takeTurns } from "../measure/turns.ts";
import type { Bench, PartResult } from "../part.ts";
import {
	BRIDGE_NAMES,
	contenderOptions,
	startContenders,
	stopAll,
	type WorkerName,
} from "../servers/contenders.ts";
import { startEchoOrigin } from "../servers/echo-origin.ts";
import { type BesideBridge, besideBridge, bridgeTable, bridgeTarget } from "./beside-bridge.ts";
import { changesMessage, cursorMessage } from "./editor-socket.ts";
import { measureHandshakes } from "./handshakes.ts";
import { heapPerSocket, residentPerSocket } from "./memory.ts";
import { measureRoundTrips } from "./round-trips.ts";

const IDLE_SOCKETS = 700;
/** A process for each figure takes seconds, and its memory hardly scatters: one round is enough for four of others. */
const ROUNDS_PER_MEMORY_ROUND = 4;

interface Measured {
	readonly tables: readonly string[];
	readonly targets: PartResult["targets"];
	readonly figures: Readonly<Record<string, unknown>>;
}

export async function runSockets(bench: Bench): Promise<PartResult | undefined> {
	const parts = [
		["sockets: round trips", measureTrips],
		["sockets: handshakes", measureAdmissions],
		["sockets: memory", measureMemory],
	] as const;
	const wanted = parts.filter(([name]) => bench.wants(name));
	if (wanted.length === 0) return undefined;
	const origin = await startEchoOrigin();
	const measured: Measured[] = [];
	for (const [, measure] of wanted) measured.push(await measure(bench, origin.url));
	await origin.stop();
	return {
		text: `The editor's socket after its token was accepted, beside a bridge that checks nothing
Noise: how far the bare bridge is from a second process of the same Worker. Medians of all slices, with their quartiles.

${measured.flatMap(({ tables }) => tables).join("\n\n")}`,
		targets: measured.flatMap(({ targets }) => targets),
		figures: { sockets: Object.assign({}, ...measured.map(({ figures }) => figures)) },
	};
}

const namesOf = ({ before }: Bench): readonly WorkerName[] =>
	before === undefined ? BRIDGE_NAMES : [...BRIDGE_NAMES, "before"];

const paceOf = ({ pace: { rounds, sliceMs } }: Bench) => ({ rounds, sliceMs, warmUpMs: WARM_UP_MS });

async function measureTrips(bench: Bench, origin: string): Promise<Measured> {
	const servers = await startContenders(namesOf(bench), { origin, before: bench.before });
	const messages = [
		["round trip of 60 B", cursorMessage(60), 1.06],
		["round trip of 10 KB", changesMessage(10_000), 1.08],
	] as const;
	const compared: [string, BesideBridge, number][] = [];
	for (const [name, message, most] of messages)
		compared.push([name, besideBridge(await measureRoundTrips(servers, message, paceOf(bench))), most]);
	await stopAll(servers);
	return {
		tables: compared.map(([name, one]) => bridgeTable(name, "µs", one)),
		targets: compared.map(([name, one, most]) => bridgeTarget(name, one, most)),
		figures: { roundTripUs: Object.fromEntries(compared.map(([name, one]) => [name, one])) },
	};
}

async function measureAdmissions(bench: Bench, origin: string): Promise<Measured> {
	const servers = await startContenders(namesOf(bench), { origin, before: bench.before });
	const slices = Object.entries(await measureHandshakes(servers, paceOf(bench)));
	await stopAll(servers);
	const compared = besideBridge(
		Object.fromEntries(slices.map(([name, all]) => [name, all.map(({ cpuUs }) => cpuUs)])),
	);
	const perSecond = Object.fromEntries(
		slices.map(([name, all]) => [name, median(all.map((slice) => slice.perSecond))]),
	);
	return {
		tables: [bridgeTable("handshake", "µs", compared, perSecond)],
		targets: [],
		figures: { handshakeUs: { ...compared, perSecond } },
	};
}

async function measureMemory(bench: Bench, origin: string): Promise<Measured> {
	const measure = async (perSocket: typeof residentPerSocket, rounds: number): Promise<BesideBridge> =>
		besideBridge(
			await takeTurns(namesOf(bench), rounds, async (name) =>
				perSocket(await contenderOptions(name, { origin, before: bench.before }), IDLE_SOCKETS),
			),
		);
	const resident = await measure(residentPerSocket, Math.ceil(bench.pace.rounds / ROUNDS_PER_MEMORY_ROUND));
	const heap = await measure(heapPerSocket, 1);
	return {
		tables: [
			bridgeTable("resident memory per idle socket", "KiB", resident),
			bridgeTable("JavaScript heap per idle socket", "KiB", heap),
		],
		targets: [bridgeTarget("resident memory per idle socket", resident, 1.12)],
		figures: { residentKib: resident, heapKib: heap },
	};
}
