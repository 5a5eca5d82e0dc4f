/**
 * Decides whether memory grew: the slope of the second half of a soak, after the runtime has compiled the code and filled
 * its caches.
 */
import type { Outcome } from "../promise.ts";
import { type Slope, slopeOf } from "./slope.ts";
import type { Sample, Soaked } from "./soak.ts";

const KIB = 1024;
const MIB = KIB * KIB;

interface Kept {
	readonly heap: number;
	readonly process: number;
}

/**
 * In bytes per request. Whatever a request can leave behind is larger: an entry of a Map alone takes 24 bytes, without its
 * key.
 */
const NOTHING_KEPT: Kept = { heap: 8, process: 8 };
/** In bytes per request. With a wider interval, the URL and the headers of each request could be kept unnoticed. */
const WIDEST_MARGIN = 256;
/**
 * A process grows in its first minutes: its allocator keeps pages, and code is compiled. So a short soak finds only what is
 * larger, in bytes per request: entries with a key in the heap; bodies, connections and streams outside of it.
 */
const SETTLED_SECONDS = 600;
const KEPT_WHILE_SETTLING: Kept = { heap: 64, process: 1024 };

interface Line {
	readonly name: string;
	/** In bytes per request. */
	readonly mayKeep: number;
	readonly first: number;
	readonly last: number;
	readonly perRequest: Slope;
	readonly perSecond: Slope;
}

export function judge({ samples, requests, messages, unexpected }: Soaked): Outcome {
	const settled = samples.slice(Math.floor(samples.length / 2));
	const line = (name: string, mayKeep: number, of: (sample: Sample) => number): Line => ({
		name,
		mayKeep,
		first: of(settled[0] as Sample),
		last: of(settled.at(-1) as Sample),
		perRequest: slopeOf(settled.map((sample) => [sample.requests, of(sample)])),
		perSecond: slopeOf(settled.map((sample) => [sample.seconds, of(sample)])),
	});
	const findings = [...unexpected].map(([what, times]) => `${times} × ${what}`);
	if (settled.length < 4) {
		return { isKept: false, figure: "no samples", findings: ["the soak was too short", ...findings] };
	}
	const seconds = settled.at(-1)?.seconds ?? 0;
	const mayKeep = seconds < SETTLED_SECONDS ? KEPT_WHILE_SETTLING : NOTHING_KEPT;
	const lines = [
		line("process", mayKeep.process, ({ residentBytes }) => residentBytes),
		line("JavaScript heap", mayKeep.heap, ({ heapBytes }) => heapBytes),
	];
	for (const { name, mayKeep, perRequest } of lines) {
		const { perUnit, margin } = perRequest;
		if (perUnit - margin > 0 && perUnit > mayKeep) {
			findings.push(`${name}: each request keeps ${perUnit.toFixed(0)} ± ${margin.toFixed(0)} bytes`);
		} else if (margin > Math.max(WIDEST_MARGIN, mayKeep)) {
			findings.push(
				`${name}: the interval of ± ${margin.toFixed(0)} bytes per request is too wide to tell a leak`,
			);
		}
	}
	const minutes = Math.round(seconds / 6) / 10;
	const figure = `${requests.toLocaleString("en")} requests and ${messages.toLocaleString("en")} socket messages in ${minutes} min; ${lines.map(describe).join("; ")}`;
	return { isKept: findings.length === 0, figure, findings };
}

function describe({ name, first, last, perRequest, perSecond }: Line): string {
	const mib = (bytes: number) => (bytes / MIB).toFixed(1);
	const interval = ({ perUnit, margin }: Slope, units: number) =>
		`${((perUnit * units) / KIB).toFixed(1)} ± ${((margin * units) / KIB).toFixed(1)} KiB`;
	return `${name} ${mib(first)} → ${mib(last)} MiB, ${interval(perSecond, 60)} a minute, ${interval(perRequest, 1000)} per 1,000 requests`;
}
