/**
 * Tells whether calls reached a block of the code that no call had reached before. V8 itself counts, with the counters
 * that make the coverage reports of test runners.
 *
 * V8 leaves out a block that ran as often as the block around it. So a report is painted onto the characters of the
 * function, and a call is new if it paints a character for the first time.
 */
import { type Profiler, Session } from "node:inspector";

export interface Coverage {
	/**
	 * Whether the calls since the last question were new.
	 *
	 * @param keep whether they count as seen from now on
	 */
	readonly isNew: (keep: boolean) => boolean;
	/** The blocks of the functions that were called, and how many of them ran. */
	readonly blocks: () => { readonly all: number; readonly reached: number };
	readonly stop: () => void;
}

interface SeenFunction {
	readonly start: number;
	/** One per character: 1 if it ran. */
	readonly ran: Uint8Array;
	/** The reports that are known to paint nothing new. */
	readonly known: Set<string>;
	/** Where each block begins. */
	readonly blocks: Set<number>;
}

/** @param counts which scripts count, by their URL */
export function startCoverage(counts: (url: string) => boolean): Coverage {
	const session = new Session();
	session.connect();
	const seen = new Map<string, SeenFunction>();
	const ask = (method: string, parameters = {}): unknown => {
		let answer: unknown;
		// The answer comes before `post` returns, because the session and the profiler share a thread.
		session.post(method, parameters, (error, result) => {
			if (error) throw error;
			answer = result;
		});
		return answer;
	};
	ask("Profiler.enable");
	ask("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
	return {
		isNew: (keep) => {
			const { result } = ask("Profiler.takePreciseCoverage") as Profiler.TakePreciseCoverageReturnType;
			let isNew = false;
			for (const { url, functions } of result) {
				if (!counts(url)) continue;
				for (const { ranges } of functions) {
					const [whole] = ranges;
					if (whole === undefined || whole.count === 0) continue;
					const name = `${url}:${whole.startOffset}-${whole.endOffset}`;
					const known = seen.get(name) ?? emptyFunction(whole);
					seen.set(name, known);
					isNew = paint(known, ranges, keep) || isNew;
				}
			}
			return isNew;
		},
		blocks: () => {
			const all = [...seen.values()].flatMap(({ ran, start, blocks }) =>
				[...blocks].map((at) => ran[at - start] === 1),
			);
			return { all: all.length, reached: all.filter(Boolean).length };
		},
		stop: () => {
			ask("Profiler.stopPreciseCoverage");
			session.disconnect();
		},
	};
}

const emptyFunction = ({ startOffset, endOffset }: Profiler.CoverageRange): SeenFunction => ({
	start: startOffset,
	ran: new Uint8Array(endOffset - startOffset),
	known: new Set(),
	blocks: new Set(),
});

/** @returns whether a character ran for the first time */
function paint(
	{ start, ran, known, blocks }: SeenFunction,
	ranges: readonly Profiler.CoverageRange[],
	keep: boolean,
): boolean {
	const report = ranges
		.map(({ startOffset, endOffset, count }) => `${startOffset}-${endOffset}${count > 0 ? "+" : ""}`)
		.join();
	if (known.has(report)) return false;
	const painted = new Uint8Array(ran.length);
	// The outer ranges come first, and the inner ones are painted over them.
	for (const { startOffset, endOffset, count } of ranges) {
		painted.fill(count > 0 ? 1 : 0, startOffset - start, endOffset - start);
		blocks.add(startOffset);
	}
	const isNew = painted.some((one, at) => one > (ran[at] ?? 0));
	if (isNew && !keep) return true;
	for (const [at, one] of painted.entries()) if (one === 1) ran[at] = 1;
	known.add(report);
	return isNew;
}
