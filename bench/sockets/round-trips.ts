/**
 * Measures round trips through admitted sockets: CPU time of the process that stands between client and origin.
 */
import type { WebSocket } from "ws";
import { cpuNs } from "../measure/cpu.ts";
import { takeTurns } from "../measure/turns.ts";
import type { Workerd } from "../servers/workerd.ts";
import { admitMany } from "./editor-socket.ts";

const SOCKETS = 16;

/** @returns microseconds per round trip, by server, one value per round */
export async function measureRoundTrips<Name extends string>(
	servers: Readonly<Record<Name, Workerd>>,
	message: string,
	{ rounds, sliceMs, warmUpMs }: { rounds: number; sliceMs: number; warmUpMs: number },
): Promise<Record<Name, number[]>> {
	const names = Object.keys(servers) as Name[];
	const sockets = new Map<Name, WebSocket[]>();
	for (const name of names) sockets.set(name, await admitMany(servers[name].url, SOCKETS));
	const slice = async (name: Name, ms: number): Promise<number> => {
		const before = cpuNs(servers[name].pid);
		const trips = await bounce(sockets.get(name) ?? [], message, ms);
		return (cpuNs(servers[name].pid) - before) / 1000 / trips;
	};
	for (const name of names) await slice(name, warmUpMs);
	const samples = await takeTurns(names, rounds, (name) => slice(name, sliceMs));
	for (const socket of [...sockets.values()].flat()) socket.terminate();
	return samples;
}

/** Sends the message through each socket, again and again as it comes back. @returns how often it came back */
async function bounce(sockets: readonly WebSocket[], message: string, ms: number): Promise<number> {
	const endMs = performance.now() + ms;
	const trips = await Promise.all(
		sockets.map(
			(socket) =>
				new Promise<number>((resolve, reject) => {
					let count = 0;
					const onMessage = (data: Buffer) => {
						if (data.length !== message.length) return reject(new Error("another message came back"));
						count++;
						if (performance.now() < endMs) return socket.send(message);
						socket.off("message", onMessage).off("close", onClose);
						resolve(count);
					};
					const onClose = (code: number) => reject(new Error(`the socket ended with ${code}`));
					socket.on("message", onMessage).on("close", onClose);
					socket.send(message);
				}),
		),
	);
	return trips.reduce((sum, one) => sum + one, 0);
}
