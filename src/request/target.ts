/**
 * Reads the request target, once. Routing, checks and forwarding all use this one result.
 *
 * Three readers stand behind the edge, and each may see another path. nginx decides on `uri` and `args`. DocService
 * routes on `docService`: nginx passes the target as it was sent, or decoded if nginx dropped a version prefix. A proxy
 * between the edge and nginx may decode and merge the path, and pass `canonical`. The URL that is forwarded is the
 * parsed one, so the request that was judged is the request that is sent.
 */
import { trimEnd } from "../encoding/trim-end.ts";
import { type Refusal, refuse } from "../verdict.ts";
import { nginxUri } from "./nginx-uri.ts";

/** nginx limits the line `METHOD SP target SP HTTP/1.1 CRLF`: default of `large_client_header_buffers`. */
const REQUEST_LINE_LIMIT_BYTES = 8192;
const REQUEST_LINE_OVERHEAD_BYTES = "  HTTP/1.1\r\n".length;

/** `OPTIONS *` arrives as the host `example.com*`, and a `Host` header may hold anything. */
const HOSTNAME = /^(?:[\w.-]+|\[[\da-f:.]+\])$/;

/** The nginx of the Document Server drops this prefix and passes the rest of the path to DocService, decoded. */
const VERSION_PREFIX = /^\/\d+\.\d+\.\d+[.|-]\w+(?=\/)/;

/**
 * URLs whose path and query the URL parser would not change: no dot segment, nothing to encode. Nearly every request
 * has such a URL, and the parser would cost as much as the rest of this module.
 */
const UNCHANGED_BY_PARSER = /^(https?:\/\/[\w.:-]{1,260})((?:\/(?!\.|%2e)[\w.~%-]*)+)(?:\?([\w.~%&=+-]+))?$/i;

/** The site that the client called: its URL up to the path. */
export interface Site {
	/** Scheme and host: `https://docs.example.com`. */
	readonly url: string;
	/** `https:` or `http:`. */
	readonly protocol: string;
	/** With the port, if it is not the scheme's own. */
	readonly host: string;
	readonly hostname: string;
}

export interface Target {
	readonly method: string;
	/** The URL as it came. */
	readonly href: string;
	readonly site: Site;
	/** The parsed path, not decoded. */
	readonly path: string;
	/** nginx's `$uri`, one character per byte. */
	readonly uri: string;
	/** nginx's `$args`, not decoded. */
	readonly args: string;
	/** `/9.1.0-2` where nginx drops a version prefix, else "". */
	readonly versionPrefix: string;
	/** The target that DocService sees behind nginx. */
	readonly docService: DocServiceTarget;
	/** The path decoded and merged, without its version prefix. */
	readonly canonical: string;
}

export interface DocServiceTarget {
	/** The path that DocService's router sees. */
	readonly path: string;
	/** Without `?`. */
	readonly query: string;
}

/** @returns `target_malformed`, `target_too_long` or `method_not_allowed` where nginx would answer with an error */
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
		const docService = { path, query: args };
		return { method, href, site, path, uri, args, versionPrefix: "", docService, canonical: uri };
	}
	const remainder = uri.slice(prefix.length);
	const docService = readDecoded(args === "" ? remainder : `${remainder}?${args}`);
	return {
		method,
		href,
		site,
		path,
		uri,
		args,
		versionPrefix: prefix,
		docService,
		canonical: docService.path,
	};
}

/**
 * The target that the Document Server sees below a virtual path: the same without that path.
 *
 * @param prefix `/ds`; "" for a server at the root
 * @returns `path_outside_prefix` for a path that is not below it
 */
export function insidePrefix(target: Target, prefix: string): Target | Refusal {
	if (prefix === "") return target;
	const { method, href, site, path, args } = target;
	const inner = path.slice(prefix.length) || "/";
	if (!path.startsWith(prefix) || !inner.startsWith("/")) return refuse("path_outside_prefix");
	const read = readTarget({ method, url: `${site.url}${inner}${args === "" ? "" : `?${args}`}` });
	// The token of a download names the URL as it was called, with the virtual path.
	return "ok" in read ? read : { ...read, href };
}

/** @returns the parsed URL, its query without `?`; `undefined` for a URL that cannot be parsed */
function readUrl(href: string): { site: Site; path: string; args: string } | undefined {
	const unchanged = UNCHANGED_BY_PARSER.exec(href);
	if (unchanged) {
		const [, siteUrl = "", path = "", args = ""] = unchanged;
		const site = SITES.get(siteUrl) ?? readSite(siteUrl);
		return site && { site, path, args };
	}
	const url = URL.parse(href);
	const site = siteOf(url);
	return url && site ? { site, path: url.pathname, args: url.search.slice(1) } : undefined;
}

/** Sites that were called before. */
const SITES = new Map<string, Site>();
const SITES_LIMIT = 10_000;

function readSite(siteUrl: string): Site | undefined {
	const site = siteOf(URL.parse(siteUrl));
	// The key is a new string: a slice of the request's URL would keep the whole URL in memory.
	if (site && SITES.size < SITES_LIMIT) SITES.set(site.url, site);
	return site;
}

function siteOf(url: URL | null): Site | undefined {
	if (url === null || !HOSTNAME.test(url.hostname)) return undefined;
	const { origin, protocol, host, hostname } = url;
	return { url: origin, protocol, host, hostname };
}

/**
 * Reads a target that nginx passes decoded. In nginx's location `$` matches before a last LF (PCRE), so that LF is
 * lost. Node trims spaces before `HTTP/1.1`. Node's URL parser cuts at `#`, splits at `?`, trims white space and reads
 * `\` as `/`. Control bytes and bytes above 0x7f stay: Node answers 400 to them.
 */
function readDecoded(target: string): DocServiceTarget {
	const trimmed = trimEnd(target.split("#", 1)[0] ?? "", SPACES);
	const mark = trimmed.indexOf("?");
	const path = mark === -1 ? trimmed : trimmed.slice(0, mark);
	const query = mark === -1 ? "" : trimmed.slice(mark + 1);
	return { path: trimEnd(path.replaceAll("\\", "/"), SPACES), query };
}

const SPACES = "\t\n\f\r \xa0";
