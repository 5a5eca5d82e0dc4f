/**
 * The time of a refusal does not tell how much of a signature was right. Otherwise a client could find a signature piece
 * by piece.
 */
import { startWorkerd, type Workerd } from "../../bench/servers/workerd.ts";
import { buildWorker } from "../../local/build.ts";
import { type Random, seeded } from "../../test/random.ts";
import type { Outcome, Promised, Size } from "../promise.ts";
import { LINK_KINDS } from "../timing/classes.ts";
import { measureCalls } from "../timing/measure-calls.ts";
import { type MeasuredClasses, measureRefusals } from "../timing/measure-refusals.ts";
import { compareTimes, FOUND_T } from "../timing/welch.ts";

export const TIMING: Promised = {
	name: "timing",
	promise: "a wrong signature tells nothing by its time",
	method:
		"Welch's t on refusals, right but for the end against wrong from the beginning: CPU time of batches in workerd, and single calls in Node; planted comparisons that end early have to be found",
	small: 100_000,
	long: 10_000_000,
	run: checkTimes,
};

/** The planted comparison that each way to measure has to find. */
const FOUND_IN_WORKERD = "planted slow loop";
const FOUND_IN_NODE = "planted loop";

type Measure = (kind: string, untilMs: number) => MeasuredClasses | Promise<MeasuredClasses>;

interface Part {
	readonly where: string;
	readonly kinds: readonly string[];
	readonly planted: string;
	readonly measure: Measure;
}

/** `amount` is the refusals of each kind. */
export async function checkTimes({ amount, deadlineMs, seed, say }: Size): Promise<Outcome> {
	const workerd = await startWorkerd({ source: await buildWorker("verify/workers/refusal-times.ts") });
	try {
		const parts = await partsOf(workerd, amount, seeded(seed));
		let left = parts.reduce((sum, { kinds }) => sum + kinds.length, 0);
		const compared: ComparedKind[] = [];
		for (const { where, kinds, planted, measure } of parts) {
			for (const kind of kinds) {
				const leftMs = Math.max(0, deadlineMs - performance.now());
				const { late, early, times } = await measure(kind, performance.now() + leftMs / left--);
				const { t, findable } = compareTimes(late, early);
				const refusals = (late.length + early.length) * times;
				compared.push({ where, kind, isPlanted: kind === planted, t, findable, refusals });
				say(`${where}, ${kind}: t = ${t.toFixed(2)}, ${findable.toFixed(0)} ns would have been found`);
			}
		}
		return outcomeOf(compared);
	} finally {
		await workerd.stop();
	}
}

async function partsOf(workerd: Workerd, amount: number, random: Random): Promise<Part[]> {
	const inWorkerd = (await (await fetch(workerd.url)).json()) as string[];
	const isMeasured = (planted: string) => (kind: string) => kind === planted || !kind.startsWith("planted");
	return [
		{
			where: "workerd",
			kinds: inWorkerd.filter(isMeasured(FOUND_IN_WORKERD)),
			planted: FOUND_IN_WORKERD,
			measure: (kind, untilMs) => measureRefusals(workerd, kind, amount, random, untilMs),
		},
		{
			where: "Node",
			kinds: Object.keys(LINK_KINDS).filter(isMeasured(FOUND_IN_NODE)),
			planted: FOUND_IN_NODE,
			measure: (kind, untilMs) => measureCalls(LINK_KINDS[kind] ?? (() => [[], []]), amount, random, untilMs),
		},
	];
}

export interface ComparedKind {
	readonly where: string;
	readonly kind: string;
	readonly isPlanted: boolean;
	readonly t: number;
	/** In nanoseconds. */
	readonly findable: number;
	readonly refusals: number;
}

export function outcomeOf(compared: readonly ComparedKind[]): Outcome {
	const findings = compared.flatMap(({ where, kind, isPlanted, t }) => {
		const says = `${where}, ${kind}: |t| = ${Math.abs(t).toFixed(2)}`;
		const isFound = Math.abs(t) >= FOUND_T;
		// NaN: nothing was measured.
		if (isPlanted) return isFound ? [] : [`${says}: the planted comparison was not found`];
		return isFound || Number.isNaN(t) ? [says] : [];
	});
	const parts = [...new Set(compared.map(({ where }) => where))].map((where) => {
		const all = compared.filter((one) => one.where === where);
		const kinds = all.filter(({ isPlanted }) => !isPlanted);
		const most = (value: (kind: ComparedKind) => number) => Math.max(...kinds.map(value));
		const refusals = kinds.reduce((sum, kind) => sum + kind.refusals, 0);
		const planted = all.find(({ isPlanted }) => isPlanted)?.t ?? Number.NaN;
		return `${where}: ${refusals.toLocaleString("en")} refusals of ${kinds.length} kinds, |t| at most ${most(({ t }) => Math.abs(t)).toFixed(2)} (${most(({ findable }) => findable).toFixed(0)} ns would be ${FOUND_T}; planted ${Math.abs(planted).toFixed(1)})`;
	});
	return { isKept: findings.length === 0, figure: parts.join("; "), findings };
}
