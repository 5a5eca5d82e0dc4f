/**
 * The rules of the deny lists that need no credential: client networks, and the lockdown. They read nothing but headers.
 */
import type { Host } from "../config/host.ts";
import { clientAddress } from "../request/client-address.ts";
import type { Requirement } from "../routes/route.ts";
import { type Refusal, refuse } from "../verdict.ts";

export function findEarlyDenial(
	headers: Headers,
	requires: Requirement,
	{ deny: { lists, isIncomplete }, denyFail }: Pick<Host, "deny" | "denyFail">,
): Refusal | undefined {
	// Without a list, no address is read. An unknown address, "", is in no network.
	const address = lists.length === 0 ? "" : clientAddress(headers);
	if (lists.some(({ networks }) => networks.include(address))) return refuse("denied_network");
	if (requires.kind === "open" || requires.kind === "by-exposure") return undefined;
	if (isIncomplete && denyFail === "closed") return refuse("deny_list_unavailable");
	const isLocked = lists.some(({ lockdown, allowNetworks }) => lockdown && !allowNetworks.include(address));
	return isLocked ? refuse("lockdown") : undefined;
}
