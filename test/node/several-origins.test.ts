/**
 * Three servers behind one edge. Protects the editors of a document from being spread over two servers: if a server
 * dies, only its documents move, and they return with it.
 */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readBundle } from "../../local/build.ts";
import { type Edge, freePort, startEdge } from "../../local/edge.ts";
import { rankOrigins } from "../../src/origin/origin-choice.ts";

const KEYS = Array.from({ length: 60 }, (_, n) => `document ${n}/ß`);
const servers = new Map<string, Server>();
let edge: Edge;

async function startServer(origin: string): Promise<void> {
	const server = createServer((_, response) => response.end(origin));
	server.listen(Number(new URL(origin).port), "127.0.0.1");
	await once(server, "listening");
	servers.set(origin, server);
}
async function stopServer(origin: string): Promise<void> {
	const server = servers.get(origin);
	server?.closeAllConnections();
	await new Promise((resolve) => server?.close(resolve));
}

beforeAll(async () => {
	for (let n = 0; n < 3; n++) await startServer(`http://127.0.0.1:${await freePort()}`);
	const ORIGINS = [...servers.keys()].join(" ");
	const bindings = { ORIGINS, JWT_SECRET: "a token secret", SECURE_LINK_SECRET: "a link secret" };
	edge = await startEdge({ bundle: await readBundle(), bindings, onLog: () => undefined });
});
afterAll(async () => {
	await edge.stop();
	for (const origin of servers.keys()) await stopServer(origin);
});

/** For each key the server that answered, or the status of a failure. */
async function answersTo(method: string): Promise<string[]> {
	const answers: string[] = [];
	for (const key of KEYS) {
		const url = new URL(`/any?shardkey=${encodeURIComponent(key)}`, edge.url);
		const answer = await fetch(url, { method });
		const text = await answer.text();
		answers.push(answer.ok ? text : String(answer.status));
	}
	return answers;
}

it("a server dies and comes back", async () => {
	const origins = [...servers.keys()];
	const ranks = KEYS.map((key) => rankOrigins(origins, key));
	const owners = ranks.map(([owner = ""]) => owner);
	const [dead = ""] = owners;
	const heirs = ranks.map(([owner = "", next = ""]) => (owner === dead ? next : owner));
	expect(new Set(owners).size).toBe(3);
	expect(await answersTo("GET")).toEqual(owners);
	expect(await answersTo("POST")).toEqual(owners);

	await stopServer(dead);
	// A POST may not be sent twice, so it fails until the circuit opens. A GET is sent to the next server.
	const first = await answersTo("POST");
	expect(first.filter((answer) => answer === "502").length).toBeGreaterThanOrEqual(5);
	expect(first.filter((answer, at) => answer !== "502" && answer !== heirs[at])).toEqual([]);
	expect(await answersTo("GET")).toEqual(heirs);

	// After the circuit's pause one request tries the server again.
	await startServer(dead);
	await expect.poll(() => answersTo("POST")).toEqual(owners);
	expect(await answersTo("GET")).toEqual(owners);
});

it("no GET fails when a server dies", async () => {
	const [dead = ""] = servers.keys();
	await stopServer(dead);
	const answers = await answersTo("GET");
	expect(answers.filter((answer) => answer.startsWith("5"))).toEqual([]);
});
