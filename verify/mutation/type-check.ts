/**
 * Asks the compiler about mutants that every test let pass. `npm test` checks the types first, so a change that does not
 * compile is noticed there. Each mutant is a module beside its original, so that the compiler runs once for all.
 */
import { spawnSync } from "node:child_process";
import { isSurvivor, type JudgedMutant } from "./mutant.ts";
import { makeScratchCopy, removeScratchCopy } from "./scratch-copy.ts";

/** @returns the same mutants; the outcome of those that do not compile is `compiler` */
export function typeCheck(mutants: readonly JudgedMutant[]): JudgedMutant[] {
	const nameOf = ({ file, id }: JudgedMutant) => file.replace(/\.ts$/, `.mutant-${id}.ts`);
	const survivors = mutants.filter(isSurvivor);
	const errors = compile(new Map(survivors.map((mutant) => [nameOf(mutant), mutant.changedFile])));
	const unexpected = errors.filter((line) => !line.includes(".mutant-"));
	if (unexpected.length > 0) throw new Error(`The code does not compile:\n${unexpected.join("\n")}`);
	return mutants.map((mutant) =>
		isSurvivor(mutant) && errors.some((line) => line.startsWith(`${nameOf(mutant)}(`))
			? { ...mutant, outcome: "compiler" }
			: mutant,
	);
}

/** @returns the compiler's lines */
function compile(added: ReadonlyMap<string, string>): readonly string[] {
	const folder = makeScratchCopy(added);
	try {
		const tsc = spawnSync("node_modules/.bin/tsc", ["--pretty", "false"], { cwd: folder, encoding: "utf8" });
		return tsc.stdout.split("\n").filter((line) => /^\S/.test(line));
	} finally {
		removeScratchCopy(folder);
	}
}
