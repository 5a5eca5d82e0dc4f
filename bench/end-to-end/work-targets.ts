/**
 * The bounds of the works: beside the Worker with equal duties, beside the one that does less, and beside the cheapest
 * Worker that passes requests on.
 */
import type { Compared, Comparison, Contender } from "../comparison.ts";
import { atLeast, type Target } from "../targets.ts";
import {
	BODY_TOKEN,
	CACHE_HIT,
	HEADER_TOKEN,
	LONG_BODY_TOKEN,
	OPEN_ASSET,
	REFUSED_LINK,
	REFUSED_TOKEN,
	SIGNED_LINK,
	UPLOAD,
	WORKS,
	type Work,
} from "../works.ts";

interface WorkTarget {
	readonly work: Work;
	readonly contender: Contender;
	readonly beside: "limit" | "straightforward" | "equal duties";
	readonly least: number;
}

const FEW_LINES = "ours, 1 % logged";
const NO_TIME_LIMIT = "ours, 1 % logged, no time limit";

const target = (
	beside: WorkTarget["beside"],
	contender: Contender,
	least: number,
	...works: readonly Work[]
): WorkTarget[] => works.map((work) => ({ work, contender, beside, least }));

const WORK_TARGETS: readonly WorkTarget[] = [
	...target("equal duties", "ours", 1.12, SIGNED_LINK, HEADER_TOKEN),
	...target("equal duties", "ours", 1.1, BODY_TOKEN),
	...target("equal duties", "ours", 1.05, OPEN_ASSET),
	...target("equal duties", "ours", 1.3, LONG_BODY_TOKEN),
	...target("straightforward", FEW_LINES, 1, ...WORKS),
	...target("limit", FEW_LINES, 0.8, SIGNED_LINK),
	...target("limit", NO_TIME_LIMIT, 0.8, SIGNED_LINK),
	...target("limit", FEW_LINES, 0.85, OPEN_ASSET),
	...target("limit", NO_TIME_LIMIT, 0.85, OPEN_ASSET),
	...target("limit", FEW_LINES, 0.7, HEADER_TOKEN),
	...target("limit", FEW_LINES, 0.68, BODY_TOKEN),
	...target("limit", FEW_LINES, 0.9, UPLOAD),
	...target("limit", "ours", 1.5, CACHE_HIT),
	...target("limit", FEW_LINES, 1.5, CACHE_HIT),
	...target("limit", "ours", 1.7, REFUSED_LINK),
	...target("limit", "ours", 1.5, REFUSED_TOKEN),
];

const RATIO: Readonly<Record<WorkTarget["beside"], (one: Compared) => number>> = {
	limit: ({ ofLimit }) => ofLimit.median,
	straightforward: ({ ofStraightforward }) => ofStraightforward.median,
	"equal duties": ({ ofEqualDuties }) => ofEqualDuties.median,
};

/** @param compared the works that were measured, by name */
export const workTargets = (compared: Readonly<Record<string, Comparison>>): Target[] =>
	WORK_TARGETS.flatMap(({ work, contender, beside, least }) => {
		const comparison = compared[work.name];
		const one = comparison?.contenders[contender];
		if (comparison === undefined || one === undefined) return [];
		const value = RATIO[beside](one);
		const name = `${work.name}: ${contender}, beside ${beside}`;
		return [atLeast(name, value, least, " ×", comparison.noise * value)];
	});
