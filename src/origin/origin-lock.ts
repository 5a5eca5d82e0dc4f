/**
 * The origin lock: signs every request that the edge forwards, so that the origin's nginx can refuse requests that
 * bypassed the edge. The signature is nginx's own secure link, sent in headers. `docs/origin.md` has the nginx snippet.
 */
import type { Key } from "../config/secrets/key-ring.ts";
import { signSecureLink } from "../link/secure-link.ts";
import { nginxUri } from "../request/nginx-uri.ts";

/** Allows for clocks that differ. An attacker who copies a request near the origin can repeat it for this long. */
const LIFETIME_SECONDS = 60;

/** @param href the URL as it is sent to the origin */
export function setLock(headers: Headers, href: string, lock: Key, nowMs: number): void {
	const expires = String(Math.floor(nowMs / 1000) + LIFETIME_SECONDS);
	headers.set("X-Edge-Exp", expires);
	headers.set("X-Edge-Sig", signSecureLink(nginxUri(new URL(href).pathname) ?? "", expires, lock));
}
