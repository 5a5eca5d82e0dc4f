/**
 * An ORIGIN that leads back to the edge. Protects against requests that circle without end: they end after three hops,
 * and the log names the binding. Several edges in a row still work.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, describe, expect, it } from "vitest";
import { readBundle } from "../../local/build.ts";
import { type Edge, freePort, startEdge } from "../../local/edge.ts";
import { sendRaw } from "./support/raw-http.ts";

const BINDINGS = { JWT_SECRET: "a token secret", SECURE_LINK_SECRET: "a link secret" };
const asset = { method: "GET", target: "/web-apps/x.js" };
const LOOP = { binding: "ORIGIN", problem: expect.stringContaining("leads back to the edge") };

const cleanups: (() => unknown)[] = [];
afterAll(async () => {
	for (const cleanup of cleanups.reverse()) await cleanup();
});

async function startLogging(
	ORIGIN: string,
	port = 0,
): Promise<{ edge: Edge; log: Record<string, unknown>[] }> {
	const log: Record<string, unknown>[] = [];
	const bindings = { ...BINDINGS, ORIGIN };
	const edge = await startEdge({
		bundle: await readBundle(),
		bindings,
		port,
		// workerd itself may write lines that are not JSON.
		onLog: (line) => line.startsWith("{") && log.push(JSON.parse(line)),
	});
	cleanups.push(edge.stop);
	return { edge, log };
}

async function startOrigin(): Promise<{ url: string; hops: (string | undefined)[] }> {
	const hops: (string | undefined)[] = [];
	const server = createServer((request, response) => {
		hops.push(request.headers["x-edge-hops"]?.toString());
		response.end("origin");
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	cleanups.push(() => server.close());
	return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, hops };
}

describe("ORIGIN is the edge itself", async () => {
	const port = await freePort();
	const { edge, log } = await startLogging(`http://127.0.0.1:${port}`, port);
	it.each([
		["a GET", asset],
		["a form", { method: "POST", target: "/any", body: Buffer.from("x=1") }],
		["a poll of the editor", { method: "GET", target: "/doc/k/c/?EIO=4&transport=polling" }],
	])("%s ends after three hops with 508", async (_, request) => {
		log.length = 0;
		const answer = await sendRaw(edge.url, request);
		expect([answer.status, answer.headers["x-edge-reason"]]).toEqual([508, "edge_loop"]);
		await expect.poll(() => log.filter(({ route }) => route !== undefined).length).toBe(4);
	});
	it("the log names the binding, once", async () => {
		const { edge, log } = await startLogging(`http://127.0.0.1:${port}`);
		for (let n = 0; n < 3; n++) expect((await sendRaw(edge.url, asset)).status).toBe(508);
		expect(log.filter(({ level }) => level === "error")).toEqual([{ level: "error", ...LOOP }]);
	});
});

describe("edges in a row", () => {
	it("three are served, the fourth refuses", async () => {
		const origin = await startOrigin();
		let before = origin.url;
		const statuses = [];
		for (let n = 0; n < 4; n++) {
			const { edge } = await startLogging(before);
			statuses.push((await sendRaw(edge.url, asset)).status);
			before = edge.url.origin;
		}
		expect(statuses).toEqual([200, 200, 200, 508]);
		expect(origin.hops).toEqual(["1", "2", "3"]);
	});
});

describe("a hop count that a client sends", async () => {
	const origin = await startOrigin();
	const { edge, log } = await startLogging(origin.url);
	it.each([
		["2", 200],
		["3", 508],
		["9", 508],
		["10", 508],
		["-1", 508],
		["1, 1", 508],
		["x", 508],
		["", 508],
	])(
		"%j: its own request gets %i, other requests pass, and the log does not blame ORIGIN",
		async (count, status) => {
			const answer = await sendRaw(edge.url, { ...asset, headers: { "X-Edge-Hops": count } });
			expect(answer.status).toBe(status);
			expect((await sendRaw(edge.url, asset)).status).toBe(200);
			expect(log.filter(({ level }) => level === "error")).toEqual([]);
		},
	);
});
