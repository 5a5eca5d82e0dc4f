/**
 * Which decisions get a line in the log, and what the line says beside the record.
 *
 * The platform charges for each line, so an operator may leave out accepted requests.
 */
import { callbackHost } from "../claims/callback-host.ts";
import type { Logging } from "../config/logging.ts";
import { normalAddress, truncatedAddress } from "../request/client-address.ts";
import type { Verdict } from "../verdict.ts";
import type { DecisionRecord, LineDetails } from "./decision-record.ts";

/** `LOG_ACCEPTED = "sample"` logs one accepted request of so many. */
export const SAMPLE = 100;

/** @returns how many requests the line stands for; 0: no line */
export function lineWeight(
	{ verdict, reason, shadow }: DecisionRecord,
	accepted: Logging["accepted"],
): number {
	const isFault = reason !== undefined;
	const isDisagreement = shadow === "edge_only_refuses" || shadow === "origin_only_refuses";
	if (accepted === "all" || verdict === "refuse" || isFault || isDisagreement) return 1;
	return accepted === "sample" && Math.random() * SAMPLE < 1 ? SAMPLE : 0;
}

export function describeLine(
	verdict: Verdict,
	weight: number,
	address: string,
	logging: Logging | undefined,
): LineDetails {
	const client = loggedAddress(address, logging?.clientAddress ?? "none");
	const sampled = weight > 1 ? weight : undefined;
	if (!verdict.ok)
		return { expiredBy: verdict.expiredBySeconds, nearMiss: verdict.nearMiss, client, sampled };
	return { callbackHost: verdict.claims && callbackHost(verdict.claims), client, sampled };
}

/** A text that is no address never reaches the log: without Cloudflare in front, a client could choose it. */
function loggedAddress(address: string, much: Logging["clientAddress"]): string | undefined {
	if (much === "none") return undefined;
	return much === "full" ? normalAddress(address) : truncatedAddress(address);
}
