/**
 * Which files a run mutates: all of an area, those that differ from a revision, or those of a glob.
 */
import { execFileSync } from "node:child_process";
import { globSync } from "node:fs";
import { matchesGlob } from "node:path";
import { type Area, NOT_MUTATED } from "./areas.ts";

export interface Choice {
	/** Only files that differ from this revision, or are not committed. */
	readonly changedSince?: string | undefined;
	/** Only the files of this glob. */
	readonly files?: string | undefined;
}

/** @returns paths; none if the choice leaves out all of this area */
export function chosenFiles({ name }: Area, { changedSince, files = "src/**" }: Choice): readonly string[] {
	const changed = changedSince === undefined ? undefined : changedFiles(changedSince);
	return globSync(`src/${name}/**/*.ts`)
		.filter((file) => !NOT_MUTATED.includes(file) && matchesGlob(file, files))
		.filter((file) => changed === undefined || changed.has(file))
		.toSorted();
}

function changedFiles(revision: string): ReadonlySet<string> {
	const git = (...args: string[]) => execFileSync("git", args, { encoding: "utf8" }).trim().split("\n");
	const [base = revision] = git("merge-base", revision, "HEAD");
	return new Set([
		...git("diff", "--name-only", base, "--", "src"),
		...git("ls-files", "--others", "--exclude-standard", "--", "src"),
	]);
}
