/**
 * Remembers the clients that have exceeded a rate limit, for the time of `Retry-After`.
 *
 * The platform's limit cannot be asked without counting, and a request is refused only after it was judged. With this
 * memory the edge can refuse the next request of such a client before it reads the request's body.
 */
import type { RateLimit } from "../config/rate-limits.ts";
import { RETRY_AFTER_SECONDS } from "../reply/reply.ts";

const HOLD_MS = RETRY_AFTER_SECONDS.rate_limited * 1000;
/** More clients than this are forgotten, the longest known first. The platform's limit still knows them. */
const CLIENTS_LIMIT = 10_000;

/** For each limit: until when a client is held, in Unix milliseconds. */
const held = new WeakMap<RateLimit, Map<string, number>>();

export function holdClient(limit: RateLimit, client: string, nowMs: number): void {
	const clients = held.get(limit) ?? new Map<string, number>();
	held.set(limit, clients);
	clients.delete(client);
	clients.set(client, nowMs + HOLD_MS);
	const [longest] = clients.keys();
	if (clients.size > CLIENTS_LIMIT && longest !== undefined) clients.delete(longest);
}

export function isHeld(limit: RateLimit | undefined, client: string, nowMs: number): boolean {
	const clients = limit && held.get(limit);
	return (clients?.get(client) ?? 0) > nowMs;
}
