/**
 * Checks that the token of a download names the URL that was called.
 *
 * Sources: ONLYOFFICE API, Signature, Request (outgoing); the server's `fillJwtForRequest`.
 */
import { type Refusal, refuse } from "../verdict.ts";
import type { Claims } from "./merged-claims.ts";

/** A `%` that begins no escape. The server sends it as `%25`. */
const BARE_PERCENT = /%(?![\da-f]{2})/i;

/**
 * Compares the claimed URL with the called one, in any spelling that WHATWG URL parses alike.
 *
 * @returns `undefined` if they are the same; a reason of its own where the integration has to change `document.url`
 */
export function checkDownloadUrl(claims: Claims, href: string): Refusal | undefined {
	const claimed = String(claims.url);
	const url = URL.parse(claimed);
	if (url && sentAs(url) === sentAs(URL.parse(href))) {
		// The server sends user and password in the header where its token would stand.
		return url.username || url.password ? refuse("token_url_userinfo") : undefined;
	}
	return refuse(BARE_PERCENT.test(claimed) ? "token_url_encoding" : "token_url");
}

/** The URL as it is sent: without its fragment, without a `?` that has no query. */
const sentAs = (url: URL | null): string => (url ? url.origin + url.pathname + url.search : "");
