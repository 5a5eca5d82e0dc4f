/**
 * Prints for the tools: marks and colours on a terminal, plain words in a file or a pipe.
 */
import { styleText } from "node:util";
import createSpinner from "yocto-spinner";
import type { Finding } from "./import/document-server-files.ts";

export type Mark = "good" | "bad" | "note";

const ON_TERMINAL = {
	good: styleText("green", "✓"),
	bad: styleText("red", "✗"),
	note: styleText("yellow", "·"),
};
const PLAIN = { good: "ok  ", bad: "FAIL", note: "note" };

export function marked(mark: Mark, text: string): string {
	return `${(process.stdout.isTTY ? ON_TERMINAL : PLAIN)[mark]} ${text}`;
}

/** Shows a spinner on a terminal until the work ends. */
export async function waitingFor<T>(text: string, work: Promise<T>): Promise<T> {
	if (!process.stderr.isTTY) return work;
	const spinner = createSpinner({ text, stream: process.stderr }).start();
	return work.finally(() => spinner.stop().clear());
}

export function print(text: string): void {
	process.stdout.write(`${text}\n`);
}

export function printFinding({ mark, text, mend }: Finding): void {
	print(marked(mark, text));
	if (mend) print(`     → ${mend}`);
}
