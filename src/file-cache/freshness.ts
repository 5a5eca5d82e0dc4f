/**
 * Decides how long a response of the origin may be cached. The Document Server's nginx sets no limit, so the host's own
 * limit applies. The cache must not overrule an operator who has added a header with a shorter time.
 *
 * If two headers disagree, the stricter one applies. Sources: RFC 9111 §4.2 and §5.2.2 for a shared cache, RFC 9213
 * (targeted headers), nginx `ngx_http_upstream_process_accel_expires`.
 */
import { parseHttpTime } from "./http-time.ts";

/** Headers for CDNs alone. A CDN obeys them before `Cache-Control`. */
const TARGETED = ["CDN-Cache-Control", "Cloudflare-CDN-Cache-Control", "Surrogate-Control"];
const CONTROLS = ["Cache-Control", ...TARGETED];
/**
 * A value with field names (`private="X-A"`) forbids caching too, because the cache cannot leave out single headers.
 */
const FORBIDDING = ["no-store", "no-cache", "private"];
/** A name and an optional value, which may be quoted (RFC 9110 §5.6.4). */
const DIRECTIVE = /([\w-]+)\s*(?:=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,;"]*)))?/g;

type Directives = ReadonlyMap<string, readonly string[]>;

/**
 * `must-revalidate` and `proxy-revalidate` change nothing: a file is never served after its time.
 *
 * @param limitSeconds the limit of the host
 * @returns whole seconds; 0: not at all
 */
export function freshSeconds(headers: Headers, limitSeconds: number, nowMs: number): number {
	const controls = CONTROLS.map((name) => readDirectives(headers.get(name) ?? ""));
	const isForbidden = controls.some((directives) => FORBIDDING.some((name) => directives.has(name)));
	if (isForbidden || readDirectives(headers.get("Pragma") ?? "").has("no-cache")) return 0;
	const nowSeconds = Math.floor(nowMs / 1000);
	const accelSeconds = readAccelExpires(headers.get("X-Accel-Expires"), nowSeconds);
	if (accelSeconds !== undefined) return clamp(accelSeconds, limitSeconds);

	const date = parseHttpTime(headers.get("Date") ?? "") ?? nowSeconds;
	const [ageText = ""] = (headers.get("Age") ?? "").split(",");
	const age = /^\d+$/.test(ageText) ? Number(ageText) : 0;
	const stated = controls.map(lifetimeOf).filter((lifetime) => lifetime !== undefined);
	const expires = headers.get("Expires");
	// An invalid date, such as `0`, means a time in the past (RFC 9111 §5.3).
	if (stated.length === 0 && expires !== null) stated.push((parseHttpTime(expires) ?? 0) - date);
	if (stated.length === 0) return clamp(limitSeconds - age, limitSeconds);
	return clamp(Math.min(...stated) - Math.max(age, nowSeconds - date), limitSeconds);
}

/**
 * Whether the client asks for a reload, so that the edge has to ask the origin first. Every limit on the age counts,
 * because the platform does not tell the age of a cached file (RFC 9111 §5.2.1, §5.4).
 */
export function asksForReload(headers: Headers): boolean {
	const control = headers.get("Cache-Control") ?? headers.get("Pragma");
	if (control === null) return false;
	const directives = readDirectives(control);
	return ["no-cache", "no-store", "max-age", "min-fresh"].some((name) => directives.has(name));
}

/**
 * Removes `Age` and the headers that a cache obeys before `Cache-Control`. With them the platform would keep a file
 * past its time. A cache in front of the edge would answer without the check of the link.
 */
export function dropTargeted(headers: Headers): void {
	for (const name of [...TARGETED, "X-Accel-Expires", "Age"]) headers.delete(name);
}

/**
 * Forbids shared caches, and leaves a stricter `Cache-Control` as it is. `private="name"` is not stricter: it makes one
 * header private (RFC 9111 §5.2.2.7).
 */
export function setPrivate(headers: Headers): void {
	const directives = readDirectives(headers.get("Cache-Control") ?? "");
	const isStrict = directives.has("no-store") || directives.get("private")?.includes("") === true;
	if (!isStrict) headers.set("Cache-Control", "private");
}

function readDirectives(text: string): Directives {
	const directives = new Map<string, string[]>();
	for (const [, name = "", quoted, unquoted = ""] of text.matchAll(DIRECTIVE)) {
		const directive = name.toLowerCase();
		directives.set(directive, [...(directives.get(directive) ?? []), quoted ?? unquoted]);
	}
	return directives;
}

/** A shared cache prefers `s-maxage`. The lowest value of a repeated directive applies, and an invalid value is 0. */
function lifetimeOf(directives: Directives): number | undefined {
	const values = directives.get("s-maxage") ?? directives.get("max-age");
	return values && Math.min(...values.map((value) => (/^\d+$/.test(value) ? Number(value) : 0)));
}

/** @returns seconds, also for `@` and a Unix time; `undefined` for any other value, which nginx ignores too */
function readAccelExpires(value: string | null, nowSeconds: number): number | undefined {
	const [, at, digits] = /^(@?)(\d+)$/.exec(value ?? "") ?? [];
	if (digits === undefined) return undefined;
	return at === "@" ? Number(digits) - nowSeconds : Number(digits);
}

const clamp = (seconds: number, limitSeconds: number) => Math.max(0, Math.min(seconds, limitSeconds));
