/**
 * The kept corpora: for each target a list of inputs, each of which reached a block or did something that no shorter one
 * did. `write-corpora.ts` writes them.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { FuzzTarget } from "./target.ts";

const fileOf = ({ name }: FuzzTarget): URL =>
	new URL(`../corpus/${name.replaceAll(" ", "-")}.json`, import.meta.url);

export function readCorpus(target: FuzzTarget): readonly string[] {
	const file = fileOf(target);
	return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : [];
}

export function writeCorpus(target: FuzzTarget, inputs: readonly string[]): void {
	const json = JSON.stringify(inputs, null, "\t");
	// Editors and reviewers would not see these characters, or see others.
	const visible = json.replace(
		/[^\n\t -~]/g,
		(character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
	);
	writeFileSync(fileOf(target), `${visible}\n`);
}
