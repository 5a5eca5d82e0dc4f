/**
 * Checks that the URLs inside a token lead only to listed hosts (`ALLOWED_URL_HOSTS`).
 *
 * The server fetches the URLs that a token names: the file, the callback, the changes. Every claim whose name ends in
 * `url`, at any depth, has to be http(s) to a listed host. A wildcard never covers an address, so private, loopback
 * and metadata addresses stay closed. Names that resolve to such an address are not detected.
 */
import type { UrlHosts } from "../config/url-hosts.ts";

const IPV4 = /^\d+\.\d+\.\d+\.\d+$/;

/** No integration nests its claims deeper. */
const DEPTH_LIMIT = 64;

/** @returns whether every claim whose name ends in `url` is empty, or a URL of a listed host */
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
	// `URL` has brought addresses of every spelling (0x7f.1, 2130706433) into one form.
	const hostname = url.hostname.replace(/\.$/, "");
	if (exact.has(url.port === "" ? hostname : `${hostname}:${url.port}`)) return true;
	if (url.port !== "" || IPV4.test(hostname) || hostname.startsWith("[")) return false;
	return suffixes.some((suffix) => hostname.endsWith(suffix));
}
