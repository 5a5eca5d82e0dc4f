/**
 * Looks for inputs on which a target is slow: over its bound of time per character, or more than twice as slow on twice
 * the text.
 *
 * A long input repeats a piece of a known one. The pieces that took the longest are changed again, so that the search
 * climbs towards slow inputs. An input that looks slow is measured again, more often, before it is reported.
 */
import { pick, type Random } from "../../test/random.ts";
import { leastNs, measureStepNs, usedOf } from "./cost.ts";
import { mutate } from "./mutate.ts";
import { type FuzzFinding, type FuzzTarget, finding } from "./target.ts";

export interface Pace {
	/** The part of its bound that the slowest input used, its time, and the input. */
	readonly used: number;
	readonly ns: number;
	readonly slowest: string;
	/** How many texts were doubled. */
	readonly doubled: number;
	/** The largest factor of time for twice the text. */
	readonly factor: number;
	readonly findings: readonly FuzzFinding[];
}

export interface Search {
	readonly target: FuzzTarget;
	readonly inputs: readonly string[];
	readonly random: Random;
	/** Of `performance.now()`. */
	readonly untilMs: number;
	readonly onInput?: (input: string) => void;
}

const FIRST_ROUNDS = 3;
const SURE_ROUNDS = 25;
const SURE_TIMES = 3;
/** Linear is 2. Memory that is copied once, or collected, adds a little. */
export const MOST_FACTOR = 3;
/** Above this factor the two texts are measured again, in turn. */
const SUSPECT_FACTOR = 2.3;
/** A shorter time says nothing about growth: it may be the constant part. */
const LEAST_STEPS = 50_000;
const CLIMBERS = 12;

/** A piece of an input, repeated in its place until the text has a wanted length. */
interface Pump {
	readonly before: string;
	readonly piece: string;
	readonly after: string;
}

export async function searchSlow(search: Search): Promise<Pace> {
	const { target, inputs, random, untilMs, onInput = () => undefined } = search;
	const { bound, longest } = target;
	const stepNs = measureStepNs();
	const findings = new Map<string, FuzzFinding>();
	let pace = { used: 0, ns: 0, slowest: "" };
	let factor = 0;
	let doubled = 0;

	const measure = async (input: string): Promise<number> => {
		onInput(input);
		let ns = await leastNs(target.call, input, FIRST_ROUNDS);
		if (usedOf(bound, ns, input.length, stepNs) > 0.5) ns = await leastNs(target.call, input, SURE_ROUNDS);
		// The machine may have become slower since the step was measured.
		const isSlow = usedOf(bound, ns, input.length, stepNs) > 1;
		const used = usedOf(bound, ns, input.length, isSlow ? Math.max(stepNs, measureStepNs()) : stepNs);
		if (used > pace.used) pace = { used, ns, slowest: input };
		if (used > 1) report("takes longer than its bound", input);
		return ns;
	};
	const report = (text: string, input: string) => {
		if (!findings.has(text)) findings.set(text, finding(text, input));
	};
	const double = async (pump: Pump): Promise<number> => {
		const textAt = (part: number) => textOf(pump, longest / part, longest / 16);
		const texts: Texts = [textAt(4), textAt(2), textAt(1)];
		const [, half, whole] = texts;
		const wholeNs = await measure(whole);
		if (wholeNs < LEAST_STEPS * stepNs) return wholeNs;
		doubled++;
		let grows = wholeNs / (await measure(half));
		for (let again = 0; again < SURE_TIMES && grows > SUSPECT_FACTOR; again++)
			grows = Math.min(grows, await growthOf(target.call, texts));
		factor = Math.max(factor, grows);
		if (grows > MOST_FACTOR) report(`takes ${MOST_FACTOR} times as long, or more, on twice the text`, whole);
		return wholeNs;
	};

	for (const input of inputs) {
		if (performance.now() > untilMs) break;
		await measure(input);
	}
	const climbers: { pump: Pump; ns: number }[] = [];
	const material = { words: target.words, corpus: inputs, longest };
	while (performance.now() < untilMs) {
		const parent = random() < 0.5 && climbers.length > 0 ? pick(random, climbers).pump : undefined;
		const changed = (text: string) => mutate(text, random, material);
		const pump = parent
			? random() < 0.5
				? { ...parent, piece: changed(parent.piece) || parent.piece }
				: { ...parent, before: changed(parent.before), after: random() < 0.5 ? "" : changed(parent.after) }
			: pumpOf(inputs.length === 0 ? "a" : pick(random, inputs), random, target.words);
		const ns = await double(pump);
		climbers.push({ pump, ns });
		climbers.sort((a, b) => b.ns - a.ns);
		climbers.length = Math.min(climbers.length, CLIMBERS);
	}
	return { ...pace, doubled, factor, findings: [...findings.values()] };
}

type Texts = readonly [quarter: string, half: string, whole: string];

/**
 * Measures the texts in turn: the machine may become slower between them. One doubling may look slow because the longer
 * text no longer fits into a cache, so both doublings together have to be slow.
 */
async function growthOf(call: FuzzTarget["call"], texts: Texts): Promise<number> {
	const least = texts.map(() => Number.POSITIVE_INFINITY);
	for (let round = 0; round < SURE_ROUNDS; round++)
		for (const [at, text] of texts.entries())
			least[at] = Math.min(least[at] ?? 0, await leastNs(call, text, 1));
	const [quarter = 0, half = 0, whole = 0] = least;
	return Math.min(whole / half, Math.sqrt(whole / quarter));
}

function pumpOf(input: string, random: Random, words: readonly string[]): Pump {
	const start = Math.floor(random() * (input.length + 1));
	const end = Math.min(input.length, start + 1 + Math.floor(8 * random() ** 2));
	const own = input.slice(start, end);
	const piece = own === "" || (words.length > 0 && random() < 0.3) ? pick(random, [...words, "a"]) : own;
	return { before: input.slice(0, start), piece: piece || "a", after: input.slice(end) };
}

/** @param ends the most characters before and after the pieces: the same for each length, or other code would run */
function textOf({ before, piece, after }: Pump, length: number, ends: number): string {
	const [start, end] = [before.slice(0, ends), after.slice(0, ends)];
	const times = Math.floor((length - start.length - end.length) / piece.length);
	return start + piece.repeat(Math.max(0, times)) + end;
}
