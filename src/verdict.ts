/**
 * The vocabulary of every step: reasons, verdicts, faults.
 *
 * A reason tells which check failed, and nothing of the secret, token or signature. `reply/catalogue.ts` holds the
 * meaning of each and what to do.
 */

/** Why the edge refuses. The list is closed: each reason needs a case in `reply/` and a text in its catalogue. */
export type Reason =
	// The request target.
	| "target_malformed"
	| "target_too_long"
	| "method_not_allowed"
	| "path_closed"
	| "path_ambiguous"
	| "path_outside_prefix"
	// The body.
	| "body_too_large"
	| "body_coding_unsupported"
	| "body_undecodable"
	| "body_length_missing"
	| "client_stalled"
	| "cmd_malformed"
	// The secure link.
	| "link_unsigned"
	| "link_malformed"
	| "link_mismatch"
	| "link_expired"
	| "link_lifetime"
	| "link_network"
	// The token.
	| "token_missing"
	| "token_too_long"
	| "token_malformed"
	| "token_algorithm"
	| "token_signature"
	| "token_claims"
	| "token_not_yet_valid"
	| "token_expired"
	// A good token, for something else.
	| "token_permission"
	| "token_document"
	| "token_purpose"
	| "token_lifetime"
	| "token_url_host"
	| "token_url"
	| "token_url_encoding"
	| "token_url_userinfo"
	| "script_unsigned"
	| "advisory"
	// WOPI, in front of a Document Server.
	| "wopi_closed"
	| "wopi_source"
	| "wopi_text"
	// WOPI, in front of a WOPI host.
	| "wopi_proof_missing"
	| "wopi_proof_malformed"
	| "wopi_proof_signature"
	| "wopi_proof_expired"
	// The editor's socket.
	| "socket_version"
	| "socket_request"
	| "socket_packets"
	| "socket_packet_size"
	| "socket_packet"
	| "socket_connected"
	| "socket_timeout"
	| Denial
	// The rate limits.
	| "rate_limited"
	// The edge's configuration.
	| "host_unknown"
	| "edge_misconfigured";

/** Rules of the deny list that are asked after the credential. */
export const AFTER_CREDENTIAL = [
	"denied_key",
	"denied_issue_time",
	"denied_document",
	"denied_host",
	"denied_purpose",
] as const;
/** All rules of the deny list. Shadow mode never lifts these. */
export const DENIALS = [...AFTER_CREDENTIAL, "denied_network", "lockdown", "deny_list_unavailable"] as const;
export type Denial = (typeof DENIALS)[number];

/** Why an accepted request got no response of the origin. */
export const FAULTS = [
	"origin_unreachable",
	"origin_timeout",
	"origin_down",
	// The client's body stopped, or broke off, on its way to the origin.
	"client_stalled",
	"body_incomplete",
	// `ORIGIN` leads back to the edge.
	"edge_loop",
] as const;
export type Fault = (typeof FAULTS)[number];

export interface Acceptance {
	readonly ok: true;
	/** Name of the key that matched, never its value; absent where no key was needed. */
	readonly keyName?: string;
	/** Unix time in seconds at which the credential was made: a token's `iat`, a WOPI proof's time stamp. */
	readonly issuedAt?: number;
	/** The claims of a verified token. They are never logged. */
	readonly claims?: Readonly<Record<string, unknown>>;
}

export interface Refusal {
	readonly ok: false;
	readonly reason: Reason;
	/** The message of the server's token library, which the editor's socket repeats. It never contains input. */
	readonly message?: TokenMessage;
	/** The id of the advisory whose rule refuses. */
	readonly advisory?: string;
	/** By how many seconds a well signed token or link was expired. */
	readonly expiredBySeconds?: number;
	/** Which mistake explains the wrong signature. */
	readonly nearMiss?: NearMiss;
}

/** `line_break`: the credential was signed with one of the secrets and a line break at its end. */
export type NearMiss = "line_break";

/** The messages of `jsonwebtoken` that the server passes on. */
export const TOKEN_MESSAGES = [
	"jwt must be provided",
	"jwt must be a string",
	"jwt malformed",
	"jwt signature is required",
	"jwt expired",
	"invalid token",
	"invalid algorithm",
	"invalid signature",
	"invalid nbf value",
	"invalid exp value",
] as const;
export type TokenMessage = (typeof TOKEN_MESSAGES)[number];

export type Verdict = Acceptance | Refusal;

export const accept = (keyName?: string): Acceptance =>
	keyName === undefined ? { ok: true } : { ok: true, keyName };
export const refuse = (reason: Reason, message?: TokenMessage): Refusal =>
	message === undefined ? { ok: false, reason } : { ok: false, reason, message };
