/**
 * Draws the picture of a run: for each work, the ratio of each Worker to the limit, which is 1. Its colours are legible
 * on white and on black.
 */

export interface Bars {
	readonly name: string;
	readonly ours: number;
	readonly straightforward: number;
	/** The ratio that this edge has to reach. */
	readonly target?: number;
}

const WIDTH = 760;
const LEFT = 190;
const RIGHT = 60;
const ROW = 44;
const BAR = 13;
/** The width of a figure. */
const FIGURE = 40;
const TOP = 64;

export function draw(title: string, works: readonly Bars[]): string {
	const most = Math.max(1.2, ...works.flatMap(({ ours, straightforward }) => [ours, straightforward]));
	const x = (value: number) => LEFT + (value / most) * (WIDTH - LEFT - RIGHT);
	const height = TOP + works.length * ROW + 16;
	/** The figure stands right of the bar, or right of the target's mark if the mark would cross it. */
	const bar = (value: number, y: number, kind: string, target = 0) => {
		const isNear = target > value && x(target) - x(value) < FIGURE;
		const end = isNear ? x(target) : x(value);
		return `<rect class="${kind}" x="${LEFT}" y="${y}" width="${(x(value) - LEFT).toFixed(1)}" height="${BAR}" rx="2"/><text class="value" x="${(end + 6).toFixed(1)}" y="${y + BAR - 2}">${value.toFixed(2)}</text>`;
	};
	const rows = works.map(({ name, ours, straightforward, target }, at) => {
		const y = TOP + at * ROW;
		const mark = target
			? `<line class="target" x1="${x(target).toFixed(1)}" x2="${x(target).toFixed(1)}" y1="${y - 3}" y2="${y + BAR + 3}"/>`
			: "";
		return `<text class="name" x="${LEFT - 10}" y="${y + BAR + 4}">${name}</text>${bar(ours, y, "ours", target)}${bar(straightforward, y + BAR + 2, "other")}${mark}`;
	});
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${title}">
<style>
text { font: 12px system-ui, sans-serif; fill: #767676; }
.title { font-size: 14px; font-weight: 600; }
.name { text-anchor: end; }
.ours { fill: #2f81c7; }
.other { fill: #b58a2a; }
.limit { stroke: #767676; stroke-dasharray: 3 3; }
.target { stroke: #d1495b; stroke-width: 2; }
</style>
<text class="title" x="16" y="20">${title}</text>
<rect class="ours" x="16" y="32" width="12" height="12" rx="2"/><text x="34" y="42">this edge</text>
<rect class="other" x="116" y="32" width="12" height="12" rx="2"/><text x="134" y="42">the straightforward Worker</text>
<line class="target" x1="318" x2="318" y1="31" y2="45"/><text x="326" y="42">asked for</text>
<line class="limit" x1="${x(1)}" x2="${x(1)}" y1="${TOP - 8}" y2="${height - 12}"/><text x="${x(1) + 4}" y="${TOP - 8}">limit</text>
${rows.join("\n")}
</svg>
`;
}
