/**
 * Where the edge's time goes: `npm run bench -- --profile NAME` puts one work on it under the inspector's
 * profiler, prints the functions by their own time, and writes a `.cpuprofile` for Chrome's developer tools.
 */
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { WebSocket } from "ws";
import { freePort } from "../local/edge.ts";
import type { LoadTool } from "./load.ts";
import { fixed, table } from "./report.ts";
import { startWorkerd, type WorkerdOptions } from "./workerd.ts";
import type { Work } from "./works.ts";

const SECONDS = 5;
const SAMPLING_US = 100;
const TOP = 45;

interface Profile {
	readonly nodes: readonly {
		readonly id: number;
		readonly callFrame: {
			readonly functionName: string;
			readonly lineNumber: number;
			readonly columnNumber: number;
		};
	}[];
	readonly samples: readonly number[];
}

export async function profile(options: WorkerdOptions, work: Work, load: LoadTool, file: URL): Promise<void> {
	const inspectorPort = await freePort();
	const workerd = await startWorkerd({ ...options, inspectorPort });
	await load(workerd.url, work, 16, 2);
	const socket = new WebSocket(`ws://127.0.0.1:${inspectorPort}/main`);
	await once(socket, "open");
	let id = 0;
	const call = (method: string, params = {}) =>
		new Promise<{ profile?: Profile }>((resolve) => {
			const own = ++id;
			const onMessage = (data: unknown) => {
				const message = JSON.parse(String(data)) as { id?: number; result?: { profile?: Profile } };
				if (message.id !== own) return;
				socket.off("message", onMessage);
				resolve(message.result ?? {});
			};
			socket.on("message", onMessage);
			socket.send(JSON.stringify({ id: own, method, params }));
		});
	await call("Profiler.enable");
	await call("Profiler.setSamplingInterval", { interval: SAMPLING_US });
	await call("Profiler.start");
	await load(workerd.url, work, 16, SECONDS);
	const { profile: taken } = await call("Profiler.stop");
	socket.close();
	await workerd.stop();
	if (taken === undefined) throw new Error("the inspector gave no profile");
	writeFileSync(file, JSON.stringify(taken));
	print(taken);
}

function print({ nodes, samples }: Profile): void {
	const names = new Map(
		nodes.map(({ id, callFrame: { functionName, lineNumber, columnNumber } }) => [
			id,
			`${functionName || "(anonymous)"}:${lineNumber}:${columnNumber}`,
		]),
	);
	const own = new Map<string, number>();
	for (const sample of samples) {
		const name = names.get(sample) ?? "";
		own.set(name, (own.get(name) ?? 0) + 1);
	}
	const busy = [...own].filter(([name]) => !name.startsWith("(idle)"));
	const all = busy.reduce((sum, [, count]) => sum + count, 0);
	const rows = busy.toSorted(([, a], [, b]) => b - a).slice(0, TOP);
	console.log(
		table(
			["function", "% of own time"],
			rows.map(([name, count]) => [name, fixed((count / all) * 100, 1)]),
		),
	);
}
