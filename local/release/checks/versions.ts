/**
 * The version stands in three files. They have to agree: the log and `/.edge/status` tell the one in the source.
 */
import { faultsOr, type Outcome } from "../outcome.ts";
import type { Lock } from "./runtime-dependencies.ts";

export function checkVersions(packageVersion: unknown, lock: Lock, sourceVersion: string): Outcome {
	const version = String(packageVersion);
	const others = {
		"src/version.ts": sourceVersion,
		"package-lock.json": lock.version,
		'package-lock.json, packages[""]': lock.packages[""]?.version,
	};
	const faults = Object.entries(others)
		.filter(([, other]) => other !== version)
		.map(([file, other]) => `${file} has ${other}, package.json ${version}`);
	if (!/^\d+\.\d+\.\d+$/.test(version)) faults.push(`${version} is no version like 1.0.0`);
	return faultsOr(
		faults,
		"the version differs",
		`${version} in package.json, src/version.ts and package-lock.json`,
	);
}

/** @returns below 0 if the first is the older one */
export function compareVersions(first: string, second: string): number {
	const [a, b] = [first, second].map((version) => version.split(".").map(Number));
	const at = (a ?? []).findIndex((part, index) => part !== b?.[index]);
	return at < 0 ? 0 : (a?.[at] ?? 0) - (b?.[at] ?? 0);
}
