/**
 * The advisories that are open in the configured version of the Document Server (`DS_VERSION`), as far as the edge has a
 * rule for them. Without a version none applies: the edge never asks a path that a client sent for the version.
 */
import { ADVISORIES, type Advisory } from "../advisories/advisories.ts";
import { isOlder, isVersion } from "../advisories/version.ts";
import type { VariableName } from "./bindings.ts";
import type { Report, VariableReader } from "./variable-reader.ts";

export function readAdvisories(
	{ choice, text }: Pick<VariableReader, "choice" | "text">,
	report: Report<VariableName>,
): readonly Advisory[] {
	const version = text("DS_VERSION");
	const isOn = choice("ADVISORIES", "on", "off") === "on";
	if (version !== "" && !isVersion(version)) report("DS_VERSION", "is not a version like 9.3.1");
	if (!isOn || !isVersion(version)) return [];
	return openIn(version).filter(({ closedBy }) => closedBy.by === "rule");
}

/** Every advisory that is open in this version. */
export const openIn = (version: string): readonly Advisory[] =>
	ADVISORIES.filter(({ fixedIn }) => fixedIn === undefined || isOlder(version, fixedIn));
