/**
 * The doctor's look at the rate limits and the deny list: which are bound to the deployed Worker, and whether the edge could
 * read the list. Only the edge itself knows, and only a token of `STATUS_SECRET` may ask it.
 */
import { RATE_LIMIT_NAMES } from "../../config/bindings.ts";
import type { Host, Problem } from "../../config/host.ts";
import { parseJson } from "../../encoding/json.ts";
import type { Finding } from "../import/document-server-files.ts";
import { signStatusToken } from "../sign.ts";
import { bad, good, note, probe } from "./probe.ts";

/** The part of `/.edge/status` that the doctor reads. */
interface Status {
	readonly rateLimits?: readonly string[];
	readonly lockdown?: boolean;
	readonly problems?: readonly Problem[];
}

export async function* checkLimits(host: Host, edge: string, nowSeconds: number): AsyncGenerator<Finding> {
	const key = host.keys.status.keys[0];
	if (key === undefined)
		return yield note(
			"no STATUS_SECRET on this machine: the doctor did not ask the edge for its rate limits and its deny list",
			"set STATUS_SECRET in .dev.vars or in the environment, as at the edge",
		);
	const headers = { Authorization: `Bearer ${await signStatusToken(key, nowSeconds)}` };
	const response = await probe(edge, "/.edge/status", { headers });
	const { rateLimits, lockdown, problems }: Status = Object(parseJson(response?.body));
	if (response?.status !== 200 || rateLimits === undefined)
		return yield note(
			`/.edge/status answers ${response?.status ?? "nothing"}: the doctor does not know the rate limits`,
			"give this machine and the edge the same STATUS_SECRET",
		);
	const missing = RATE_LIMIT_NAMES.filter((name) => !rateLimits.includes(name));
	if (rateLimits.length > 0) yield good(`rate limits are bound: ${rateLimits.join(", ")}`);
	if (missing.length > 0)
		yield note(
			`rate limits are not bound: ${missing.join(", ")}`,
			"add them under [[ratelimits]] of wrangler.toml",
		);
	for (const { binding, problem } of problems?.filter(({ binding }) => binding in MEND) ?? [])
		yield bad(`${binding} ${problem}`, MEND[binding] ?? "");
	if (lockdown)
		yield note(
			"the edge is in lockdown: its protected routes answer 503",
			"docs-edge stop --end, or take lockdown out of DENY",
		);
}

const MEND: Readonly<Record<string, string>> = {
	DENY: "mend it: none of its rules holds",
	DENY_LIST: "mend it: isolates that read the list before keep it, and new ones have none",
};
