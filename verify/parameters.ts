/**
 * Reads the options of `npm run verify`.
 */

export interface Parameters {
	/** The cases of every check follow from it. */
	readonly seed: number;
	/** Time for all checks together; `undefined`: no limit. */
	readonly minutes: number | undefined;
	/** Repeats this run. */
	readonly command: string;
}

export function parametersOf(options: {
	readonly long?: boolean;
	readonly minutes?: string | undefined;
	readonly only?: string | undefined;
	readonly seed?: string | undefined;
}): Parameters {
	const seed = readWhole("--seed", options.seed) ?? Math.floor(Math.random() * 2 ** 31);
	const minutes = readWhole("--minutes", options.minutes);
	const words = [
		...(options.long ? ["--long"] : []),
		...(minutes === undefined ? [] : [`--minutes ${minutes}`]),
		...(options.only === undefined ? [] : [`--only "${options.only}"`]),
		`--seed ${seed}`,
	];
	return { seed, minutes, command: `npm run verify -- ${words.join(" ")}` };
}

function readWhole(name: string, text: string | undefined): number | undefined {
	if (text === undefined) return undefined;
	if (!/^\d{1,9}$/.test(text)) throw new Error(`${name} is not a whole number: ${text}`);
	return Number(text);
}
