/**
 * Makes the response to a refused request, in the words of the endpoint that was called.
 *
 * A new reason does not compile without its case. The response tells the name of the reason and nothing of the
 * credential.
 */
import type { Route } from "../routes/route.ts";
import { AFTER_CREDENTIAL, type Fault, type Reason } from "../verdict.ts";
import { type Cause, docServiceReply, engineError } from "./doc-service-reply.ts";
import { isNotModified, weakEtag } from "./express-etag.ts";
import { integrationReply } from "./integration-reply.ts";
import { nginxPage, plainText, type ReplyWords } from "./nginx-page.ts";

const MISCONFIGURED =
	"Service Unavailable: the edge of this Document Server is not configured. Its log names the binding.";

/**
 * A WOPI host answers 500: Microsoft's WOPI documentation, "Verifying that requests originate from Office for the web".
 */
const WOPI_PROOF_REFUSED = "Internal Server Error: the proof of this WOPI request was refused.";

const UNKNOWN_HOST = "Misdirected Request: this edge serves no Document Server under this hostname.";

export interface ReplyContext {
	readonly request: Request;
	readonly requestId: string;
	/** Whether the response may carry `X-Edge-Reason`. */
	readonly reasons: boolean;
}

export function replyTo(reason: Reason | Fault, refused: RepliedRequest, context: ReplyContext): Response {
	const { request, requestId } = context;
	const isSecret = refused.route.reply === "socket" && AFTER_CREDENTIAL.some((denial) => denial === reason);
	const words = isSecret ? UNKNOWN_SESSION : wordsFor(reason, refused, request.headers.get("Accept"));
	const isIntegration = refused.route.reply === "integration";
	const { status, contentType, body } = isIntegration
		? integrationReply(words, reason, context.reasons)
		: words;
	const headers: Record<string, string> = { "Cache-Control": "no-store", "X-Request-Id": requestId };
	if (context.reasons && !isSecret) headers["X-Edge-Reason"] = reason;
	if (context.reasons && refused.advisory) headers["X-Edge-Advisory"] = refused.advisory;
	const retryAfter = retryAfterSeconds[reason];
	if (retryAfter !== undefined) headers["Retry-After"] = String(retryAfter);
	// Express adds an ETag to each response, nginx adds none to its error pages.
	if (refused.route.reply !== "nginx") headers.ETag = weakEtag(body);
	if (isNotModified(request, status, headers.ETag)) return new Response(null, { status: 304, headers });
	headers["Content-Type"] = contentType;
	return new Response(request.method === "HEAD" ? null : body, { status, headers });
}

/**
 * A request of a socket's session shows no credential, so its sender may be a stranger. He gets the server's own answer to
 * a session that it does not know.
 */
const UNKNOWN_SESSION = engineError(1, "Session ID unknown");

export interface RepliedRequest {
	/** The route whose reply style gives the words of the refusal. */
	readonly route: Route;
	/** The request's `key` parameter, which the command service repeats. */
	readonly echoedKey?: unknown;
	/** The id of the advisory whose rule refuses. */
	readonly advisory?: string;
}

/**
 * To correct a binding takes an operator a minute or more. The edge tries an origin again after ten seconds. The platform
 * counts a rate limit over 10 or 60 seconds and does not tell which, so a client tries again after the shorter time.
 */
export const RETRY_AFTER_SECONDS = {
	rate_limited: 10,
	lockdown: 60,
	deny_list_unavailable: 60,
	edge_misconfigured: 60,
	origin_down: 10,
} as const satisfies Readonly<Partial<Record<Reason | Fault, number>>>;
const retryAfterSeconds: Readonly<Partial<Record<Reason | Fault, number>>> = RETRY_AFTER_SECONDS;

function wordsFor(
	reason: Reason | Fault,
	{ route, echoedKey }: RepliedRequest,
	acceptHeader: string | null,
): ReplyWords {
	const native = (cause: Cause) => docServiceReply(route.reply, cause, acceptHeader, echoedKey);
	const page = (status: number) => (route.reply === "nginx" ? nginxPage(status) : plainText(status));
	switch (reason) {
		case "target_malformed":
		case "body_undecodable":
		case "cmd_malformed":
		case "body_incomplete":
			return page(400);
		case "client_stalled":
			return page(408);
		case "target_too_long":
			return page(414);
		case "method_not_allowed":
			return page(405);
		case "path_closed":
		case "wopi_closed":
		case "wopi_source":
		case "wopi_text":
		case "link_unsigned":
		case "link_malformed":
		case "link_mismatch":
		case "link_lifetime":
		case "link_network":
		case "denied_network":
			return page(403);
		case "path_ambiguous":
		case "path_outside_prefix":
			return page(404);
		case "body_length_missing":
			return page(411);
		case "link_expired":
			return page(410);
		case "body_too_large":
			return page(413);
		case "body_coding_unsupported":
			return page(415);
		case "token_missing":
		case "token_too_long":
		case "token_malformed":
		case "token_algorithm":
		case "token_signature":
		case "token_claims":
		case "token_not_yet_valid":
		case "token_permission":
		case "token_document":
		case "token_purpose":
		case "token_lifetime":
		case "token_url_host":
		case "token_url":
		case "token_url_encoding":
		case "token_url_userinfo":
		case "script_unsigned":
		case "advisory":
		case "denied_key":
		case "denied_issue_time":
		case "denied_document":
		case "denied_host":
		case "denied_purpose":
			return native("token");
		case "rate_limited":
			return page(429);
		case "lockdown":
		case "deny_list_unavailable":
			return page(503);
		case "wopi_proof_missing":
		case "wopi_proof_malformed":
		case "wopi_proof_signature":
		case "wopi_proof_expired":
			return plainText(500, WOPI_PROOF_REFUSED);
		case "token_expired":
			return native("token expired");
		case "socket_request":
		case "socket_packets":
		case "socket_packet_size":
		case "socket_packet":
		case "socket_connected":
		case "socket_timeout":
			return engineError(3, "Bad request");
		case "socket_version":
			return engineError(5, "Unsupported protocol version");
		case "host_unknown":
			return plainText(421, UNKNOWN_HOST);
		case "edge_misconfigured":
			return plainText(503, MISCONFIGURED);
		case "origin_unreachable":
			return native("origin unreachable");
		case "origin_timeout":
			return native("origin timeout");
		case "origin_down":
			return native("origin down");
		case "edge_loop":
			return page(508);
	}
}
