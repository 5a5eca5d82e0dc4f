/**
 * Asks the inspector of a workerd process for the size of its JavaScript heap (Chrome DevTools Protocol).
 */
import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import { WebSocket } from "ws";

const WAKE_MS = 20;

export interface Inspector {
	/**
	 * The live part of the heap: the garbage is collected first.
	 *
	 * @param wake sends a request to the Worker. The isolate collects its garbage only when it runs.
	 */
	readonly heapBytes: (wake: () => Promise<unknown>) => Promise<number>;
	readonly close: () => void;
}

export async function openInspector(port: number | undefined): Promise<Inspector> {
	const listed = await fetch(`http://127.0.0.1:${port}/json`);
	const [isolate] = (await listed.json()) as { readonly webSocketDebuggerUrl: string }[];
	if (isolate === undefined) throw new Error("the inspector lists no isolate");
	const socket = new WebSocket(isolate.webSocketDebuggerUrl);
	await once(socket, "open");
	const waiting = new Map<number, (result: unknown) => void>();
	socket.on("message", (data: Buffer) => {
		const { id, result } = JSON.parse(data.toString()) as { readonly id?: number; readonly result?: unknown };
		if (id !== undefined) waiting.get(id)?.(result);
	});
	const ask = (method: string): Promise<unknown> =>
		new Promise((resolve) => {
			const id = waiting.size;
			waiting.set(id, resolve);
			socket.send(JSON.stringify({ id, method }));
		});
	return {
		heapBytes: async (wake) => {
			let isCollected = false;
			void ask("HeapProfiler.collectGarbage").then(() => {
				isCollected = true;
			});
			// A request can overtake the command, so one alone may not be enough.
			while (!isCollected) {
				await wake();
				await wait(WAKE_MS);
			}
			return ((await ask("Runtime.getHeapUsage")) as { readonly usedSize: number }).usedSize;
		},
		close: () => socket.terminate(),
	};
}
