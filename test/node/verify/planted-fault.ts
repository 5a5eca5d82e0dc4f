/**
 * Puts a fault into a Worker, to show that a check notices it.
 */
import { buildWorker } from "../../../local/build.ts";
import type { Size } from "../../../verify/promise.ts";

/** The deployed bundle is minified. This one has the names of the sources. @param entry path from the project's root */
export const readableWorker = (entry = "src/worker.ts"): Promise<string> =>
	buildWorker(entry, "--minify=false");

/** @throws if the Worker does not hold the line: then the fault has to be written anew */
export function withFault(worker: string, line: string, fault: string): string {
	if (!worker.includes(line)) throw new Error(`The Worker has no line ${line}`);
	return worker.replaceAll(line, () => fault);
}

/** A size without a deadline, that prints nothing. */
export const sizeOf = (amount: number, seed = 1): Size => ({
	amount,
	deadlineMs: Number.POSITIVE_INFINITY,
	seed,
	say: () => undefined,
});
