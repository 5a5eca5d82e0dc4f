/**
 * The arithmetic of the benchmark. Protects against figures that differ from the measurements. Asserts no times.
 */
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { compare } from "../../bench/comparison.ts";
import { bodyWithToken } from "../../bench/credentials.ts";
import { sendInOpenLoop } from "../../bench/latency/open-loop.ts";
import { noiseOfDifferences, noiseOfRatios } from "../../bench/measure/noise.ts";
import { median, ratios, summarize } from "../../bench/measure/series.ts";
import { orderOf, takeTurns } from "../../bench/measure/turns.ts";
import { draw } from "../../bench/picture.ts";
import { spread, table } from "../../bench/report.ts";
import { besideBridge, bridgeTarget } from "../../bench/sockets/beside-bridge.ts";
import { changesMessage, cursorMessage } from "../../bench/sockets/editor-socket.ts";
import { splitBundle } from "../../bench/start-up/bundle-parts.ts";
import { atLeast, atMost, outcomeOf } from "../../bench/targets.ts";
import { SIGNED_LINK } from "../../bench/works.ts";

it.each([
	[[3, 1, 2], 2],
	[[4, 1, 3, 2], 2.5],
	[[7], 7],
	[[], Number.NaN],
])("the median of %j is %d", (values, result) => expect(median(values)).toBe(result));

it.each([
	[[5, 1, 4, 2, 3], { q1: 2, median: 3, q3: 4 }],
	[[1, 2, 3, 4], { q1: 1.75, median: 2.5, q3: 3.25 }],
])("the quartiles of %j are %j", (values, quartiles) => expect(summarize(values)).toEqual(quartiles));

it("a ratio compares values of the same round", () => {
	expect(median(ratios([10, 200, 30], [5, 100, 10]))).toBe(2);
	expect(ratios([1, 2], [1])).toEqual([1, Number.NaN]);
});

describe("the noise", () => {
	it.each([
		["two processes that differ in every slice", [110, 110, 110, 110, 110], 0.1],
		["slices that scatter round equality", [90, 95, 100, 105, 110], 0.05],
	])("of %s", (_, again, noise) => {
		const same = again.map(() => 100);
		expect(noiseOfRatios(again, same)).toBeCloseTo(noise);
		expect(noiseOfDifferences(again, same)).toBeCloseTo(noise * 100);
	});
});

describe("turns", () => {
	it("the order changes: another entrant is first, and each comes after either neighbour", () => {
		const orders = [0, 1, 2, 3, 4, 6].map((round) => orderOf(["a", "b", "c"], round).join(""));
		expect(orders).toEqual(["abc", "cba", "bca", "acb", "cab", "abc"]);
	});

	it("the figures of each entrant keep the order of the rounds", async () => {
		let slice = 0;
		const figures = await takeTurns(["a", "b"], 3, async () => ++slice);
		expect(figures).toEqual({ a: [1, 4, 6], b: [2, 3, 5] });
	});
});

describe("a target", () => {
	it.each([
		[atLeast("x", 0.88, 0.88), "met"],
		[atLeast("x", 0.879, 0.88), "missed"],
		[atMost("x", 1.05, 1.05), "met"],
		[atMost("x", 1.051, 1.05), "missed"],
		[atLeast("x", 1.25, 1, "", 0.25), "within the noise"],
		[atLeast("x", 1.26, 1, "", 0.25), "met"],
		[atLeast("x", 0.75, 1, "", 0.25), "within the noise"],
		[atLeast("x", 0.74, 1, "", 0.25), "missed"],
		[atMost("x", 1.25, 1, "", 0.25), "within the noise"],
		[atMost("x", 1.26, 1, "", 0.25), "missed"],
		[atMost("x", 0.74, 1, "", 0.25), "met"],
		[atLeast("x", Number.NaN, 1, "", 0.25), "missed"],
		[atMost("x", Number.NaN, 1), "missed"],
		[atMost("x", 2, 1, "", Number.NaN), "missed"],
	] as const)("%j is %s", (target, outcome) => expect(outcomeOf(target)).toBe(outcome));
});

it.each([1, 16, 64, 1024])("a body of %d KiB has about that size", (kib) => {
	const bytes = bodyWithToken(kib * 1024).length;
	expect(bytes).toBeLessThanOrEqual(kib * 1024);
	expect(bytes).toBeGreaterThan(kib * 1024 * 0.98 - 8);
});

it("the columns of a table line up", () => {
	expect(
		table(
			["name", "µs"],
			[
				["a", "1.0"],
				["long name", "10.0"],
			],
		),
	).toBe(["name         µs", "---------  ----", "a           1.0", "long name  10.0"].join("\n"));
});

it("a median is shown with its quartiles, and a missing one as nothing", () => {
	expect(spread({ q1: 0.75, median: 0.77, q3: 0.79 })).toBe("0.77 (0.75–0.79)");
	expect(spread(summarize([]))).toBe("");
});

const COMPARISON = compare({
	limit: [100, 100, 100],
	"limit again": [102, 102, 102],
	"equal duties": [400, 400, 400],
	ours: [200, 200, 200],
});

it("a comparison divides the CPU time of the others by that of each contender", () => {
	const { contenders, noise } = COMPARISON;
	expect(contenders.ours?.ofLimit.median).toBe(0.5);
	expect(contenders.ours?.ofEqualDuties.median).toBe(2);
	expect(contenders.limit?.ofEqualDuties.median).toBe(4);
	expect(noise).toBeCloseTo(1 - 100 / 102);
});

it("the picture has one bar per Worker, as long as its figure, and the noise as a band round 1", () => {
	const picture = draw({ "signed link": COMPARISON }, "2026-01-01");
	const rect = (kind: string) => {
		const found = [
			...picture.matchAll(
				new RegExp(`<rect class="${kind}" x="([\\d.]+)" y="[\\d.]+" width="([\\d.]+)"`, "g"),
			),
		];
		// The first is the legend's.
		expect(found.length).toBe(2);
		return { x: Number(found[1]?.[1]), width: Number(found[1]?.[2]) };
	};
	const [ours, other, noise] = [rect("ours"), rect("other"), rect("noise")];
	expect(ours.width / other.width).toBeCloseTo(2, 1);
	const one = ours.x + ours.width * 2;
	expect(noise.x + noise.width / 2).toBeCloseTo(one, 0);
	expect(picture).toMatch(/^<svg [^>]*>.*<\/svg>\n$/s);
});

it("the parts of a bundle are split by its source map, and their shares add up to the whole", () => {
	// Columns 0, 4 and 8 of the only line come from three files: a package, a folder of src/, and the package again.
	const map = {
		version: 3,
		file: "worker.js",
		sources: ["../node_modules/hono/a.js", "../../src/link/b.ts", "../node_modules/hono/c.js"],
		sourcesContent: [],
		names: [],
		mappings: "AAAA,ICAA,ICAA",
		sourceRoot: "",
	};
	const parts = splitBundle("aaaabbbbcc", map);
	const bytes = Object.fromEntries(parts.map((part) => [part.name, part.bytes]));
	expect(bytes).toEqual({ hono: 6, "src/link": 4 });
	const whole = parts.reduce((sum, { gzipBytes }) => sum + gzipBytes, 0);
	expect(whole).toBeCloseTo(gzipSync("aaaabbbbcc").length);
});

it("the open loop sends every request, even if the server answers none before the last", async () => {
	const waiting: ServerResponse[] = [];
	const servers = ["a", "b"];
	const server = createServer((_, response) => {
		if (waiting.push(response) === 3 * servers.length) for (const one of waiting) one.end("ok");
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	const times = await sendInOpenLoop({
		servers: Object.fromEntries(servers.map((name) => [name, url])),
		work: SIGNED_LINK,
		perSecond: 1000,
		windows: 3,
		windowRequests: 1,
	});
	expect(Object.values(times).map((one) => one.length)).toEqual([3, 3]);
	server.closeAllConnections();
	server.close();
});

it("a socket's figure is divided by the bare bridge's of the same round", () => {
	const compared = besideBridge({
		"bare bridge": [10, 100, 20],
		"bare bridge again": [11, 110, 22],
		ours: [20, 200, 40],
	});
	expect(compared.contenders.ours?.ofBridge).toEqual({ q1: 2, median: 2, q3: 2 });
	expect(compared.noise).toBeCloseTo(0.1);
	expect(outcomeOf(bridgeTarget("x", compared, 1.85))).toBe("within the noise");
	expect(outcomeOf(bridgeTarget("x", compared, 1.75))).toBe("missed");
});

it.each([
	["cursor", 60, cursorMessage],
	["saveChanges", 10_000, changesMessage],
])("the message %s has %d bytes, and is one that an editor sends", (type, bytes, message) => {
	expect(message(bytes).length).toBe(bytes);
	const [event, data] = JSON.parse(message(bytes).slice("42".length));
	expect([event, data.type]).toEqual(["message", type]);
	expect(() => type === "cursor" || JSON.parse(data.changes)).not.toThrow();
});
