/**
 * Do the URLs inside a token lead only where they may?
 *
 * The server fetches what a token names: the file, the callback, the changes. With a list of hosts, every
 * claim whose name ends in `url`, however deep, has to be http(s) to one of them. An address opens only
 * where the list names it: private, loopback, link-local and metadata addresses are never reached by a
 * wildcard, and names that resolve to them are for the list's author to leave out.
 */
import type { UrlHosts } from "../config/url-hosts.ts";

const IPV4 = /^\d+\.\d+\.\d+\.\d+$/;

/** Deeper claims are nobody's. */
const DEPTH_LIMIT = 64;

/** @returns whether all of them do; what is no text under such a name is none the server should fetch */
export function allowsUrls(claims: unknown, hosts: UrlHosts, depth = 0): boolean {
	if (typeof claims !== "object" || claims === null) return true;
	if (depth > DEPTH_LIMIT) return false;
	return Object.entries(claims).every(([name, value]) => {
		if (!/url$/i.test(name) || value === "" || value === null) return allowsUrls(value, hosts, depth + 1);
		return typeof value === "string" && allowsUrl(value, hosts);
	});
}

function allowsUrl(value: string, { exact, suffixes }: UrlHosts): boolean {
	const url = URL.parse(value);
	if (url === null || !/^https?:$/.test(url.protocol) || url.username || url.password) return false;
	// `URL` has brought addresses of every spelling (0x7f.1, 2130706433) into their one form.
	const hostname = url.hostname.replace(/\.$/, "");
	if (exact.has(url.port === "" ? hostname : `${hostname}:${url.port}`)) return true;
	if (url.port !== "" || IPV4.test(hostname) || hostname.startsWith("[")) return false;
	return suffixes.some((suffix) => hostname.endsWith(suffix));
}
