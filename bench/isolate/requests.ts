/**
 * Measures whole requests inside the isolate, with `fetch` replaced: CPU time of the process per request. Without
 * sockets the figures scatter less than those of a load tool. They hold the cost of the Workers' own code only.
 */
import { strict as assert } from "node:assert";
import { cpuNs } from "../measure/cpu.ts";
import { takeTurns } from "../measure/turns.ts";
import { contenderOptions, expectedFrom, type WorkerName } from "../servers/contenders.ts";
import { startWorkerd, type Workerd, type WorkerdOptions } from "../servers/workerd.ts";
import type { Work } from "../works.ts";

/** Each request may start a timer. The platform allows 10,000 timers in one call. */
const AT_ONCE = 500;
const WARM_UP_REQUESTS = 4000;

export interface IsolateOptions {
	/** The Worker that repeats the requests of the contender. */
	readonly loop: string;
	readonly contenders: readonly WorkerName[];
	readonly works: readonly Work[];
	readonly before: string | undefined;
	readonly rounds: number;
	readonly sliceMs: number;
}

/** @returns for each work and contender the microseconds of CPU time per request, one value per round */
export async function measureRequests({
	loop,
	contenders,
	works,
	before,
	rounds,
	sliceMs,
}: IsolateOptions): Promise<Record<string, Record<WorkerName, number[]>>> {
	const servers = new Map<WorkerName, Workerd>();
	for (const name of contenders) {
		const options = await contenderOptions(name, { origin: "http://origin.test", before });
		servers.set(name, await startWorkerd(inLoop(loop, options, works)));
	}
	const samples: Record<string, Record<WorkerName, number[]>> = {};
	for (const [at, work] of works.entries()) {
		const repeat = (name: WorkerName, times: number) =>
			repeatWork(servers.get(name) as Workerd, { work, at, name, times });
		const times = new Map<WorkerName, number>();
		for (const name of contenders) {
			await repeat(name, WARM_UP_REQUESTS);
			const us = await repeat(name, AT_ONCE * 4);
			times.set(name, Math.ceil((sliceMs * 1000) / us / AT_ONCE) * AT_ONCE);
		}
		samples[work.name] = await takeTurns(contenders, rounds, (name) =>
			repeat(name, times.get(name) ?? AT_ONCE),
		);
	}
	await Promise.all([...servers.values()].map(({ stop }) => stop()));
	return samples;
}

const inLoop = (loop: string, options: WorkerdOptions, works: readonly Work[]): WorkerdOptions => ({
	source: loop,
	modules: { "contender.js": options.source },
	bindings: { ...options.bindings, WORKS: JSON.stringify(works) },
});

/** @returns microseconds of CPU time per request */
async function repeatWork(
	{ url, pid }: Workerd,
	{ work, at, name, times }: { work: Work; at: number; name: WorkerName; times: number },
): Promise<number> {
	const expected = expectedFrom(name, work);
	// A refused request has another response than one that is passed on.
	const allForwarded = expected === work.responses.passing ? AT_ONCE : 0;
	const before = cpuNs(pid);
	for (let done = 0; done < times; done += AT_ONCE) {
		const response = await fetch(`${url}/?work=${at}&times=${AT_ONCE}`);
		const { status, forwarded } = (await response.json()) as { status: number; forwarded: number };
		assert.equal(status, expected?.[0], `${work.name}: ${name} answers ${status}`);
		assert.equal(forwarded, allForwarded, `${work.name}: ${name} forwards ${forwarded}`);
	}
	return (cpuNs(pid) - before) / 1000 / times;
}
