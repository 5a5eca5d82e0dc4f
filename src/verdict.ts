/**
 * The words every step shares: why a request is refused, what was decided about it, what became of it.
 *
 * A reason is a name an operator can search the README for. It tells which check failed and nothing of
 * the secret, the token or the signature it failed on.
 */

/** Why the edge says no. A closed list: `reply/` answers each of them, or does not compile. */
export type Reason =
	/** The request itself cannot be read as nginx would. */
	| "target_malformed"
	| "target_too_long"
	| "method_not_allowed"
	/** Routes that nobody outside may call, and spellings that only a rewriting proxy takes for a guarded route. */
	| "path_closed"
	| "path_ambiguous"
	/** The host is served under a virtual path, and this path is beside it. */
	| "path_outside_prefix"
	/** WOPI: a route that is not offered, a source that is not listed, text that would become a script. */
	| "wopi_closed"
	| "wopi_source"
	| "wopi_text"
	/** A body that has to be read for its token, and cannot be. */
	| "body_too_large"
	| "body_coding_unsupported"
	| "body_undecodable"
	/** A body of GET that does not say its length: the platform would not forward it. */
	| "body_length_missing"
	/** A client that stopped in the middle of its body. */
	| "client_stalled"
	/** A `cmd` parameter that is no JSON, where the token is in it. */
	| "cmd_malformed"
	/** Secure link. */
	| "link_unsigned"
	| "link_malformed"
	| "link_mismatch"
	| "link_expired"
	| "link_lifetime"
	/** Token. */
	| "token_missing"
	| "token_too_long"
	| "token_malformed"
	| "token_algorithm"
	| "token_signature"
	| "token_claims"
	| "token_not_yet_valid"
	| "token_expired"
	/** A good token that is not for this. */
	| "token_permission"
	| "token_document"
	| "token_purpose"
	| "token_lifetime"
	| "token_url_host"
	| "token_url"
	/** The same, where `document.url` has to be written otherwise: a bare `%`, `user:password@`. */
	| "token_url_encoding"
	| "token_url_userinfo"
	| "script_unsigned"
	/** WOPI proof, in front of a WOPI host: none was sent; its time or the access token cannot be read; no key fits; too old or too new. */
	| "wopi_proof_missing"
	| "wopi_proof_malformed"
	| "wopi_proof_signature"
	| "wopi_proof_expired"
	/** Ways into the editor's socket that its clients do not use and the edge does not read. */
	| "socket_version"
	| "socket_request"
	/** What ends a socket: packets or frames too many, too large, too early, a second CONNECT, no token in time. */
	| "socket_packets"
	| "socket_packet_size"
	| "socket_packet"
	| "socket_connected"
	| "socket_timeout"
	/** A hostname that the edge does not serve. */
	| "host_unknown"
	/** The edge itself is not set up. */
	| "edge_misconfigured";

/** An accepted request that the origin did not answer: by its own fault, or by the client's, or by the edge's set-up. */
export type Fault =
	| "origin_unreachable"
	| "origin_timeout"
	| "origin_down"
	/** The client's body stopped, or broke off, on its way to the origin. */
	| "client_stalled"
	| "body_incomplete"
	/** `ORIGIN` leads back to the edge. */
	| "edge_loop";

/** `key` names the key that matched, never its value; open routes need none. */
export interface Acceptance {
	readonly ok: true;
	readonly key?: string;
	/** When the credential was made, if it says so: a token's `iat`, a WOPI proof's time stamp. Unix time in seconds. */
	readonly issuedAt?: number;
}

export interface Refusal {
	readonly ok: false;
	readonly reason: Reason;
	/** What the server's token library says to it, which the editor's socket repeats. Never any input. */
	readonly message?: TokenMessage;
}

/** The messages of `jsonwebtoken`, as far as the server passes them on. */
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

/** What one check found, and what became of the request. */
export type Verdict = Acceptance | Refusal;

export const accept = (key?: string): Acceptance => (key === undefined ? { ok: true } : { ok: true, key });
export const refuse = (reason: Reason, message?: TokenMessage): Refusal =>
	message === undefined ? { ok: false, reason } : { ok: false, reason, message };
