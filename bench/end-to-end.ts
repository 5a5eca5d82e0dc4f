/**
 * Measures each work on each Worker in turn, round after round, so that a change on the machine changes all figures
 * alike.
 */
import { strict as assert } from "node:assert";
import { type LoadTool, WARM_UP_SECONDS } from "./load.ts";
import { cpuNs, median, medianRatio } from "./measure.ts";
import type { Contender, Work } from "./works.ts";

export interface Server {
	readonly url: string;
	readonly pid: number;
}

export interface Measured {
	/** Medians over the rounds. */
	readonly cpuUs: number;
	readonly perSecond: number;
	/** The limit's CPU time divided by this Worker's, round by round. */
	readonly ofLimit: number;
	/** The straightforward Worker's CPU time divided by this Worker's, round by round. */
	readonly ofStraightforward: number;
	/** The CPU time of this edge at the other commit divided by this Worker's, round by round. */
	readonly ofBefore: number;
}

export interface Rounds {
	readonly rounds: number;
	readonly seconds: number;
	readonly connections: number;
}

/** Throws for a wrong response: its speed would be compared with that of right ones. */
async function check(work: Work, contender: Contender, { url }: Server): Promise<void> {
	const [status, body] = expected(work, contender) ?? [0, /^/];
	const { method, headers = {}, body: sent } = work;
	const response = await fetch(url + work.target, { method, headers, ...(sent && { body: sent }) });
	const text = await response.text();
	assert.equal(response.status, status, `${work.name}: ${contender} answers ${response.status}`);
	assert.match(text, body, `${work.name}: ${contender}`);
	if (work.cache && contender === "ours") assert.equal(response.headers.get("X-Edge-Cache"), work.cache);
}

/** This edge answers alike at every commit. */
const expected = ({ responses }: Work, contender: Contender) =>
	responses[contender === "before" ? "ours" : contender];

export async function measureWork(
	work: Work,
	servers: Readonly<Partial<Record<Contender, Server>>>,
	load: LoadTool,
	{ rounds, seconds, connections }: Rounds,
): Promise<Partial<Record<Contender, Measured>>> {
	const entrants = (Object.entries(servers) as [Contender, Server][]).filter(([name]) =>
		expected(work, name),
	);
	// One round is not measured: it compiles the code, opens connections to the origin, and fills the file cache.
	for (const [, { url }] of entrants) await load(url, work, connections, WARM_UP_SECONDS);
	for (const [name, server] of entrants) await check(work, name, server);

	const samples = entrants.map(([name]) => ({ name, cpuUs: [] as number[], perSecond: [] as number[] }));
	for (let round = 0; round < rounds; round++) {
		for (const [at, [, { url, pid }]] of entrants.entries()) {
			const before = cpuNs(pid);
			const { requests, perSecond } = await load(url, work, connections, seconds);
			samples[at]?.cpuUs.push((cpuNs(pid) - before) / 1000 / requests);
			samples[at]?.perSecond.push(perSecond);
		}
	}
	const of = (contender: Contender) => samples.find(({ name }) => name === contender)?.cpuUs ?? [];
	return Object.fromEntries(
		samples.map(({ name, cpuUs, perSecond }) => [
			name,
			{
				cpuUs: median(cpuUs),
				perSecond: median(perSecond),
				ofLimit: medianRatio(of("limit"), cpuUs),
				ofStraightforward: medianRatio(of("straightforward"), cpuUs),
				ofBefore: medianRatio(of("before"), cpuUs),
			},
		]),
	);
}
