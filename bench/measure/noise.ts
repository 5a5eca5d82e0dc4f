/**
 * The noise of a measurement: how far a Worker seems to be from itself. A second process runs the same Worker, and is
 * measured in turn with the first.
 *
 * The noise is the larger of two figures: the distance of the median from equality, which shows that two processes of
 * one Worker differ, and half the distance between the quartiles, which shows how much the single slices scatter.
 */
import { differences, ratios, type Summary, summarize } from "./series.ts";

/** @returns as a share: 0.02 means that a ratio of 1.02 is no difference */
export const noiseOfRatios = (worker: readonly number[], again: readonly number[]): number =>
	spreadAround(summarize(ratios(worker, again)), 1);

/** @returns in the unit of the series */
export const noiseOfDifferences = (worker: readonly number[], again: readonly number[]): number =>
	spreadAround(summarize(differences(worker, again)), 0);

export const spreadAround = ({ q1, median, q3 }: Summary, equality: 0 | 1): number =>
	Math.max(Math.abs(median - equality), (q3 - q1) / 2);
