/**
 * A part of the benchmark: it measures, and returns its tables, its figures and its targets. `main.ts` runs all parts.
 */
import type { LoadTool } from "./end-to-end/load.ts";
import type { Pace } from "./end-to-end/measure-work.ts";
import type { Target } from "./targets.ts";

export interface Bench {
	readonly pace: Pace;
	/** Whether `--only` asks for this part or line. */
	readonly wants: (name: string) => boolean;
	/** The origin of all contenders: nginx. */
	readonly origin: { readonly url: URL };
	readonly load: LoadTool;
	/** The commit of the contender `before`. */
	readonly before: string | undefined;
}

export interface PartResult {
	/** The tables, for a person. */
	readonly text: string;
	readonly targets: readonly Target[];
	/** Members of `run.json`. */
	readonly figures: Readonly<Record<string, unknown>>;
}

/** @returns `undefined` if `--only` asks for none of its lines */
export type Part = (bench: Bench) => Promise<PartResult | undefined>;
