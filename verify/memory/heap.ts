/**
 * Asks workerd's inspector for the JavaScript heap of the Worker, after a garbage collection. Without the collection, the
 * heap grows for minutes even if nothing is kept.
 */
import { once } from "node:events";
import { WebSocket } from "ws";

export interface Heap {
	/** Collects the garbage first. */
	readonly usedBytes: () => Promise<number>;
	readonly close: () => void;
}

/** The name of the service in the configuration of `startWorkerd`. */
const SERVICE = "main";

export async function openHeap(inspectorPort: number): Promise<Heap> {
	const socket = new WebSocket(`ws://127.0.0.1:${inspectorPort}/${SERVICE}`);
	await once(socket, "open");
	let last = 0;
	const waiting = new Map<number, PromiseWithResolvers<Record<string, unknown>>>();
	socket.on("message", (text) => {
		const { id, result, error } = JSON.parse(String(text));
		if (error) waiting.get(id)?.reject(new Error(error.message));
		else waiting.get(id)?.resolve(result);
		waiting.delete(id);
	});
	socket.on("close", () => {
		for (const { reject } of waiting.values()) reject(new Error("the inspector has ended"));
	});
	const call = (method: string) => {
		const answered = Promise.withResolvers<Record<string, unknown>>();
		waiting.set(++last, answered);
		socket.send(JSON.stringify({ id: last, method }));
		return answered.promise;
	};
	return {
		usedBytes: async () => {
			await call("HeapProfiler.collectGarbage");
			return Number((await call("Runtime.getHeapUsage")).usedSize);
		},
		close: () => socket.terminate(),
	};
}
