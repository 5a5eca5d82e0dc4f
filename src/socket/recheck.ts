/**
 * Asks the deny lists again and again about an open WebSocket, with the facts of the credentials that its client showed.
 */
import type { CredentialFacts } from "../deny/credential-facts.ts";
import type { Reason, Refusal } from "../verdict.ts";

/** Whether the deny lists of the moment deny an open socket. @param accepted the credentials of its client */
export type Recheck = (accepted: readonly CredentialFacts[]) => Promise<Refusal | undefined>;

export interface Rechecks {
	/** Adds an accepted credential. */
	readonly remember: (facts: CredentialFacts) => void;
	readonly stop: () => void;
}

const RECHECK_MS = 10_000;
/** An editor sends one CONNECT and a few `auth` messages. */
const CREDENTIALS_KEPT = 8;

export function startRechecks(recheck: Recheck, onDenied: (reason: Reason) => void): Rechecks {
	/**
	 * An `auth` message may bring another credential, and the server may still know the first one. Empty if the server
	 * admitted the client before.
	 */
	let accepted: readonly CredentialFacts[] = [];
	const timer = setInterval(async () => {
		const denied = await recheck(accepted).catch(() => undefined);
		if (denied) onDenied(denied.reason);
	}, RECHECK_MS);
	return {
		remember: (facts) => {
			accepted = [...accepted, facts].slice(-CREDENTIALS_KEPT);
		},
		stop: () => clearInterval(timer),
	};
}
