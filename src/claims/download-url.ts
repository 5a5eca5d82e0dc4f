/**
 * What a token of the outbox secret says to the integration that is called with it.
 *
 * Sources: ONLYOFFICE API, Signature, Request (outgoing); the server's `fillJwtForRequest`.
 */
import { type Refusal, refuse } from "../verdict.ts";
import type { Claims } from "../token/verify-token.ts";
import type { FoundToken } from "../token/find-token.ts";

/** A body's token has its claims flat, a header's under `payload`: the integration acts on these alone. */
export const claimsOf = ({ from }: FoundToken, claims: Claims): Claims =>
	from === "header" ? Object(claims.payload) : claims;

/** A `%` that is no escape. The server sends it as `%25`. */
const BARE_PERCENT = /%(?![\da-f]{2})/i;

/**
 * Whether the claims name the URL that was called, in any spelling that WHATWG URL takes for the same.
 *
 * @returns `undefined` if they do; a reason of its own for what a change of `document.url` mends
 */
export function checkUrl(claims: Claims, href: string): Refusal | undefined {
	const claimed = String(claims.url);
	const url = URL.parse(claimed);
	if (url && sentAs(url) === sentAs(URL.parse(href))) {
		// The server sends user and password in the header where the token would stand.
		return url.username || url.password ? refuse("token_url_userinfo") : undefined;
	}
	return refuse(BARE_PERCENT.test(claimed) ? "token_url_encoding" : "token_url");
}

/** The URL as it goes over the wire: without a fragment, without a `?` that has no query. */
const sentAs = (url: URL | null): string => (url ? url.origin + url.pathname + url.search : "");
