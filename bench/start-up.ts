/**
 * Measures the size of the bundle, and the time of a fresh process until its first verdict, beside the limit's first
 * response.
 */
import { gzipSync } from "node:zlib";
import { median } from "./measure.ts";
import { startWorkerd } from "./workerd.ts";
import { BAD_LINK, SECRETS } from "./works.ts";

const KIB = 1024;

export const sizeOf = (bundle: string) => ({
	rawKib: Buffer.byteLength(bundle) / KIB,
	gzipKib: gzipSync(bundle).length / KIB,
});

async function firstResponseMs(source: string, origin: string, status: number): Promise<number> {
	const started = performance.now();
	const workerd = await startWorkerd({ source, bindings: { ...SECRETS, ORIGIN: origin } });
	const response = await fetch(workerd.url + BAD_LINK);
	const ms = performance.now() - started;
	await workerd.stop();
	if (response.status !== status)
		throw new Error(`the first response has status ${response.status}, not ${status}`);
	return ms;
}

export async function measureStart(
	ours: string,
	limit: string,
	origin: string,
	rounds: number,
): Promise<{ readonly oursMs: number; readonly limitMs: number; readonly difference: number }> {
	const samples: (readonly [ours: number, limit: number])[] = [];
	for (let round = 0; round < rounds; round++) {
		samples.push([await firstResponseMs(ours, origin, 403), await firstResponseMs(limit, origin, 200)]);
	}
	return {
		oursMs: median(samples.map(([one]) => one)),
		limitMs: median(samples.map(([, one]) => one)),
		difference: median(samples.map(([one, other]) => one - other)),
	};
}
