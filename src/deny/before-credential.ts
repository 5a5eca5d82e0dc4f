/**
 * The rules of the deny lists that need no credential: client networks, and the lockdown. They read nothing but headers.
 */
import type { Host } from "../config/host.ts";
import type { Requirement } from "../routes/route.ts";
import { type Refusal, refuse } from "../verdict.ts";

/** @param address of the client, "" if it is not known: then no list of networks holds it */
export function findEarlyDenial(
	address: string,
	requires: Requirement,
	{ deny: { lists, isIncomplete }, denyFail }: Pick<Host, "deny" | "denyFail">,
): Refusal | undefined {
	if (lists.some(({ networks }) => networks.include(address))) return refuse("denied_network");
	if (requires.kind === "open" || requires.kind === "by-exposure") return undefined;
	if (isIncomplete && denyFail === "closed") return refuse("deny_list_unavailable");
	const isLocked = lists.some(({ lockdown, allowNetworks }) => lockdown && !allowNetworks.include(address));
	return isLocked ? refuse("lockdown") : undefined;
}
