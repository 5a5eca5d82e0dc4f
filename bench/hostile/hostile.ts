/**
 * Measures the costliest requests that a stranger can send, beside an ordinary refused one: the CPU time of one, the
 * memory of ten at once, and the wait of other clients.
 */
import { type RawRequest, sendRaw } from "../../test/node/support/raw-http.ts";
import { residentBytes } from "../../test/node/support/workerd.ts";
import { SECRETS } from "../credentials.ts";
import { cpuNs } from "../measure/cpu.ts";
import { median } from "../measure/series.ts";
import { startSilentOrigin } from "../servers/silent-origin.ts";
import { startWorkerd, type Workerd } from "../servers/workerd.ts";
import { atMost, type Target } from "../targets.ts";
import { measureShadow, measureSocket } from "./floods.ts";
import { HOSTILE, ORDINARY } from "./hostile-requests.ts";

const MIB = 1024 * 1024;
const AT_ONCE = 10;
const WARM_UP = 5;

export interface HostileCost {
	readonly name: string;
	/** CPU time of one request, in milliseconds. */
	readonly cpuMs: number;
	/** Multiple of the CPU time of an ordinary refused request. */
	readonly timesOrdinary: number;
	/** Growth of the process while it answers ten at once. */
	readonly mib: number;
	/** The longest wait of another client for a refusal meanwhile. */
	readonly othersMs: number;
}

export async function measureHostile(
	bundle: string,
	rounds: number,
): Promise<{ costs: HostileCost[]; targets: Target[] }> {
	const origin = await startSilentOrigin();
	const costs: HostileCost[] = [];
	const targets: Target[] = [];
	const edgeWith = (more: Readonly<Record<string, string>> = {}) =>
		startWorkerd({ source: bundle, bindings: { ...SECRETS, ORIGIN: origin.url, ...more } });
	for (const hostile of HOSTILE) {
		const { name, request, bindings, atMostMs, atMostMib } = hostile;
		const edge = await edgeWith(bindings);
		const cost = await measure(edge, request, rounds);
		await edge.stop();
		const timesOrdinary = cost.cpuMs / (costs[0]?.cpuMs ?? cost.cpuMs);
		costs.push({ name, ...cost, timesOrdinary });
		if (atMostMs) targets.push(atMost(`${name}: CPU`, cost.cpuMs, atMostMs, " ms"));
		if (atMostMib) targets.push(atMost(`${name}: ten at once`, cost.mib, atMostMib, " MiB"));
		if (atMostMs) targets.push(atMost(`${name}: others wait`, cost.othersMs, 200, " ms"));
	}
	targets.push(...(await measureSocket(edgeWith, origin)), await measureShadow(edgeWith));
	await origin.stop();
	return { costs, targets };
}

async function measure(edge: Workerd, request: RawRequest, rounds: number) {
	const url = new URL(edge.url);
	// A refusal before the body is read may break the connection while the client still sends.
	const send = (one: RawRequest) => sendRaw(url, one).catch(() => undefined);
	for (let n = 0; n < WARM_UP; n++) await send(request);
	const samples: number[] = [];
	for (let n = 0; n < rounds; n++) {
		const before = cpuNs(edge.pid);
		await send(request);
		samples.push((cpuNs(edge.pid) - before) / 1e6);
	}
	const idle = residentBytes(edge.pid);
	let most = idle;
	const watch = setInterval(() => {
		most = Math.max(most, residentBytes(edge.pid));
	}, 2);
	let done = false;
	const all = Promise.all(Array.from({ length: AT_ONCE }, () => send(request))).then(() => {
		done = true;
	});
	let othersMs = 0;
	while (!done) {
		const start = performance.now();
		await send(ORDINARY);
		othersMs = Math.max(othersMs, performance.now() - start);
	}
	await all;
	clearInterval(watch);
	return { cpuMs: median(samples), mib: (most - idle) / MIB, othersMs };
}
