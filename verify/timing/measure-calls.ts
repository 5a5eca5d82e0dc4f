/**
 * Measures refusals one by one in this process, in random order. Node's clock runs on while code runs, so that a difference
 * of a few nanoseconds shows.
 */
import type { Random } from "../../test/random.ts";
import { type Classes, CREDENTIALS, isWrongSignature, type Refuse } from "./classes.ts";
import type { MeasuredClasses } from "./measure-refusals.ts";

const NS_PER_MS = 1e6;
const WARM_UP_CALLS = 20_000;
/**
 * After so many calls the credentials are made anew, and the deadline is looked at. The place of a credential in memory
 * changes its time by a few nanoseconds, and millions of calls would show that.
 */
const CALLS_OF_ONE_PLACE = 5_000;

/**
 * @param make the credentials of both classes
 * @param refusals of both classes together
 * @param clock in milliseconds
 */
export function measureCalls(
	make: () => Classes,
	refusals: number,
	random: Random,
	untilMs: number,
	clock: () => number = () => performance.now(),
): MeasuredClasses {
	const [late, early]: [number[], number[]] = [[], []];
	let classes = make();
	for (let call = -WARM_UP_CALLS; call < refusals; call++) {
		if (call % CALLS_OF_ONE_PLACE === 0) {
			if (performance.now() > untilMs) break;
			classes = make();
		}
		const isLate = random() < 0.5;
		const refuse = classes[isLate ? 0 : 1][Math.floor(random() * CREDENTIALS)] as Refuse;
		const before = clock();
		const verdict = refuse();
		const ns = (clock() - before) * NS_PER_MS;
		if (verdict instanceof Promise || !isWrongSignature(verdict))
			throw new Error("another refusal was measured");
		if (call >= 0) (isLate ? late : early).push(ns);
	}
	return { late, early, times: 1 };
}
