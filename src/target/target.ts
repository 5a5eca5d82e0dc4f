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

export interface Target {
	readonly method: string;
	/** The only URL that is judged and forwarded: `request.url`, parsed. */
	readonly url: URL;
	/** Of the URL, as each look at it is a call into the platform: its host's name, and its path as sent. */
	readonly hostname: string;
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
	const url = URL.parse(href);
	if (url === null) return refuse("target_malformed");
	const { hostname, pathname: path, search } = url;
	if (!HOSTNAME.test(hostname)) return refuse("target_malformed");
	const lineLength = method.length + path.length + search.length + REQUEST_LINE_OVERHEAD_BYTES;
	if (lineLength > REQUEST_LINE_LIMIT_BYTES) return refuse("target_too_long");
	const uri = nginxUri(path);
	if (uri === undefined) return refuse("target_malformed");
	// nginx answers 405 to these on every path.
	if (method === "TRACE" || method === "CONNECT") return refuse("method_not_allowed");

	const args = search.slice(1);
	const prefix = VERSION_PREFIX.exec(uri)?.[0];
	if (prefix === undefined) {
		const service = { path, query: args };
		return { method, url, hostname, path, uri, args, versionPrefix: "", service, canonical: uri };
	}
	const remainder = uri.slice(prefix.length);
	const service = readDecoded(args === "" ? remainder : `${remainder}?${args}`);
	return { method, url, hostname, path, uri, args, versionPrefix: prefix, service, canonical: service.path };
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
