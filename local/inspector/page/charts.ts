/**
 * Charts of the decisions: verdicts over time, and latency. Both keep a bounded number of values.
 */
import { draw, find } from "./dom.ts";

export type Outcome = "good" | "note" | "bad";

const BUCKET_MS = 10_000;
const BUCKETS = 30;
const LATENCIES = 100;
const HEIGHT = 96;
/** From the bottom of a bar to its top. */
const ORDER: readonly Outcome[] = ["good", "note", "bad"];
const NAMES: Readonly<Record<Outcome, string>> = {
	good: "accepted",
	note: "failed behind the edge",
	bad: "refused",
};

interface Bucket {
	readonly index: number;
	readonly counts: Record<Outcome, number>;
}
interface Latency {
	readonly ms: number;
	readonly outcome: Outcome;
}

const buckets: Bucket[] = [];
const latencies: Latency[] = [];

/** @param weight the number of requests that the decision stands for */
export function count(timeMs: number, ms: number, outcome: Outcome, weight: number): void {
	const index = Math.floor(timeMs / BUCKET_MS);
	let bucket = buckets.find((one) => one.index === index);
	if (bucket === undefined) {
		bucket = { index, counts: { good: 0, note: 0, bad: 0 } };
		buckets.push(bucket);
		buckets.sort((a, b) => a.index - b.index);
		if (buckets.length > BUCKETS) buckets.shift();
	}
	bucket.counts[outcome] += weight;
	if (!Number.isFinite(ms)) return;
	latencies.push({ ms, outcome });
	if (latencies.length > LATENCIES) latencies.shift();
}

export function drawCharts(nowMs: number): void {
	drawVerdicts(nowMs);
	drawLatencies();
}

function drawVerdicts(nowMs: number): void {
	const first = Math.floor(nowMs / BUCKET_MS) - BUCKETS + 1;
	const shown = buckets.filter(({ index }) => index >= first);
	const sumOf = ({ counts }: Bucket) => counts.good + counts.note + counts.bad;
	const most = Math.max(1, ...shown.map(sumOf));
	const bars = shown.flatMap(({ index, counts }) => {
		let y = HEIGHT;
		return ORDER.filter((outcome) => counts[outcome] > 0).map((outcome) => {
			const height = (counts[outcome] / most) * (HEIGHT - 8);
			y -= height;
			const at = new Date(index * BUCKET_MS).toLocaleTimeString([], { hour12: false });
			const title = draw("title", {}, `${counts[outcome]} ${NAMES[outcome]}, 10 s from ${at}`);
			const bar = {
				class: outcome,
				x: `${((index - first) / BUCKETS) * 100}%`,
				width: `${80 / BUCKETS}%`,
				y: String(y),
				height: String(height),
			};
			return draw("rect", bar, title);
		});
	});
	const total = (outcome: Outcome) => shown.reduce((sum, { counts }) => sum + counts[outcome], 0);
	const text = (["good", "bad", "note"] as const)
		.map((outcome) => `${total(outcome)} ${NAMES[outcome]}`)
		.join(", ");
	show("#verdicts", bars, `In the last 5 minutes: ${text}.`);
}

/** The scale is logarithmic: a request that takes a second would otherwise flatten all others. */
function drawLatencies(): void {
	const most = Math.max(10, ...latencies.map(({ ms }) => ms));
	const yOf = (ms: number) => HEIGHT - 4 - (Math.log(1 + ms) / Math.log(1 + most)) * (HEIGHT - 10);
	const dots = latencies.map(({ ms, outcome }, i) => {
		const dot = {
			class: outcome,
			cx: `${((i + 0.5) / Math.max(LATENCIES / 4, latencies.length)) * 100}%`,
			cy: String(yOf(ms)),
			r: "3.5",
		};
		return draw("circle", dot, draw("title", {}, `${inWords(ms)}, ${NAMES[outcome]}`));
	});
	const sorted = latencies.map(({ ms }) => ms).sort((a, b) => a - b);
	const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
	const lines = sorted.length === 0 ? [] : [lineAt(yOf(at(0.5))), lineAt(yOf(at(0.95)))];
	const text =
		sorted.length === 0
			? "No decision yet."
			: `Half within ${inWords(at(0.5))}, 95 of 100 within ${inWords(at(0.95))}, slowest ${inWords(at(1))}.`;
	show("#latencies", [...lines, ...dots], text);
}

const inWords = (ms: number): string => (ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`);

const lineAt = (y: number): SVGElement => draw("line", { x1: "0", x2: "100%", y1: String(y), y2: String(y) });

function show(selector: string, shapes: readonly SVGElement[], text: string): void {
	find(`${selector} svg`).replaceChildren(...shapes);
	find(`${selector} figcaption span`).textContent = text;
}
