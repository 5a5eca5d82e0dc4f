/**
 * Where a host's Document Server is, and how long it may take. Several base URLs are several servers of
 * one cluster; which of them a request goes to is for `origin/` to say.
 */
import type { Bindings } from "./bindings.ts";
import type { Key } from "./secrets/key-ring.ts";
import type { SecretReader } from "./secrets/rings.ts";
import type { createVariableReader, Report } from "./variable-reader.ts";

export interface Origin {
	/** Scheme, host and base path of each, without a slash at the end. At least one. */
	readonly bases: readonly string[];
	/** Longest wait for the first byte of a file, or of whatever else is only read, from the end of the request. */
	readonly fileTimeoutMs: number;
	/** The same for services: a synchronous conversion takes minutes. */
	readonly timeoutMs: number;
	/** The virtual path that the edge serves and the origin does not know: `/ds`, and `X-Forwarded-Prefix`; "" none. */
	readonly forwardedPrefix: string;
	/** Signs every request, for an origin that answers the edge alone. */
	readonly lock?: Key;
	/** A binding that reaches the origin in its own way: a client certificate, a private network. */
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

/** @param prefix of the host's secrets, and of its fetcher */
export function readOrigin(
	bindings: Bindings,
	prefix: string,
	{ text, seconds }: ReturnType<typeof createVariableReader>,
	readSecret: SecretReader,
	report: Report<OriginBinding>,
): Origin | undefined {
	const timeoutMs = seconds("ORIGIN_TIMEOUT_SECONDS", 300, 1) * 1000;
	const fileTimeoutMs = seconds("ORIGIN_FILE_TIMEOUT_SECONDS", 60, 1) * 1000;
	const forwardedPrefix = text("FORWARDED_PREFIX", "").replace(/\/$/, "");
	if (!VIRTUAL_PATH.test(forwardedPrefix)) report("FORWARDED_PREFIX", "is not a path like /ds");
	const [lock, ...more] = readSecret(["ORIGIN_LOCK_SECRET"], false);
	if (more.length > 0) report("ORIGIN_LOCK_SECRET", "is more than one secret: the origin holds one");
	const fetcher = bindings[`${prefix}ORIGIN_FETCHER`];
	if (fetcher !== undefined && !isFetcher(fetcher)) report("ORIGIN_FETCHER", "is no binding that fetches");

	const bases = readBases(text("ORIGIN", ""), text("ORIGINS", ""), report);
	if (bases === undefined) return undefined;
	const ways = { ...(lock && { lock }), ...(isFetcher(fetcher) && { fetcher }) };
	return { bases, timeoutMs, fileTimeoutMs, forwardedPrefix, ...ways };
}

/** Only characters that every reader takes as they are. */
const VIRTUAL_PATH = /^(?:\/(?!\.)[\w.~-]+)*$/;

function readBases(
	origin: string,
	origins: string,
	report: Report<OriginBinding>,
): readonly string[] | undefined {
	if (origin !== "" && origins !== "") report("ORIGINS", "is set, and so is ORIGIN");
	const name = origins === "" ? "ORIGIN" : "ORIGINS";
	const bases = (origins === "" ? [origin] : origins.split(/[\s,]+/)).filter((value) => value !== "");
	if (bases.length === 0) report("ORIGIN", "is missing");
	const read = [...new Set(bases.map(readBase))];
	const valid = read.filter((base) => base !== undefined);
	if (valid.length < read.length)
		report(name, "is not an http(s) URL without credentials, query and fragment");
	return valid.length === read.length && valid.length > 0 ? valid : undefined;
}

function readBase(value: string): string | undefined {
	const url = URL.parse(value);
	if (!url || !/^https?:$/.test(url.protocol) || url.search || url.hash || url.username || url.password) {
		return undefined;
	}
	return url.origin + url.pathname.replace(/\/$/, "");
}

function isFetcher(binding: unknown): binding is OriginFetcher {
	return typeof (binding as Partial<OriginFetcher> | null | undefined)?.fetch === "function";
}
