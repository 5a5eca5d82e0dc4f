/**
 * The outcome of one check of `npm run release:check`, and its line in the table.
 *
 * A question that could not be asked is no success: without the registry nobody has looked at a signature.
 */
export interface Outcome {
	readonly mark: "good" | "bad" | "not asked";
	readonly text: string;
	/** Each fault by itself, or what else belongs to the finding. */
	readonly more: readonly string[];
}

export const good = (text: string, more: readonly string[] = []): Outcome => ({ mark: "good", text, more });
export const bad = (text: string, more: readonly string[] = []): Outcome => ({ mark: "bad", text, more });
export const notAsked = (why: string): Outcome => ({
	mark: "not asked",
	text: `not asked: ${why}`,
	more: [],
});

/** @returns good without faults */
export const faultsOr = (faults: readonly string[], title: string, fine: string): Outcome =>
	faults.length === 0 ? good(fine) : bad(title, faults);

const MARKS = { good: "✓", bad: "✗", "not asked": "–" };

/** @param all a question that was not asked counts as a fault */
export function passes({ mark }: Outcome, all: boolean): boolean {
	return mark === "good" || (mark === "not asked" && !all);
}

/** @param width of the longest name */
export function tableLines(name: string, { mark, text, more }: Outcome, width: number): string[] {
	const indent = " ".repeat(width + 4);
	return [`${MARKS[mark]} ${name.padEnd(width)}  ${text}`, ...more.map((line) => indent + line)];
}
