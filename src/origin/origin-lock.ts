/**
 * The origin lock: every request that the edge forwards is signed, so that the origin's nginx can refuse
 * what did not come through the edge. It is nginx's own secure link, in headers: the README has the snippet.
 */
import type { Key } from "../config/secrets/key-ring.ts";
import { signSecureLink } from "../link/secure-link.ts";
import { nginxUri } from "../request/nginx-uri.ts";

/** Covers clocks that differ; whoever copies a request at the origin's side has this long to repeat it. */
const LIFETIME_SECONDS = 60;

/** @param href as it is sent to the origin */
export function setLock(headers: Headers, href: string, lock: Key, nowMs: number): void {
	const expires = String(Math.floor(nowMs / 1000) + LIFETIME_SECONDS);
	headers.set("X-Edge-Exp", expires);
	headers.set("X-Edge-Sig", signSecureLink(nginxUri(new URL(href).pathname) ?? "", expires, lock));
}
