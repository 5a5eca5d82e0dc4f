/**
 * The doctor's look at the rate limits and the deny list: which are bound to the deployed Worker, and whether the edge could
 * read the list. Only the edge itself knows, and only a token of `STATUS_SECRET` may ask it.
 */
import { RATE_LIMIT_NAMES } from "../../config/bindings.ts";
import type { Finding } from "../import/document-server-files.ts";
import { bad, good, note } from "./probe.ts";
import type { Site } from "./site.ts";

export function* checkLimits({ found }: Site): Generator<Finding> {
	if (found.status === undefined) return;
	const { rateLimits = [], lockdown, problems } = found.status;
	const missing = RATE_LIMIT_NAMES.filter((name) => !rateLimits.includes(name));
	if (rateLimits.length > 0) yield good(`rate limits are bound: ${rateLimits.join(", ")}`);
	if (missing.length > 0)
		yield note(
			`rate limits are not bound: ${missing.join(", ")}`,
			"add them under [[ratelimits]] of wrangler.toml",
		);
	if (lockdown)
		yield note(
			"the edge is in lockdown: its protected routes answer 503",
			"docs-edge stop --end, or take lockdown out of DENY",
		);
	for (const { binding, problem } of problems.filter(({ binding }) => binding in MEND))
		yield bad(`${binding} ${problem}`, MEND[binding] ?? "");
}

const MEND: Readonly<Record<string, string>> = {
	DENY: "mend it: none of its rules holds",
	DENY_LIST: "mend it: isolates that read the list before keep it, and new ones have none",
};
