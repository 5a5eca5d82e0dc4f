/**
 * The refusal that a Document Server gets when it calls an integration: JSON with `error`, as a callback handler
 * answers, and a message that says what to do. The messages are fixed, so they repeat nothing of the request.
 * Source: ONLYOFFICE API, Callback handler ("error": 0 is success).
 */
import type { Fault, Reason } from "../verdict.ts";
import { JSON_TYPE } from "./doc-service-reply.ts";
import type { ReplyWords } from "./nginx-page.ts";

const FORM = "Send the JWT that the Document Server made.";
const CLOCK = "Send a new token, with exp, and compare the clocks.";

const MESSAGES: Readonly<Partial<Record<Reason | Fault, string>>> = {
	token_missing: "Send a token: turn on token.enable.request.outbox.",
	token_malformed: FORM,
	token_algorithm: FORM,
	token_claims: FORM,
	token_signature: "Sign with the secret of the edge: compare secret.outbox.",
	token_not_yet_valid: CLOCK,
	token_expired: CLOCK,
	token_lifetime: CLOCK,
	token_purpose: "Send the token of a callback.",
	token_url: "Send the token of this URL.",
	token_url_encoding: "Write `%` in document.url as %25.",
	token_url_userinfo: "Leave user:password@ out of document.url.",
	token_too_long: "Send a shorter token, or raise MAX_TOKEN_BYTES.",
	token_url_host: "Name the host in ALLOWED_URL_HOSTS.",
};

/**
 * @param words the refusal in DocService's words; its status stays
 * @param tellsReason whether the message may say why
 */
export function integrationReply(
	words: ReplyWords,
	reason: Reason | Fault,
	tellsReason: boolean,
): ReplyWords {
	const message = (tellsReason && MESSAGES[reason]) || words.body;
	return { status: words.status, contentType: JSON_TYPE, body: JSON.stringify({ error: 1, message }) };
}
