/**
 * Makes the mutants of some files. Stryker's instrumenter writes all of them into the code, each behind a switch.
 */
import { readFileSync } from "node:fs";
import { Instrumenter } from "@stryker-mutator/instrumenter";
import { changeText, type Mutant } from "./mutant.ts";

export interface MutatedFiles {
	readonly mutants: readonly Mutant[];
	/** The text of each file with its switches. */
	readonly switched: ReadonlyMap<string, string>;
}

const silent = () => undefined;
const LOGGER = {
	isTraceEnabled: () => false,
	isDebugEnabled: () => false,
	isInfoEnabled: () => false,
	isWarnEnabled: () => false,
	isErrorEnabled: () => false,
	isFatalEnabled: () => false,
	trace: silent,
	debug: silent,
	info: silent,
	warn: silent,
	error: silent,
	fatal: silent,
};

/** @param files paths below the project's folder */
export const mutateFiles = (files: readonly string[]): Promise<MutatedFiles> =>
	mutateTexts(new Map(files.map((file) => [file, readFileSync(file, "utf8")])));

/** @param texts by the name of their file */
export async function mutateTexts(texts: ReadonlyMap<string, string>): Promise<MutatedFiles> {
	const sources = [...texts].map(([name, content]) => ({ name, content, mutate: true }));
	const options = { plugins: null, excludedMutations: [], ignorers: [] };
	const made = await new Instrumenter(LOGGER).instrument(sources, options);
	return {
		mutants: made.mutants.map(({ id, fileName: file, mutatorName: kind, replacement, location }) => ({
			id,
			file,
			kind,
			...applyChange(texts.get(file) ?? "", location, replacement),
		})),
		switched: new Map(made.files.map(({ name, content }) => [name, content])),
	};
}

/** Both from 0. */
interface Position {
	readonly line: number;
	readonly column: number;
}

function applyChange(
	text: string,
	{ start, end }: { readonly start: Position; readonly end: Position },
	replacement: string,
): Pick<Mutant, "line" | "sourceLine" | "change" | "changedFile"> {
	const lines = text.split("\n");
	const indexOf = ({ line, column }: Position) =>
		lines.slice(0, line).reduce((sum, one) => sum + one.length + 1, 0) + column;
	const [from, to] = [indexOf(start), indexOf(end)];
	return {
		line: start.line + 1,
		sourceLine: lines[start.line]?.trim() ?? "",
		change: changeText(text.slice(from, to), replacement),
		changedFile: text.slice(0, from) + replacement + text.slice(to),
	};
}
