/**
 * Every action of a workflow has to be pinned to a commit, with its version beside it. A tag can be moved to other code
 * by whoever takes over the action.
 */
import { parseYaml } from "../../yaml.ts";
import type { Yaml } from "../../yaml-scalar.ts";
import { bad, faultsOr, type Outcome } from "../outcome.ts";

export interface TextFile {
	readonly path: string;
	readonly text: string;
}

const PINNED = /^[\w.-]+\/[\w./-]+@[0-9a-f]{40}$/;
const PINNED_IMAGE = /^docker:\/\/[^@\s]+@sha256:[0-9a-f]{64}$/;
const VERSION_COMMENT = /#\s*v\d+(?:\.\d+)*\s*$/;

export function checkActions(workflows: readonly TextFile[]): Outcome {
	if (workflows.length === 0) return bad("there is no workflow");
	const uses = workflows.flatMap(({ path, text }) =>
		usesOf(parseYaml(text)).map((action) => ({ path, text, action })),
	);
	const faults = uses.flatMap(({ path, text, action }) => {
		// An action in this repository comes with the commit of the workflow itself.
		if (action.startsWith("./") || PINNED_IMAGE.test(action)) return [];
		if (!PINNED.test(action)) return [`${path}: ${action} is not pinned to a commit`];
		const lines = text.split("\n").filter((line) => line.includes(action));
		return lines.every((line) => VERSION_COMMENT.test(line))
			? []
			: [`${path}: ${action} has no version beside it, as in # v4.3.1`];
	});
	const fine = `${uses.length} actions in ${workflows.length} workflows, each by its commit`;
	return faultsOr([...new Set(faults)], "actions that are not pinned", fine);
}

/** The values of all keys `uses`, wherever they stand. */
function usesOf(value: Yaml): string[] {
	if (typeof value !== "object" || value === null) return [];
	if (Array.isArray(value)) return value.flatMap(usesOf);
	return Object.entries(value).flatMap(([key, inner]) =>
		key === "uses" ? [String(inner)] : usesOf(inner as Yaml),
	);
}
