/**
 * All HTTP requests that are sent to a searched edge.
 */
import type { Canaries } from "../canaries.ts";
import type { Secrets } from "../configuration.ts";
import { sendCalls } from "./calls.ts";
import { createKit, type NamedRequest } from "./kit.ts";
import { sendLinks } from "./links.ts";
import { sendSessions } from "./sessions.ts";
import { sendMisplaced, sendTargets } from "./targets.ts";
import { sendIntegrationCalls, sendWopiPages, sendWopiProofs } from "./wopi.ts";

/** @param misplaced hosts with a canary in the place of a value */
export function makeRequests(
	canaries: Canaries,
	secrets: Secrets,
	misplaced: readonly string[] = [],
): readonly NamedRequest[] {
	const kit = createKit(canaries, secrets);
	sendTargets(kit);
	sendLinks(kit);
	sendCalls(kit);
	sendSessions(kit);
	sendWopiPages(kit);
	sendWopiProofs(kit, Date.now());
	sendIntegrationCalls(kit);
	sendMisplaced(kit, misplaced);
	return kit.requests;
}
