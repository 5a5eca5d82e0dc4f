/**
 * No secret, token, signature or claim reaches a log, a reply, an error, or what a tool prints.
 */
import { REASONS } from "../../src/reply/catalogue.ts";
import { seeded } from "../../test/random.ts";
import { builtBundle } from "../bundle.ts";
import { inParallel } from "../in-parallel.ts";
import type { Outcome, Promised, Size } from "../promise.ts";
import { createCanaries } from "../secrets/canaries.ts";
import { makeSecrets } from "../secrets/configuration.ts";
import { searchedEdges } from "../secrets/edges.ts";
import { startOrigins } from "../secrets/origins.ts";
import { createKit } from "../secrets/requests/kit.ts";
import { makeRequests } from "../secrets/requests/requests.ts";
import type { SearchRun } from "../secrets/run.ts";
import { createSearch, type SearchResult } from "../secrets/search.ts";
import { searchEdge } from "../secrets/search-edge.ts";
import { searchLocalRun } from "../secrets/search-local-run.ts";
import { searchTools } from "../secrets/search-tools.ts";

export const SECRETS: Promised = {
	name: "secrets",
	promise: "no secret in a log, a reply or an error",
	method:
		"canaries in every binding, credential and claim; secrets are searched plain, in parts, encoded and hashed; edges in workerd, driven to every reason; every tool; npm start and the inspector",
	small: 1,
	long: 1,
	run: searchEverything,
};

/** An edge mostly waits for its slow sockets and origins. */
const PARTS_AT_ONCE = 2;

/** The whole search has one size. */
async function searchEverything({ seed, deadlineMs, say }: Size): Promise<Outcome> {
	const search = createSearch();
	const canaries = createCanaries(search, seeded(seed));
	const secrets = makeSecrets(canaries);
	const isOver = () => performance.now() > deadlineMs;
	const run: SearchRun = { bundle: await builtBundle(), kit: createKit(canaries, secrets), search, isOver };
	const origins = await startOrigins();
	const reasons = new Set<string>();
	let tools = 0;
	const [main, ...others] = searchedEdges(canaries, secrets, origins).map((edge) => async () => {
		const requests = makeRequests(canaries, secrets, edge.misplaced);
		for (const reason of await searchEdge(edge, requests, run)) reasons.add(reason);
		return `an edge with ${edge.name}: ${requests.length} requests`;
	});
	const ofTools = async () => {
		tools = await searchTools(origins.good, run);
		return `${tools} command lines`;
	};
	const ofLocalRun = async () => {
		await searchLocalRun(origins.good, makeRequests(canaries, secrets), run);
		return "npm start and the inspector";
	};
	// A run that has to stop early has searched something of each kind.
	const parts = [...(main ? [main] : []), ofTools, ofLocalRun, ...others];
	try {
		const finished = await inParallel(parts, PARTS_AT_ONCE, async (part) => {
			if (isOver()) return false;
			const startedMs = performance.now();
			const said = await part();
			const seconds = Math.round((performance.now() - startedMs) / 1000);
			say(`${said}${isOver() ? ", stopped early" : ""} (${seconds} s)`);
			return !isOver();
		});
		const done = finished.filter(Boolean).length;
		return outcomeOf(search.result(), { reasons, tools, done, parts: parts.length });
	} finally {
		origins.stop();
	}
}

export interface Searched {
	readonly reasons: ReadonlySet<string>;
	/** How many command lines were run. */
	readonly tools: number;
	/** How many parts of the search came to their end, and of how many. */
	readonly done: number;
	readonly parts: number;
}

/** A whole search has to drive the edge to every reason. Otherwise it has not seen every reply. */
export function outcomeOf(
	{ leaks, canaries, outputs }: SearchResult,
	{ reasons, tools, done, parts }: Searched,
): Outcome {
	const missing = Object.keys(REASONS).filter((reason) => !reasons.has(reason));
	const isWhole = done === parts;
	const findings = [
		...leaks,
		...(isWhole && missing.length > 0 ? [`not brought about: ${missing.join(", ")}`] : []),
		...(outputs === 0 ? ["no time: nothing was searched"] : []),
	];
	const whole = (number: number) => number.toLocaleString("en");
	const figure = [
		`${whole(canaries)} canaries in ${whole(outputs)} outputs`,
		`${reasons.size} reasons and faults`,
		`${tools} command lines: ${leaks.length === 0 ? "none came out" : `${leaks.length} leaks`}`,
		...(isWhole ? [] : [`stopped early, after ${done} of ${parts} parts`]),
	].join(", ");
	return { isKept: findings.length === 0, figure, findings };
}
