/**
 * The check of the edge's memory. Protects against a soak that measures nothing: it has to find a leak, and its traffic
 * has to get the answers that it expects.
 */
import { describe, expect, it } from "vitest";
import { readBundle } from "../../../local/build.ts";
import { judge } from "../../../verify/memory/judge.ts";
import { slopeOf } from "../../../verify/memory/slope.ts";
import { type Sample, soak } from "../../../verify/memory/soak.ts";
import { seeded } from "../../random.ts";
import { readableWorker } from "./planted-fault.ts";

const MIB = 1024 * 1024;

describe("the slope of a line", () => {
	const points = (count: number, of: (x: number) => number) =>
		Array.from({ length: count }, (_, x) => [x, of(x)] as const);

	it("is exact for points without noise", () => {
		expect(slopeOf(points(10, (x) => 7 + 3 * x))).toEqual({ perUnit: 3, margin: 0 });
	});
	it("matches Student's interval for independent noise", () => {
		// By hand: the squares of the residuals sum to 1.9. With three degrees of freedom t is 3.182.
		const { perUnit, margin } = slopeOf([
			[0, 0],
			[1, 2],
			[2, 1],
			[3, 3],
			[4, 4],
		]);
		expect(perUnit).toBeCloseTo(0.9, 10);
		expect(margin).toBeCloseTo(3.182 * Math.sqrt(1.9 / 3 / 10), 1);
	});
	it("holds the true slope in 95 of 100 intervals", () => {
		const random = seeded(1);
		const noise = () => random() + random() + random() - 1.5;
		const runs = Array.from({ length: 400 }, () => slopeOf(points(30, (x) => 2 * x + 10 * noise())));
		const held = runs.filter(({ perUnit, margin }) => Math.abs(perUnit - 2) <= margin).length;
		expect(held / runs.length).toBeGreaterThan(0.92);
	});
	it("has a wider interval if neighbours resemble each other", () => {
		const random = seeded(2);
		let drift = 0;
		const walk = slopeOf(
			points(100, () => {
				drift = 0.9 * drift + random() - 0.5;
				return drift;
			}),
		);
		const mixed = slopeOf(points(100, () => 2 * (random() - 0.5)));
		expect(walk.margin).toBeGreaterThan(2 * mixed.margin);
	});
	it.each([
		["no points", []],
		["three points", points(3, (x) => x)],
		["points at one place", points(5, (x) => x).map(([, y]) => [0, y] as const)],
	])("tells nothing from %s", (_, few) => {
		expect(slopeOf(few).margin).toBe(Number.POSITIVE_INFINITY);
	});
});

describe("the judgement", () => {
	const random = seeded(3);
	const soaked = (
		residentPerRequest: number,
		heapPerRequest: number,
		minutes = 60,
		noiseBytes = MIB / 10,
	) => {
		const samples: Sample[] = Array.from({ length: 60 }, (_, at) => ({
			seconds: at * minutes,
			requests: 1000 * at,
			residentBytes: 90 * MIB + 1000 * at * residentPerRequest + (random() - 0.5) * noiseBytes,
			heapBytes: 9 * MIB + 1000 * at * heapPerRequest + (random() - 0.5) * noiseBytes,
		}));
		return { samples, requests: 60_000, messages: 10, unexpected: new Map<string, number>() };
	};
	it.each([
		["memory that stays", soaked(0, 0), true],
		["a process that grows", soaked(30, 0), false],
		["a heap that grows", soaked(0, 30), false],
		["a process that shrinks", soaked(-100, 0), true],
		["noise in which a leak could hide", soaked(0, 0, 60, 100 * MIB), false],
		["a short soak of a process that settles", soaked(500, 0, 1), true],
		["a short soak of a process that grows", soaked(2000, 0, 1), false],
		["a short soak of a heap that grows", soaked(0, 100, 1), false],
		["an unexpected answer", { ...soaked(0, 0), unexpected: new Map([["status 500", 3]]) }, false],
		["a soak without samples", { ...soaked(0, 0), samples: [] }, false],
	])("%s", (_, run, isKept) => {
		const outcome = judge(run);
		expect(outcome.isKept).toBe(isKept);
		expect(outcome.findings.length > 0).toBe(!isKept);
	});
	it("leaves out the first half, in which the runtime compiles and fills its caches", () => {
		const { samples, ...rest } = soaked(0, 0);
		const warming = samples.map((sample, at) => ({
			...sample,
			residentBytes: sample.residentBytes - Math.max(0, 25 - at) * MIB,
		}));
		expect(judge({ ...rest, samples: warming }).isKept).toBe(true);
	});
});

describe("a short soak", () => {
	const short = {
		editors: 20,
		strangers: 100,
		files: 10,
		seconds: 6,
		samples: 24,
		seed: 1,
		say: () => undefined,
	};
	it("gets the expected answer to every request", async () => {
		const { samples, requests, messages, unexpected } = await soak({ ...short, bundle: await readBundle() });
		expect([...unexpected]).toEqual([]);
		expect(samples.length).toBe(short.samples);
		expect(requests).toBeGreaterThan(100);
		expect(messages).toBeGreaterThan(0);
	});
	it("finds a Worker that keeps each request", async () => {
		const leaking = `${await readableWorker()}
			{
				const kept = [];
				const unaltered = worker_default.fetch;
				worker_default.fetch = (request, ...rest) => {
					kept.push(Array(1000).fill(kept.length));
					return unaltered(request, ...rest);
				};
			}`;
		const soaked = await soak({ ...short, bundle: leaking });
		expect([...soaked.unexpected]).toEqual([]);
		const { isKept, findings } = judge(soaked);
		expect(isKept).toBe(false);
		expect(findings.join()).toMatch(/JavaScript heap: each request keeps \d{4} ± \d+ bytes/);
	});
});
