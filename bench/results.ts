/**
 * Writes a whole run: `run.json` with all figures, and `run.svg` with the picture.
 */
import { mkdirSync, writeFileSync } from "node:fs";

const RESULTS = new URL("results/", import.meta.url);

export function writeResults(run: object, picture: string): void {
	mkdirSync(RESULTS, { recursive: true });
	writeFileSync(new URL("run.json", RESULTS), `${JSON.stringify(run, roundNumbers, "\t")}\n`);
	writeFileSync(new URL("run.svg", RESULTS), picture);
}

/** Five digits say more than any run knows. `NaN` is no JSON: a figure that was not measured is absent. */
const roundNumbers = (_name: string, value: unknown): unknown => {
	if (typeof value !== "number") return value;
	return Number.isNaN(value) ? undefined : Number(value.toPrecision(5));
};
