/**
 * The words of an integration, to the Document Server that called it: JSON with `error`, as a callback
 * handler answers, and what to do about it. The same texts for all: nothing of the call is in them.
 * Source: ONLYOFFICE API, Callback handler ("error": 0 is success).
 */
import type { Fault, Reason } from "../verdict.ts";
import { JSON_TYPE, type NativeReply } from "./doc-service-reply.ts";

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
 * @param words of a service, whose status it has too
 * @param tells whether the answer may say why
 */
export function integrationReply(
	{ status, body }: NativeReply,
	reason: Reason | Fault,
	tells: boolean,
): NativeReply {
	const message = (tells && MESSAGES[reason]) || body;
	return { status, contentType: JSON_TYPE, body: JSON.stringify({ error: 1, message }) };
}
