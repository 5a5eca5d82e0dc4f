/**
 * Re-signs an accepted link with the key that the origin holds. Path and expiry stay, so the link opens nothing more
 * and lasts no longer.
 */
import type { Key } from "../config/secrets/key-ring.ts";
import { signSecureLink } from "./secure-link.ts";

/**
 * @param query of an accepted link, without `?`
 * @param uri nginx's `$uri`
 * @param expires as it stands in the query
 */
export function signLinkForOrigin(query: string, uri: string, expires: string, key: Key): string {
	const parts = query.split("&");
	const at = parts.findIndex((part) => /^md5=/i.test(part));
	const name = parts[at]?.slice(0, "md5=".length);
	parts[at] = `${name}${signSecureLink(uri, expires, key)}`;
	return parts.join("&");
}
