/**
 * Measures one work on each contender over real sockets: CPU time of the process per request.
 */
import { strict as assert } from "node:assert";
import type { Contender } from "../comparison.ts";
import { cpuNs } from "../measure/cpu.ts";
import { takeTurns } from "../measure/turns.ts";
import { expectedFrom, hasFileCache } from "../servers/contenders.ts";
import type { Work } from "../works.ts";
import { type LoadTool, WARM_UP_MS } from "./load.ts";

export interface Server {
	readonly url: string;
	readonly pid: number;
}

/** One slice of load on one contender. */
export interface Slice {
	readonly cpuUs: number;
	readonly perSecond: number;
}

export interface Pace {
	readonly rounds: number;
	readonly sliceMs: number;
	readonly connections: number;
}

/** Throws for a wrong response: its speed would be compared with that of right ones. */
async function check(work: Work, contender: Contender, { url }: Server): Promise<void> {
	const [status, body] = expectedFrom(contender, work) ?? [0, /^/];
	const { method, headers = {}, body: sent } = work;
	const response = await fetch(url + work.target, { method, headers, ...(sent && { body: sent }) });
	const text = await response.text();
	assert.equal(response.status, status, `${work.name}: ${contender} answers ${response.status}`);
	assert.match(text, body, `${work.name}: ${contender}`);
	if (work.cache && hasFileCache(contender)) {
		assert.equal(response.headers.get("X-Edge-Cache"), work.cache, `${work.name}: ${contender}`);
	}
}

export async function measureWork(
	work: Work,
	servers: Readonly<Partial<Record<Contender, Server>>>,
	load: LoadTool,
	{ rounds, sliceMs, connections }: Pace,
): Promise<Partial<Record<Contender, readonly Slice[]>>> {
	const names = (Object.keys(servers) as Contender[]).filter((name) => expectedFrom(name, work));
	const serverOf = (name: Contender) => servers[name] as Server;
	// This load is not measured: it compiles the code, opens connections to the origin, and fills the file cache.
	for (const name of names) await load(serverOf(name).url, work, connections, WARM_UP_MS);
	for (const name of names) await check(work, name, serverOf(name));

	return takeTurns(names, rounds, async (name) => {
		const { url, pid } = serverOf(name);
		const before = cpuNs(pid);
		const { requests, perSecond } = await load(url, work, connections, sliceMs);
		return { cpuUs: (cpuNs(pid) - before) / 1000 / requests, perSecond };
	});
}
