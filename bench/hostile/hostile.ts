/**
 * Measures the costliest requests that a stranger can send, beside an ordinary refused one. The figures are the CPU
 * time of one, the memory of ten at once, and the wait of other clients. No request has a credential that a server
 * accepts.
 */
import { deflateSync, gzipSync } from "node:zlib";
import { WebSocket } from "ws";
import { type RawRequest, sendRaw } from "../../test/node/support/raw-http.ts";
import { residentBytes } from "../../test/node/support/workerd.ts";
import { BAD_TOKEN, SECRETS } from "../credentials.ts";
import { cpuNs } from "../measure/cpu.ts";
import { median } from "../measure/series.ts";
import { type SilentOrigin, startSilentOrigin } from "../servers/silent-origin.ts";
import { startWorkerd, type Workerd } from "../servers/workerd.ts";
import { atMost, type Target } from "../targets.ts";

const MIB = 1024 * 1024;
const AT_ONCE = 10;
const WARM_UP = 5;

interface HostileRequest {
	readonly name: string;
	readonly request: RawRequest;
	readonly bindings?: Readonly<Record<string, string>>;
	/** Limits: CPU milliseconds of one request, and MiB of ten at once. */
	readonly atMostMs?: number;
	readonly atMostMib?: number;
}

const POLL = "/doc/d/c/?EIO=4&transport=polling&sid=s";
const post = (target: string, body: Buffer | string, headers: Record<string, string> = {}): RawRequest => ({
	method: "POST",
	target,
	headers,
	body: Buffer.from(body),
});
const gzip = { "Content-Encoding": "gzip" };
const ring = JSON.stringify(
	Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`key-${n}`, `the secret of key ${n}, long`])),
);
const longToken = (bytes: number) => `${BAD_TOKEN.split(".")[0]}.${"A".repeat(bytes)}.${"A".repeat(43)}`;
const objects = (bytes: number) => `[${"{},".repeat(bytes / 3)}{}]`;

export const HOSTILE: readonly HostileRequest[] = [
	{
		name: "an ordinary refused token",
		request: post("/command", "{}", { Authorization: `Bearer ${BAD_TOKEN}` }),
	},
	{
		name: "8 KB of gzip, 8 MiB of [{},{},…]",
		request: post("/command", gzipSync(objects(8 * MIB)), gzip),
		atMostMs: 20,
		atMostMib: 48,
	},
	{
		name: "1 MiB of [{},{},…]",
		request: post("/command", objects(MIB - 8)),
		atMostMs: 20,
		atMostMib: 48,
	},
	{
		name: "1 MiB of [[[…]]]",
		request: post("/converter", "[".repeat(MIB / 2) + "]".repeat(MIB / 2)),
		atMostMs: 20,
		atMostMib: 48,
	},
	{
		name: "1 MiB of names",
		request: post("/docbuilder", `{${'"token":0,'.repeat(MIB / 10 - 1)}"a":0}`),
		atMostMs: 20,
		atMostMib: 48,
	},
	{
		name: "1 MiB of empty gzip members",
		request: post("/command", Buffer.concat(Array(Math.floor(MIB / 20)).fill(gzipSync(""))), gzip),
		atMostMs: 20,
		atMostMib: 48,
	},
	{
		name: "deflate of 1 MiB of spaces",
		request: post("/command", deflateSync(" ".repeat(MIB - 8)), { "Content-Encoding": "deflate" }),
		atMostMs: 20,
	},
	{
		name: "a token of 7.5 MB, 50 keys",
		request: post("/command", JSON.stringify({ token: longToken(7.5 * 1000 * 1000) })),
		bindings: { JWT_SECRET: ring, MAX_BODY_BYTES: String(8 * MIB) },
		atMostMs: 20,
	},
	{
		name: "a token of 256 KB, 50 keys",
		request: post("/command", JSON.stringify({ token: longToken(250 * 1024) })),
		bindings: { JWT_SECRET: ring },
		atMostMs: 20,
	},
	{
		name: 'polling, 8 MiB of 40"␞',
		request: post(POLL, '40"\x1e'.repeat(2 * MIB - 2)),
		atMostMs: 100,
		atMostMib: 200,
	},
	{
		name: "polling, 8 MiB of separators",
		request: post(POLL, "\x1e".repeat(8 * MIB - 8)),
		atMostMs: 100,
	},
	{
		name: "polling, one packet of 8 MiB",
		request: post(POLL, `42["message",{"type":"auth","x":${objects(8 * MIB - 100)}}]`),
		atMostMs: 100,
	},
	{
		name: "polling, 16 tokens of 250 KB, 50 keys",
		request: post(
			POLL,
			Array(16)
				.fill(`40{"token":"${longToken(250 * 1024)}"}`)
				.join("\x1e"),
		),
		bindings: { JWT_SECRET: ring },
		atMostMs: 200,
	},
	{
		name: "Accept of 60 KB with an open quote",
		request: post("/converter", "{}", { Accept: `a/b;x="${",".repeat(60_000)}` }),
		atMostMs: 20,
	},
	{
		name: "a path of 2,600 layers of encoding",
		request: { method: "GET", target: `/%${"25".repeat(3900)}41` },
		atMostMs: 20,
	},
];

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

const ORDINARY: RawRequest = HOSTILE[0]?.request as RawRequest;

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

type StartEdge = (bindings?: Readonly<Record<string, string>>) => Promise<Workerd>;

/** A WebSocket names a polling session that never connected, then sends endless frames or one of 30 MB. */
async function measureSocket(edgeWith: StartEdge, origin: SilentOrigin): Promise<Target[]> {
	const flood = (frames: readonly string[]) => async (socket: WebSocket) => {
		for (const frame of frames) {
			if (socket.readyState !== socket.OPEN) return;
			socket.send(frame);
			if (socket.bufferedAmount > MIB) await new Promise((resolve) => setTimeout(resolve, 1));
		}
	};
	const cases = [
		["200,000 frames", flood(Array(200_000).fill('42["x"]'))],
		["a frame of 30 MB", flood([`42["message",{"type":"auth","x":[${"{},".repeat(1e7)}{}]}]`])],
	] as const;
	const targets: Target[] = [];
	for (const [name, send] of cases) {
		const edge = await edgeWith();
		const socket = new WebSocket(
			`${edge.url.replace("http", "ws")}/doc/d/c/?EIO=4&transport=websocket&sid=s`,
		);
		await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
		const before = { resident: residentBytes(edge.pid), frames: origin.frames() };
		const closed = new Promise((resolve) => socket.once("close", resolve));
		await send(socket);
		await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 2000))]);
		targets.push(
			atMost(`anonymous sid, ${name}: frames at the origin`, origin.frames() - before.frames, 4),
			atMost(
				`anonymous sid, ${name}: memory`,
				(residentBytes(edge.pid) - before.resident) / MIB,
				128,
				" MiB",
			),
		);
		socket.terminate();
		await edge.stop();
	}
	return targets;
}

const UPLOAD_MIB = 300;

/** Shadow mode forwards every request. A body that is not read for a token must not be held in memory. */
async function measureShadow(edgeWith: StartEdge): Promise<Target> {
	const edge = await edgeWith({ SHADOW_ROUTES: "command" });
	await (await fetch(`${edge.url}/open`, { method: "POST", body: "x" })).text();
	const idle = residentBytes(edge.pid);
	let most = idle;
	const watch = setInterval(() => {
		most = Math.max(most, residentBytes(edge.pid));
	}, 5);
	const body = Buffer.alloc(UPLOAD_MIB * MIB);
	await sendRaw(new URL(edge.url), { method: "POST", target: "/open", body, framing: "chunked" });
	clearInterval(watch);
	await edge.stop();
	return atMost(`shadow mode, upload of ${UPLOAD_MIB} MB: memory`, (most - idle) / MIB, 8, " MiB");
}
