/** How heavy the Worker is, and how long a fresh process takes to its first verdict, beside the limit's first answer. */
import { gzipSync } from "node:zlib";
import { median } from "./measure.ts";
import { startWorkerd } from "./workerd.ts";
import { BAD_LINK, SECRETS } from "./works.ts";

const KIB = 1024;

export const sizeOf = (bundle: string) => ({
	rawKib: Buffer.byteLength(bundle) / KIB,
	gzipKib: gzipSync(bundle).length / KIB,
});

async function firstAnswerMs(source: string, origin: string, status: number): Promise<number> {
	const started = performance.now();
	const workerd = await startWorkerd({ source, bindings: { ...SECRETS, ORIGIN: origin } });
	const answer = await fetch(workerd.url + BAD_LINK);
	const ms = performance.now() - started;
	await workerd.stop();
	if (answer.status !== status) throw new Error(`the first answer is ${answer.status}`);
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
		samples.push([await firstAnswerMs(ours, origin, 403), await firstAnswerMs(limit, origin, 200)]);
	}
	return {
		oursMs: median(samples.map(([one]) => one)),
		limitMs: median(samples.map(([, one]) => one)),
		difference: median(samples.map(([one, other]) => one - other)),
	};
}
