/**
 * A redirect that names the origin server, back under the site that the client called. nginx writes such
 * redirects itself (a directory without its slash) from the `Host` it got, which is the origin's: they show
 * its address and lead clients round the edge. Sources: nginx `ngx_http_static_handler`, `absolute_redirect`.
 *
 * Only `Location` changes, and only if its host is an origin's. Other hosts, relative redirects and bodies stay.
 * `Refresh` and `Content-Location` stay too: neither the server nor its nginx sends them, and neither is followed
 * as a redirect of HTTP. An answer that needs no change is returned as it came, so sockets and streams are not copied.
 */
import type { Origin } from "../config/origin.ts";
import { nginxUri } from "../request/nginx-uri.ts";
import type { Target } from "../request/target.ts";

/** A network-path reference (RFC 3986 §4.2): it names a host, without a scheme. Browsers read `\` as `/`. */
const STARTS_WITH_HOST = /^[\\/]{2}/;

export function withPublicLocation(answer: Response, target: Target, origin: Origin): Response {
	const location = answer.headers.get("Location");
	if (location === null || answer.status === 101) return answer;
	const rewritten = publicLocation(location, target, origin);
	if (rewritten === undefined) return answer;
	const copy = new Response(answer.body, answer);
	copy.headers.set("Location", rewritten);
	return copy;
}

/** @returns `undefined` where it does not name an origin server */
export function publicLocation(location: string, target: Target, origin: Origin): string | undefined {
	const { site, versionPrefix } = target;
	const base = STARTS_WITH_HOST.test(location) ? site.url : undefined;
	const url = URL.parse(location, base);
	// A site may have the hostname of its origin, at another port.
	if (url === null || !/^https?:$/.test(url.protocol) || url.origin === site.url) return undefined;
	// Any port and either scheme: nginx writes those of its own listener, which a proxy or container may hide.
	const bases = origin.urls.map((one) => new URL(one)).filter(({ hostname }) => hostname === url.hostname);
	if (bases.length === 0) return undefined;

	const path = withoutBasePath(url.pathname, bases);
	const prefix = isAskedPath(path, target) ? versionPrefix : "";
	return site.url + origin.forwardedPrefix + prefix + path + url.search + url.hash;
}

function withoutBasePath(path: string, bases: readonly URL[]): string {
	const lengths = bases
		.map(({ pathname }) => pathname.replace(/\/$/, ""))
		.filter((basePath) => path === basePath || path.startsWith(`${basePath}/`))
		.map(({ length }) => length);
	return path.slice(Math.max(0, ...lengths)) || "/";
}

/**
 * nginx redirects with the version prefix in place, but drops it before it passes a request to DocService.
 * A redirect of DocService to the very path that was asked, or to its directory, gets the prefix back. No other
 * one does: every path works without it.
 */
function isAskedPath(path: string, { docService }: Target): boolean {
	const uri = nginxUri(path);
	return uri === docService.path || uri === `${docService.path}/`;
}
