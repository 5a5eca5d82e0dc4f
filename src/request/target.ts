/**
 * The one canonical reading of a request's URL. Nobody else parses a path or a query.
 *
 * Three readers see a request to a Document Server, and each sees something else: nginx decides on
 * `uri` and `args`; DocService routes on `service`, which nginx passes raw, or decoded when a version
 * prefix was dropped; a rewriting proxy between the edge and nginx may pass on `canonical`.
 * Judge and forward the parsed URL only: what is refused or accepted is what goes to the origin.
 */
import { type Refusal, refuse } from "../verdict.ts";
import { nginxUri } from "./nginx-uri.ts";

/** Request line as nginx reads it: `METHOD SP target SP HTTP/1.1 CRLF`. Default large_client_header_buffers. */
const REQUEST_LINE_LIMIT_BYTES = 8192;
const REQUEST_LINE_OVERHEAD_BYTES = "  HTTP/1.1\r\n".length;

/** `OPTIONS *` arrives as the host `example.com*`; a Host header may hold anything. */
const HOSTNAME = /^(?:[\w.-]+|\[[\da-f:.]+\])$/;

/** nginx location of the Document Server that drops the version prefix; `$` matches before a last LF (PCRE). */
const VERSION_PREFIX = /^\/\d+\.\d+\.\d+[.|-]\w+(?=\/)/;

/**
 * What the URL parser leaves as it is, but for the part before the path: no dot segment, nothing to encode.
 * Nearly every request is; a `URL` costs it as much as all else of its reading.
 */
const PLAIN_URL = /^(https?:\/\/[\w.:-]{1,260})((?:\/(?!\.|%2e)[\w.~%-]*)+)(?:\?([\w.~%&=+-]+))?$/i;

/** Where the client called: the part of its URL before the path. */
export interface Site {
	/** Protocol and host. */
	readonly origin: string;
	readonly protocol: string;
	/** With its port, where that is not the protocol's own. */
	readonly host: string;
	readonly hostname: string;
}

export interface Target {
	readonly method: string;
	/** As it came; what is judged and forwarded is below, parsed. */
	readonly href: string;
	readonly site: Site;
	/** As sent. */
	readonly path: string;
	/** nginx's `$uri`, one character per byte. */
	readonly uri: string;
	/** nginx's `$args`, raw. */
	readonly args: string;
	/** `/9.1.0-2`, where nginx drops it; "" where there is none. */
	readonly versionPrefix: string;
	/** What DocService reads behind nginx. */
	readonly service: ServiceTarget;
	/** The path with everything decoded, merged and the version prefix dropped: the most lenient reading. */
	readonly canonical: string;
}

export interface ServiceTarget {
	/** Path as DocService's router sees it. */
	readonly path: string;
	/** Query without `?`. */
	readonly query: string;
}

/** What could not be read is refused: `target_malformed`, `target_too_long` or `method_not_allowed`. */
export function readTarget({ method, url: href }: { method: string; url: string }): Target | Refusal {
	const url = readUrl(href);
	if (url === undefined) return refuse("target_malformed");
	const { site, path, args } = url;
	const querySize = args === "" ? 0 : args.length + 1;
	const lineLength = method.length + path.length + querySize + REQUEST_LINE_OVERHEAD_BYTES;
	if (lineLength > REQUEST_LINE_LIMIT_BYTES) return refuse("target_too_long");
	const uri = nginxUri(path);
	if (uri === undefined) return refuse("target_malformed");
	// nginx answers 405 to these on every path.
	if (method === "TRACE" || method === "CONNECT") return refuse("method_not_allowed");

	const prefix = VERSION_PREFIX.exec(uri)?.[0];
	if (prefix === undefined) {
		const service = { path, query: args };
		return { method, href, site, path, uri, args, versionPrefix: "", service, canonical: uri };
	}
	const remainder = uri.slice(prefix.length);
	const service = readDecoded(args === "" ? remainder : `${remainder}?${args}`);
	return { method, href, site, path, uri, args, versionPrefix: prefix, service, canonical: service.path };
}

/**
 * The target as a Document Server under a virtual path is to see it: without that path.
 *
 * @param prefix `/ds`; "" for a server at the root @returns `path_outside_prefix` for what is beside it
 */
export function insidePrefix(target: Target, prefix: string): Target | Refusal {
	if (prefix === "") return target;
	const { method, href, site, path, args } = target;
	const inner = path.slice(prefix.length) || "/";
	if (!path.startsWith(prefix) || !inner.startsWith("/")) return refuse("path_outside_prefix");
	const read = readTarget({ method, url: `${site.origin}${inner}${args === "" ? "" : `?${args}`}` });
	// A download's token names the URL as it was called.
	return "ok" in read ? read : { ...read, href };
}

/** @returns as the URL parser reads it, the query without `?`; `undefined` where it does not */
function readUrl(href: string): { site: Site; path: string; args: string } | undefined {
	const plain = PLAIN_URL.exec(href);
	if (plain) {
		const [, before = "", path = "", args = ""] = plain;
		const site = SITES.get(before) ?? readSite(before);
		return site && { site, path, args };
	}
	const url = URL.parse(href);
	const site = siteOf(url);
	return url && site ? { site, path: url.pathname, args: url.search.slice(1) } : undefined;
}

/** Those that were called, kept as they were parsed. */
const SITES = new Map<string, Site>();
const SITES_LIMIT = 10_000;

function readSite(before: string): Site | undefined {
	const site = siteOf(URL.parse(before));
	// Under a text of its own: a part of the URL's would keep all of that in memory.
	if (site && SITES.size < SITES_LIMIT) SITES.set(site.origin, site);
	return site;
}

function siteOf(url: URL | null): Site | undefined {
	if (url === null || !HOSTNAME.test(url.hostname)) return undefined;
	const { origin, protocol, host, hostname } = url;
	return { origin, protocol, host, hostname };
}

/**
 * What DocService makes of a path that nginx passes decoded: `$` drops a last LF, Node trims spaces
 * before `HTTP/1.1`, and Node's URL parser cuts at `#`, splits at `?`, trims white space and reads `\`
 * as `/`. Anything it would answer 400 for (control bytes, bytes above 0x7f) is left in and fails there.
 */
function readDecoded(target: string): ServiceTarget {
	const trimmed = (target.split("#", 1)[0] ?? "").replace(/[\t\n\f\r \xa0]+$/, "");
	const mark = trimmed.indexOf("?");
	const path = mark === -1 ? trimmed : trimmed.slice(0, mark);
	const query = mark === -1 ? "" : trimmed.slice(mark + 1);
	return { path: path.replaceAll("\\", "/").replace(/[\t\n\f\r \xa0]+$/, ""), query };
}
