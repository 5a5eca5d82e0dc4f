/**
 * A copy of the code and its tests in which mutants are switched on. The working tree stays as it is.
 */
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const COPIED = [
	"src",
	"test",
	"verify",
	"package.json",
	"tsconfig.json",
	"tsconfig.base.json",
	"wrangler.toml",
];

/** @param changed texts of the files that differ from the working tree */
export function makeScratchCopy(changed: ReadonlyMap<string, string> = new Map()): string {
	const folder = mkdtempSync(join(tmpdir(), "mutants-"));
	for (const name of COPIED) cpSync(name, join(folder, name), { recursive: true });
	symlinkSync(resolve("node_modules"), join(folder, "node_modules"));
	for (const [file, text] of changed) writeFileSync(join(folder, file), text);
	return folder;
}

export const removeScratchCopy = (folder: string): void => rmSync(folder, { recursive: true, force: true });
