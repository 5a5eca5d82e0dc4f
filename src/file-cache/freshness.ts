/**
 * How long an answer of the origin may be kept. The Document Server's nginx says nothing about it: then the
 * host's own limit holds. If the operator has added a header that says less, the cache must not overrule it.
 *
 * Sources: RFC 9111 §4.2 and §5.2.2 for a shared cache, RFC 9213 (targeted headers), and nginx
 * `ngx_http_upstream_process_accel_expires`. Where two headers disagree, the stricter one holds.
 */
import { parseHttpTime } from "./http-time.ts";

/** Headers for CDNs alone. A CDN obeys them before `Cache-Control`. */
const TARGETED = ["CDN-Cache-Control", "Cloudflare-CDN-Cache-Control", "Surrogate-Control"];
const CONTROLS = ["Cache-Control", ...TARGETED];
/** Also with field names as their value: an answer that may be kept in parts is not kept. */
const FORBIDDING = ["no-store", "no-cache", "private"];
/** A name, and a value that may be quoted (RFC 9110 §5.6.4). */
const DIRECTIVE = /([\w-]+)\s*(?:=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,;"]*)))?/g;

type Directives = ReadonlyMap<string, readonly string[]>;

/**
 * `must-revalidate` and `proxy-revalidate` change nothing: a file is never served after its time.
 *
 * @param limitSeconds the host's
 * @returns whole seconds; 0: not at all
 */
export function freshSeconds(headers: Headers, limitSeconds: number, nowMs: number): number {
	const controls = CONTROLS.map((name) => readDirectives(headers.get(name) ?? ""));
	const isForbidden = controls.some((directives) => FORBIDDING.some((name) => directives.has(name)));
	if (isForbidden || readDirectives(headers.get("Pragma") ?? "").has("no-cache")) return 0;
	const nowSeconds = Math.floor(nowMs / 1000);
	const accelerated = readAccelExpires(headers.get("X-Accel-Expires"), nowSeconds);
	if (accelerated !== undefined) return clamp(accelerated, limitSeconds);

	const date = parseHttpTime(headers.get("Date") ?? "") ?? nowSeconds;
	const [ageText = ""] = (headers.get("Age") ?? "").split(",");
	const age = /^\d+$/.test(ageText) ? Number(ageText) : 0;
	const stated = controls.map(lifetimeOf).filter((lifetime) => lifetime !== undefined);
	const expires = headers.get("Expires");
	// An invalid date, as `0`, is in the past (RFC 9111 §5.3).
	if (stated.length === 0 && expires !== null) stated.push((parseHttpTime(expires) ?? 0) - date);
	if (stated.length === 0) return clamp(limitSeconds - age, limitSeconds);
	return clamp(Math.min(...stated) - Math.max(age, nowSeconds - date), limitSeconds);
}

/**
 * Whether a client asks for more than a stored file: a reload. Any limit on the age counts, because the
 * platform does not tell how old a stored file is (RFC 9111 §5.2.1, §5.4).
 */
export function asksAnew(headers: Headers): boolean {
	const control = headers.get("Cache-Control");
	const directives = readDirectives(control ?? headers.get("Pragma") ?? "");
	return ["no-cache", "no-store", "max-age", "min-fresh"].some((name) => directives.has(name));
}

/**
 * Removes what a cache obeys before `Cache-Control`, and the age: they would let the platform keep a stored
 * file past its time, and a cache in front of the edge answer without the check of the link.
 */
export function dropTargeted(headers: Headers): void {
	for (const name of [...TARGETED, "X-Accel-Expires", "Age"]) headers.delete(name);
}

/** Leaves a stricter `Cache-Control`. `private="name"` is none: it keeps one header private (RFC 9111 §5.2.2.7). */
export function setPrivate(headers: Headers): void {
	const directives = readDirectives(headers.get("Cache-Control") ?? "");
	const isStrict = directives.has("no-store") || directives.get("private")?.includes("") === true;
	if (!isStrict) headers.set("Cache-Control", "private");
}

function readDirectives(text: string): Directives {
	const directives = new Map<string, string[]>();
	for (const [, name = "", quoted, plain = ""] of text.matchAll(DIRECTIVE)) {
		const key = name.toLowerCase();
		directives.set(key, [...(directives.get(key) ?? []), quoted ?? plain]);
	}
	return directives;
}

/** For a shared cache `s-maxage` comes before `max-age`. Of a repeated directive the lowest holds; an invalid one is 0. */
function lifetimeOf(directives: Directives): number | undefined {
	const values = directives.get("s-maxage") ?? directives.get("max-age");
	return values && Math.min(...values.map((value) => (/^\d+$/.test(value) ? Number(value) : 0)));
}

/** Seconds, or `@` and a Unix time. As for nginx, anything else is no header. */
function readAccelExpires(value: string | null, nowSeconds: number): number | undefined {
	const [, at, digits] = /^(@?)(\d+)$/.exec(value ?? "") ?? [];
	if (digits === undefined) return undefined;
	return at === "@" ? Number(digits) - nowSeconds : Number(digits);
}

const clamp = (seconds: number, limitSeconds: number) => Math.max(0, Math.min(seconds, limitSeconds));
