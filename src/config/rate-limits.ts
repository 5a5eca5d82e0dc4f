/**
 * The rate limits of a host: bindings of the platform that count (`[[ratelimits]]`). Each is optional.
 *
 * A limit is protection, not accounting: the platform counts in each of its locations by itself, and a little late.
 */
import type { Bindings, RateLimitName } from "./bindings.ts";
import type { Report } from "./variable-reader.ts";

/** A rate limit of the platform. `limit` counts, and tells whether the key is within the limit. */
export interface RateLimit {
	readonly limit: (options: { readonly key: string }) => Promise<{ readonly success: boolean }>;
}

export interface RateLimits {
	/** Calls of each host, key and class of routes. */
	readonly calls: RateLimit | undefined;
	/** Refused requests of each client. */
	readonly refused: RateLimit | undefined;
	/** Handshakes of the editor's socket of each client. */
	readonly sockets: RateLimit | undefined;
}

/** @param prefix of the host's own limits: `ACME_LIMIT_CALLS`. Without one, the host shares the edge's limits. */
export function readRateLimits(bindings: Bindings, prefix: string, report: Report<string>): RateLimits {
	const read = (name: RateLimitName): RateLimit | undefined => {
		const binding = bindings[prefix + name] === undefined ? name : prefix + name;
		const value = bindings[binding];
		if (value === undefined || value === "") return undefined;
		if (isRateLimit(value)) return value;
		report(binding, "is no rate limit: it belongs under [[ratelimits]]");
		return undefined;
	};
	return { calls: read("LIMIT_CALLS"), refused: read("LIMIT_REFUSED"), sockets: read("LIMIT_SOCKETS") };
}

const isRateLimit = (value: unknown): value is RateLimit =>
	typeof (value as Partial<RateLimit> | null)?.limit === "function";
