/**
 * What a token of the outbox secret says to the integration that is called with it.
 *
 * Sources: ONLYOFFICE API, Signature, Request (outgoing); the server's `fillJwtForRequest`.
 */
import type { Claims } from "./token.ts";
import type { FoundToken } from "./token-source.ts";

/** A body's token has its claims flat, a header's under `payload`: the integration acts on these alone. */
export const claimsOf = ({ from }: FoundToken, claims: Claims): Claims =>
	from === "header" ? Object(claims.payload) : claims;

/** Whether they name this very URL, in any spelling that WHATWG URL takes for the same. No fragment is sent. */
export const namesUrl = (claims: Claims, href: string): boolean =>
	withoutFragment(String(claims.url)) === withoutFragment(href);

/** `undefined` where it does not parse. */
const withoutFragment = (href: string) => URL.parse(href)?.href.split("#")[0];
