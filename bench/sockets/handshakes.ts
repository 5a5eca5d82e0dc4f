/**
 * Measures handshakes: a client opens a socket, is admitted by its token, and leaves.
 */
import { once } from "node:events";
import { cpuNs } from "../measure/cpu.ts";
import { takeTurns } from "../measure/turns.ts";
import type { Workerd } from "../servers/workerd.ts";
import { admit } from "./editor-socket.ts";

const CLIENTS = 16;

export interface HandshakeSlice {
	readonly cpuUs: number;
	readonly perSecond: number;
}

export async function measureHandshakes<Name extends string>(
	servers: Readonly<Record<Name, Workerd>>,
	{ rounds, sliceMs, warmUpMs }: { rounds: number; sliceMs: number; warmUpMs: number },
): Promise<Record<Name, HandshakeSlice[]>> {
	const slice = async (name: Name, ms: number): Promise<HandshakeSlice> => {
		const { url, pid } = servers[name];
		const before = cpuNs(pid);
		const startMs = performance.now();
		const counts = await Promise.all(Array.from({ length: CLIENTS }, () => comeAndGo(url, startMs + ms)));
		const handshakes = counts.reduce((sum, one) => sum + one, 0);
		return {
			cpuUs: (cpuNs(pid) - before) / 1000 / handshakes,
			perSecond: (handshakes * 1000) / (performance.now() - startMs),
		};
	};
	const names = Object.keys(servers) as Name[];
	for (const name of names) await slice(name, warmUpMs);
	return takeTurns(names, rounds, (name) => slice(name, sliceMs));
}

async function comeAndGo(url: string, endMs: number): Promise<number> {
	let count = 0;
	while (performance.now() < endMs) {
		const socket = await admit(url);
		const closed = once(socket, "close");
		socket.close(1000);
		await closed;
		count++;
	}
	return count;
}
