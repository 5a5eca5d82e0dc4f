/**
 * Measures the memory of idle admitted sockets: the resident memory of the process, and in other processes the
 * JavaScript heap. An inspector would change the resident memory.
 */
import { setTimeout as wait } from "node:timers/promises";
import { residentBytes } from "../../test/node/support/workerd.ts";
import { startWorkerd, type Workerd, type WorkerdOptions } from "../servers/workerd.ts";
import { admitMany } from "./editor-socket.ts";
import { openInspector } from "./inspector.ts";

const KIB = 1024;
/** The first sockets also pay for compiled code and for buffers that the later ones share. */
const FIRST = 100;
/** Until then the process has freed what only a handshake needed, as far as it does so by itself. */
const SETTLE_MS = 2000;

/** @returns KiB of resident memory per socket */
export const residentPerSocket = (options: WorkerdOptions, sockets: number): Promise<number> =>
	growthPerSocket(options, sockets, async ({ pid }) => residentBytes(pid));

/** @returns KiB of the JavaScript heap per socket, after a garbage collection */
export const heapPerSocket = (options: WorkerdOptions, sockets: number): Promise<number> =>
	growthPerSocket({ ...options, hasInspector: true }, sockets, async ({ url, inspectorPort }) => {
		const inspector = await openInspector(inspectorPort);
		const bytes = await inspector.heapBytes(async () => (await fetch(url)).text());
		inspector.close();
		return bytes;
	});

async function growthPerSocket(
	options: WorkerdOptions,
	sockets: number,
	bytesOf: (workerd: Workerd) => Promise<number>,
): Promise<number> {
	const workerd = await startWorkerd(options);
	const first = await admitMany(workerd.url, FIRST);
	await wait(SETTLE_MS);
	const before = await bytesOf(workerd);
	const more = await admitMany(workerd.url, sockets);
	await wait(SETTLE_MS);
	const bytes = (await bytesOf(workerd)) - before;
	for (const socket of [...first, ...more]) socket.terminate();
	await workerd.stop();
	return bytes / sockets / KIB;
}
