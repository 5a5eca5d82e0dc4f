/**
 * Draws the picture of a run: for each work, how many requests this edge and the Worker with equal duties answer with
 * the CPU time in which a Worker that only passes requests on answers one. It is narrow and its letters are large, so
 * that a phone can show it. Its colours are legible on white and on black.
 */
import type { Comparison } from "./comparison.ts";

const WIDTH = 480;
const SIDE = 16;
const BAR = 19;
const GAP = 2;
const LABEL = 21;
const ROW = LABEL + 2 * BAR + GAP + 14;
const TOP = 158;
const AXIS = 52;
const TICK = 0.5;

interface Row {
	readonly name: string;
	readonly ours: number;
	readonly equalDuties: number;
	/** As a share. */
	readonly noise: number;
}

export function draw(works: Readonly<Record<string, Comparison>>, date: string): string {
	const rows = Object.entries(works).map(
		([name, { noise, contenders }]): Row => ({
			name,
			ours: contenders.ours?.ofLimit.median ?? 0,
			equalDuties: contenders["equal duties"]?.ofLimit.median ?? 0,
			noise,
		}),
	);
	const most = Math.max(1.2, ...rows.flatMap(({ ours, equalDuties }) => [ours, equalDuties]));
	const x = (value: number) => SIDE + (value / most) * (WIDTH - 2 * SIDE);
	const bottom = TOP + rows.length * ROW;
	const ticks = Array.from({ length: Math.floor(most / TICK) + 1 }, (_, n) => n * TICK);
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${bottom + AXIS}" width="${WIDTH}" role="img" aria-label="Requests per CPU time, this edge beside a plain Worker with the same duties">
<style>
text { font: 15px system-ui, sans-serif; fill: #767676; }
.title { font-size: 17px; font-weight: 600; }
.work { font-weight: 600; }
.tick { text-anchor: middle; }
.figure { fill: #fff; font-weight: 600; text-anchor: end; }
.ours { fill: #2672b5; }
.other { fill: #8a6a1f; }
.noise { fill: #808080; fill-opacity: 0.55; }
.one { stroke: #767676; stroke-dasharray: 4 3; }
.axis { stroke: #767676; }
</style>
<text class="title" x="${SIDE}" y="26">Requests answered with the same CPU time</text>
<text x="${SIDE}" y="50">Longer is better. 1 (dashed): a Worker that does nothing</text>
<text x="${SIDE}" y="70">but pass requests on.</text>
${legend("ours", "this edge", SIDE, 86)}
${legend("noise", "noise of the run", 250, 86)}
${legend("other", "a plain Worker with the same duties", SIDE, 110)}
<line class="one" x1="${round(x(1))}" x2="${round(x(1))}" y1="${TOP - 8}" y2="${bottom}"/>
${rows.map((row, at) => drawRow(row, TOP + at * ROW, x)).join("\n")}
<line class="axis" x1="${SIDE}" x2="${round(x(most))}" y1="${bottom}" y2="${bottom}"/>
${ticks.map((value) => `<text class="tick" x="${round(x(value))}" y="${bottom + 18}">${value}</text>`).join("")}
<text x="${SIDE}" y="${bottom + 42}">CPU time of the pass-through ÷ CPU time, ${date}</text>
</svg>
`;
}

const round = (value: number) => value.toFixed(1);

const legend = (kind: string, text: string, x: number, y: number) =>
	`<rect class="${kind}" x="${x}" y="${y}" width="14" height="14" rx="2"/><text x="${x + 21}" y="${y + 12}">${text}</text>`;

function drawRow({ name, ours, equalDuties, noise }: Row, y: number, x: (value: number) => number): string {
	const bars = [
		{ kind: "ours", value: ours, top: y + LABEL },
		{ kind: "other", value: equalDuties, top: y + LABEL + BAR + GAP },
	];
	const rects = bars.map(
		({ kind, value, top }) =>
			`<rect class="${kind}" x="${SIDE}" y="${top}" width="${round(x(value) - SIDE)}" height="${BAR}" rx="2"/>`,
	);
	const band = `<rect class="noise" x="${round(x(1 - noise))}" y="${y + LABEL - 3}" width="${round(x(1 + noise) - x(1 - noise))}" height="${2 * BAR + GAP + 6}"/>`;
	const figures = bars.map(
		({ value, top }) =>
			`<text class="figure" x="${round(x(value) - 6)}" y="${top + 15}">${value.toFixed(2)}</text>`,
	);
	return [`<text class="work" x="${SIDE}" y="${y + 14}">${name}</text>`, ...rects, band, ...figures].join("");
}
