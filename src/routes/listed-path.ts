/**
 * Compares paths with a path that an operator has listed, in a time that is linear in the path.
 *
 * With `/*a*b` or `/:a:b/x` a regular expression tries every place for each star or name: on a path of 8 KiB that takes
 * seconds. Here all places of the pattern that the path can have reached are followed at once, and none is tried again.
 * The patterns in real use leave one choice only: for these a regular expression is quicker, and linear too.
 */
import { compileRoute } from "./path-pattern.ts";
import type { Route } from "./route.ts";

export interface ListedRoute {
	readonly route: Route;
	readonly pattern: { readonly test: (path: string) => boolean };
}

/** Each name is a whole segment, and the only star stands at the end. */
const ONE_CHOICE = /^(?:\/(?::\w+|[\w.~@-]+))*\/?\*?$/;

export function compileListedRoute(route: Route): ListedRoute {
	if (ONE_CHOICE.test(route.path)) return compileRoute(route);
	const path = lowerCase(route.path).replace(/(?<=.)\/$/, "");
	// `/info/*` also covers `/info`.
	const paths = path.endsWith("/*") ? [path, path.slice(0, -"/*".length)] : [path];
	const patterns = paths.map(stepsOf);
	return { route, pattern: { test: (tested) => patterns.some((steps) => covers(steps, lowerCase(tested))) } };
}

/** One character of a path, which may have to be there, or may come any number of times. */
interface Step {
	/** The character itself; `segment`: any but a slash; `any`: any. */
	readonly takes: string;
	readonly repeats: boolean;
}

function stepsOf(path: string): readonly Step[] {
	return (path.match(/:\w+|./gs) ?? []).flatMap((part): Step[] => {
		if (part === "*") return [{ takes: "any", repeats: true }];
		const name = { takes: "segment", repeats: false };
		return part.length > 1 ? [name, { ...name, repeats: true }] : [{ takes: part, repeats: false }];
	});
}

function covers(steps: readonly Step[], path: string): boolean {
	/** Whether the path so far can stand at each step; the last place is the end of the pattern. */
	let reached = new Uint8Array(steps.length + 1);
	let next = new Uint8Array(steps.length + 1);
	reached[0] = 1;
	skipRepeated(steps, reached);
	for (let at = 0; at < path.length; at++) {
		const character = path.charAt(at);
		// Express accepts one more slash at the end.
		if (character === "/" && at === path.length - 1 && reached[steps.length] === 1) return true;
		next.fill(0);
		let isLost = true;
		for (const [place, { takes, repeats }] of steps.entries()) {
			if (reached[place] === 0) continue;
			const isTaken = takes === character || takes === "any" || (takes === "segment" && character !== "/");
			if (!isTaken) continue;
			next[repeats ? place : place + 1] = 1;
			isLost = false;
		}
		if (isLost) return false;
		skipRepeated(steps, next);
		[reached, next] = [next, reached];
	}
	return reached[steps.length] === 1;
}

/** A repeated step may also come no more. */
function skipRepeated(steps: readonly Step[], places: Uint8Array): void {
	for (const [place, { repeats }] of steps.entries())
		if (repeats && places[place] === 1) places[place + 1] = 1;
}

/** Only ASCII: with other letters `K` (U+212A) would become `k`. */
const lowerCase = (text: string): string => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
