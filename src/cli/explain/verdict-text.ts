/**
 * A refusal in words: what it means, and what to do. The texts are those of the catalogue; a missing binding is named.
 */
import type { Host } from "../../config/host.ts";
import type { Fault, Reason, Refusal } from "../../verdict.ts";
import { describeReason, isReason } from "../reference.ts";

export interface RefusalText {
	readonly headline: string;
	readonly whatToDo: string;
}

export function describeRefusal({ reason }: Refusal, host: Host): RefusalText {
	const [problem] = host.problems;
	if (reason === "edge_misconfigured" && problem) {
		const { binding } = problem;
		const others = host.problems.length > 1 ? ` (and ${host.problems.length - 1} more)` : "";
		return {
			headline: `refused: edge_misconfigured: ${binding} ${problem.problem}${others}`,
			whatToDo: `Set ${binding} in .dev.vars or in the environment for this tool, and by npx wrangler secret put ${binding} or in wrangler.toml for the edge.`,
		};
	}
	return describe("refused", reason);
}

function describe(verb: string, reason: Reason | Fault): RefusalText {
	const { meaning, whatToDo } = describeReason(reason);
	return { headline: `${verb}: ${reason}: ${meaning}`, whatToDo };
}

/** A line of the edge's log: its reason is explained. */
export function explainLogLine(line: Readonly<Record<string, unknown>>): RefusalText {
	const { verdict, reason, route, problem, binding } = line;
	if (problem !== undefined)
		return {
			headline: `a problem of the configuration: ${binding ?? "the edge"} ${problem}`,
			whatToDo: `Set ${binding ?? "the binding"} and deploy.`,
		};
	const what = `${verdict === "accept" ? "accepted" : "refused"} at ${route}`;
	if (typeof reason === "string" && isReason(reason))
		return describe(verdict === "accept" ? `${what}, but not answered by the origin` : what, reason);
	return {
		headline: `${what} with the key ${line.key ?? "-"}`,
		whatToDo: "Nothing: the edge let it through.",
	};
}
