/**
 * Rewrites a redirect that names the origin, so that it names the site that the client called. nginx builds such
 * redirects itself, for a directory without its slash, from the origin's `Host`. They show clients the origin's
 * address and make them bypass the edge. Sources: nginx `ngx_http_static_handler`, `absolute_redirect`.
 *
 * Only `Location` changes, and only if its host is an origin's. Relative redirects and bodies stay. `Refresh` and
 * `Content-Location` stay, because the server and its nginx never send them. A response that needs no change is
 * returned as it is, so sockets and streams are not copied.
 */
import type { Origin } from "../config/origin.ts";
import { nginxUri } from "../request/nginx-uri.ts";
import type { Target } from "../request/target.ts";

/** A network-path reference (RFC 3986 §4.2) names a host without a scheme. Browsers read `\` as `/`. */
const STARTS_WITH_HOST = /^[\\/]{2}/;

/** @param newQuery the query that the origin received, if the edge has changed it: clients must not see its signature */
export function withPublicLocation(
	response: Response,
	target: Target,
	origin: Origin,
	newQuery?: string,
): Response {
	const location = response.headers.get("Location");
	if (location === null || response.status === 101) return response;
	const published = publicLocation(location, target, origin) ?? location;
	const rewritten = newQuery ? published.replace(`?${newQuery}`, `?${target.args}`) : published;
	if (rewritten === location) return response;
	const copy = new Response(response.body, response);
	copy.headers.set("Location", rewritten);
	return copy;
}

/** @returns `undefined` if the redirect does not name an origin */
export function publicLocation(location: string, target: Target, origin: Origin): string | undefined {
	const { site, versionPrefix } = target;
	const relativeTo = STARTS_WITH_HOST.test(location) ? site.url : undefined;
	const url = URL.parse(location, relativeTo);
	// The site may have the hostname of its origin, at another port.
	if (url === null || !/^https?:$/.test(url.protocol) || url.origin === site.url) return undefined;
	// Port and scheme do not count: nginx writes those of its listener, which a proxy or a container may hide.
	const originUrls = origin.urls
		.map((originUrl) => new URL(originUrl))
		.filter(({ hostname }) => hostname === url.hostname);
	if (originUrls.length === 0) return undefined;

	const path = withoutOriginPath(url.pathname, originUrls);
	const prefix = isRequestedPath(path, target) ? versionPrefix : "";
	return site.url + origin.forwardedPrefix + prefix + path + url.search + url.hash;
}

/**
 * Drops the path of `ORIGIN`, which the site does not have. If the paths of several origins fit, the longest is
 * dropped.
 */
function withoutOriginPath(path: string, originUrls: readonly URL[]): string {
	const lengths = originUrls
		.map(({ pathname }) => pathname.replace(/\/$/, ""))
		.filter((originPath) => path === originPath || path.startsWith(`${originPath}/`))
		.map(({ length }) => length);
	return path.slice(Math.max(0, ...lengths)) || "/";
}

/**
 * Whether a redirect leads to the requested path itself, or to its directory. nginx dropped the version prefix before
 * DocService saw the path, so DocService leaves the prefix out of such a redirect. All other paths work without a
 * prefix.
 */
function isRequestedPath(path: string, { docService }: Target): boolean {
	const uri = nginxUri(path);
	return uri === docService.path || uri === `${docService.path}/`;
}
