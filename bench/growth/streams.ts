/**
 * Measures the memory of the edge while large files stream through it.
 */
import { residentBytes } from "../../test/node/support/workerd.ts";
import { startWorkerd, type WorkerdOptions } from "../servers/workerd.ts";

export const STREAMS = 8;
const LARGE_FILE = "/web-apps/large.bin";
const MIB = 1024 * 1024;

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
