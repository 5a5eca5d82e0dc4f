/**
 * Measures decisions inside the isolate, one after another and without a network: CPU time of the process per decision.
 */
import { strict as assert } from "node:assert";
import { BAD_LINK, BAD_TOKEN, LINK, SECRETS, signToken, TOKEN } from "../credentials.ts";
import { cpuNs } from "../measure/cpu.ts";
import { takeTurns } from "../measure/turns.ts";
import { startWorkerd } from "../servers/workerd.ts";

const RING_KEYS = 50;
const WARM_UP_DECISIONS = 2000;

/**
 * @returns for each name in `workers/decisions.ts` the microseconds of CPU time per decision, one value per round
 */
export async function measureDecisions(
	source: string,
	{ rounds, ms }: { readonly rounds: number; readonly ms: number },
): Promise<Record<string, number[]>> {
	const secrets = Array.from({ length: RING_KEYS }, (_, n) => `the secret of integration number ${n}`);
	const ring = {
		secrets,
		tokens: secrets.map((secret) => signToken({ c: "info", key: "k" }, secret)),
		named: secrets.map((secret, n) => signToken({ c: "info", key: "k" }, secret, { keyid: `key-${n}` })),
	};
	const bindings = {
		...SECRETS,
		ORIGIN: "http://origin.test",
		LINK,
		BAD_LINK,
		TOKEN,
		BAD_TOKEN,
		RING: JSON.stringify(ring),
	};
	const workerd = await startWorkerd({ source, bindings });
	const ask = async (query: string) => (await fetch(`${workerd.url}/?${query}`)).json();
	const run = async (name: string, times: number) => {
		const before = cpuNs(workerd.pid);
		const decided = await ask(new URLSearchParams({ run: name, times: String(times) }).toString());
		assert.equal(decided, !name.startsWith("bad"), `${name}: the decision is wrong`);
		return (cpuNs(workerd.pid) - before) / 1000;
	};
	try {
		const names = (await ask("")) as string[];
		const times: Record<string, number> = {};
		for (const name of names) {
			await run(name, WARM_UP_DECISIONS);
			times[name] = Math.ceil((ms * 1000 * WARM_UP_DECISIONS) / (await run(name, WARM_UP_DECISIONS)));
		}
		return await takeTurns(names, rounds, async (name) => {
			const count = times[name] ?? 1;
			return (await run(name, count)) / count;
		});
	} finally {
		await workerd.stop();
	}
}
