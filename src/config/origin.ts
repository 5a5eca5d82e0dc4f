/**
 * The origin of a host: the URLs of the server behind the edge, and how long it may take. Several URLs are several
 * servers of one cluster; `origin/origin-choice.ts` picks one for each request.
 */
import type { Bindings } from "./bindings.ts";
import type { Key } from "./secrets/key-ring.ts";
import type { SecretReader } from "./secrets/rings.ts";
import type { Report, VariableReader } from "./variable-reader.ts";

export interface Origin {
	/** Scheme, host and path of each server, without a slash at the end. At least one. */
	readonly urls: readonly string[];
	/** Longest wait for the first byte of a file or an asset, counted from the end of the request; 0: no limit. */
	readonly fileTimeoutMs: number;
	/** The same for all other requests: a synchronous conversion takes minutes. */
	readonly timeoutMs: number;
	/** The virtual path (`/ds`) that the edge serves and the origin does not see; "" for none. */
	readonly forwardedPrefix: string;
	/** Signs every request to an origin that answers only the edge. */
	readonly lock?: Key;
	/** A binding that calls the origin with a client certificate, or through a private network. */
	readonly fetcher?: OriginFetcher;
}

export interface OriginFetcher {
	readonly fetch: typeof fetch;
}

type OriginBinding =
	| "ORIGIN"
	| "ORIGINS"
	| "FORWARDED_PREFIX"
	| "ORIGIN_TIMEOUT_SECONDS"
	| "ORIGIN_FILE_TIMEOUT_SECONDS"
	| "ORIGIN_LOCK_SECRET"
	| "ORIGIN_FETCHER";

/** @param prefix of the names of the host's secrets and of its fetcher */
export function readOrigin(
	bindings: Bindings,
	prefix: string,
	{ text, seconds }: VariableReader,
	readSecret: SecretReader,
	report: Report<OriginBinding>,
): Origin | undefined {
	const timeoutMs = seconds("ORIGIN_TIMEOUT_SECONDS", 0) * 1000;
	const fileTimeoutMs = seconds("ORIGIN_FILE_TIMEOUT_SECONDS", 0) * 1000;
	const forwardedPrefix = readPrefix(text("FORWARDED_PREFIX"));
	if (!VIRTUAL_PATH.test(forwardedPrefix)) report("FORWARDED_PREFIX", "is not a path like /ds");
	const [lock, ...more] = readSecret(["ORIGIN_LOCK_SECRET"], false);
	if (more.length > 0) report("ORIGIN_LOCK_SECRET", "is more than one secret: the origin holds one");
	const fetcher = bindings[`${prefix}ORIGIN_FETCHER`];
	if (fetcher !== undefined && !isFetcher(fetcher)) report("ORIGIN_FETCHER", "is no binding that fetches");

	const urls = readUrls(text("ORIGIN"), text("ORIGINS"), report);
	if (urls === undefined) return undefined;
	const ways = { ...(lock && { lock }), ...(isFetcher(fetcher) && { fetcher }) };
	return { urls, timeoutMs, fileTimeoutMs, forwardedPrefix, ...ways };
}

/** A virtual path without its last slash. The edge also needs it before it has read the host. */
export const readPrefix = (text: string): string => text.replace(/\/$/, "");

/** Only characters that no reader decodes or encodes. */
const VIRTUAL_PATH = /^(?:\/(?!\.)[\w.~-]+)*$/;

function readUrls(
	origin: string,
	origins: string,
	report: Report<OriginBinding>,
): readonly string[] | undefined {
	if (origin !== "" && origins !== "") report("ORIGINS", "is set, and so is ORIGIN");
	const name = origins === "" ? "ORIGIN" : "ORIGINS";
	const values = (origins === "" ? [origin] : origins.split(/[\s,]+/)).filter((value) => value !== "");
	if (values.length === 0) report("ORIGIN", "is missing");
	const read = [...new Set(values.map(readUrl))];
	const valid = read.filter((url) => url !== undefined);
	if (valid.length < read.length)
		report(name, "is not an http(s) URL without credentials, query and fragment");
	return valid.length === read.length && valid.length > 0 ? valid : undefined;
}

function readUrl(value: string): string | undefined {
	const url = URL.parse(value);
	if (!url || !/^https?:$/.test(url.protocol) || url.search || url.hash || url.username || url.password) {
		return undefined;
	}
	return url.origin + url.pathname.replace(/\/$/, "");
}

function isFetcher(binding: unknown): binding is OriginFetcher {
	return typeof (binding as Partial<OriginFetcher> | null | undefined)?.fetch === "function";
}
