/**
 * Recording never fails a request. Protects a client from an error of the log or the metrics. The other recorders still
 * get their record, and the failure is counted.
 */
import { afterEach, describe, expect, it, vi } from "vitest";
import { readHost } from "../../../src/config/read-host.ts";
import { createRecorder } from "../../../src/observe/recorder.ts";
import { statisticsOf } from "../../../src/observe/statistics.ts";
import { accept, refuse } from "../../../src/verdict.ts";
import { BINDINGS, callEdge } from "../support/call-edge.ts";

interface Point {
	readonly indexes: readonly string[];
	readonly blobs: readonly string[];
}

/** Plays Analytics Engine, which throws for an index over 96 bytes and for blobs over 16 KiB. */
function strictDataset() {
	const points: Point[] = [];
	const bytesOf = (texts: readonly string[]) => new TextEncoder().encode(texts.join("")).length;
	const writeDataPoint = (point: Point) => {
		if (bytesOf(point.indexes) > 96) throw new TypeError("index too long");
		if (bytesOf(point.blobs) > 16 * 1024) throw new TypeError("blobs too long");
		points.push(point);
	};
	return { points, dataset: { writeDataPoint } };
}

describe("a hostname that is too long for the metrics", () => {
	it.each([
		["97 characters", "a".repeat(97 - ".test".length)],
		["the longest name in DNS", `${"a".repeat(60)}.${"b".repeat(60)}.${"c".repeat(60)}.${"d".repeat(60)}`],
		["longer than DNS allows", "a".repeat(5000)],
		["longer than a data point", "a".repeat(20_000)],
	])("%s: the request is answered and counted", async (_, name) => {
		const { points, dataset } = strictDataset();
		const request = new Request(`https://${name}.test/x`);
		const { response, log } = await callEdge(request, { ...BINDINGS, METRICS: dataset });
		expect([response.status, await response.text()]).toEqual([200, "origin"]);
		expect(points[0]?.indexes).toEqual([`${name}.test`.slice(0, 96)]);
		expect(JSON.parse(log.at(-1) ?? "").host).toBe(`${name}.test`.slice(0, 253));
	});
});

describe("a recorder that throws", () => {
	afterEach(() => void vi.restoreAllMocks());
	const throws = () => {
		throw new Error("the text of this error could quote the request");
	};
	it("metrics: response and log line are unchanged", async () => {
		const bindings = { ...BINDINGS, METRICS: { writeDataPoint: throws } };
		const { response, log } = await callEdge(new Request("https://edge.test/x"), bindings);
		expect([response.status, await response.text()]).toEqual([200, "origin"]);
		expect(JSON.parse(log.at(-1) ?? "")).toMatchObject({ verdict: "accept", status: 200 });
		expect(log.join()).not.toContain("quote");
	});
	it("the log: response and data point are unchanged", async () => {
		const { points, dataset } = strictDataset();
		const stringify = vi.spyOn(JSON, "stringify").mockImplementation(throws);
		const { response } = await callEdge(new Request("https://edge.test/x"), {
			...BINDINGS,
			METRICS: dataset,
		});
		stringify.mockRestore();
		expect([response.status, await response.text(), points.length]).toEqual([200, "origin", 1]);
	});
	it("metrics: a refusal is unchanged", async () => {
		const bindings = { ...BINDINGS, METRICS: { writeDataPoint: throws } };
		const { response } = await callEdge(
			new Request("https://edge.test/command", { method: "POST" }),
			bindings,
		);
		expect(await response.json()).toEqual({ error: 6 });
	});
	it.each([
		["metrics", { writeDataPoint: throws }, 2],
		["none", { writeDataPoint: () => undefined }, undefined],
	])("the host's statistics count failed recorders: %s", async (_, metrics, count) => {
		const host = readHost(BINDINGS, 0);
		vi.spyOn(console, "log").mockReturnValue();
		const record = createRecorder({
			id: "id",
			receivedMs: 0,
			method: "GET",
			hostname: "edge.test",
			route: "open",
			identity: host.identity,
			metrics,
			logging: undefined,
			address: "",
		});
		for (const response of [new Response(), new Response()]) record(accept(), response);
		expect(statisticsOf(host.identity).snapshot().notRecorded).toEqual(count ? { metrics: count } : {});
	});
});

describe("the status", () => {
	afterEach(() => void vi.restoreAllMocks());
	it.each([
		["a refused packet of a WebSocket has none", refuse("token_expired"), true, undefined],
		["an accepted packet has the handshake's", accept(), true, 101],
		["a refused request has its answer's", refuse("token_expired"), false, 101],
	])("%s", (_, verdict, isPacket, status) => {
		const lines: string[] = [];
		vi.spyOn(console, "log").mockImplementation((line) => void lines.push(line));
		const record = createRecorder({
			id: "id",
			receivedMs: 0,
			method: "GET",
			hostname: "edge.test",
			route: "socket",
			identity: undefined,
			metrics: undefined,
			logging: undefined,
			address: "",
		});
		record(verdict, new Response(null, { status: 101, webSocket: new WebSocketPair()[0] }), { isPacket });
		expect(JSON.parse(lines[0] ?? "").status).toBe(status);
	});
});
