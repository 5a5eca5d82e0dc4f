/**
 * One public host of the edge: where its Document Server is and what opens it.
 *
 * `readHost` turns bindings into this once, and reports every problem it finds, by binding name and
 * without its value. With a problem the guarded routes stay closed; without an origin all routes do.
 */
import type { BindingName, Bindings, SecretName, VariableName } from "./bindings.ts";
import { createRing, type Key, type KeyRing } from "./key-ring.ts";
import { readSecret } from "./secret.ts";
import { checkSecretHealth, type Warning } from "./secret-health.ts";
import { readUrlHosts, type UrlHosts } from "./url-hosts.ts";

/** `services.CoAuthoring.secret.*` of the Document Server. */
export type TokenKind = "inbox" | "browser" | "session" | "outbox";
export type RingKind = TokenKind | "link";

export interface Host {
	/** `undefined` when the binding is missing or no URL. */
	readonly origin: Origin | undefined;
	readonly keys: Readonly<Record<RingKind, KeyRing>>;
	/** What the origin holds, where that may differ from what was accepted: it is signed again with this. */
	readonly originKeys: Readonly<Partial<Record<RingKind, Key>>>;
	/** `services.CoAuthoring.token.enable.*` */
	readonly tokenEnabled: Readonly<Record<"inbox" | "browser" | "outbox", boolean>>;
	readonly tokenHeader: { readonly name: string; readonly prefix: string };
	readonly clockToleranceSeconds: number;
	/** 0: no limit. */
	readonly maxTokenAgeSeconds: number;
	/** 0: no limit. */
	readonly maxLinkLifetimeSeconds: number;
	readonly requireExp: boolean;
	/** Whether a token opens only the service it was made for; else any, as at the server. */
	readonly strictPurpose: boolean;
	readonly allowUnsignedScript: boolean;
	/** `tokenRequiredParams`: whether parameters outside the token are kept from the origin. */
	readonly tokenRequiredParams: boolean;
	/** Hosts that URLs inside tokens may name; `undefined`: any. */
	readonly urlHosts: UrlHosts | undefined;
	/** Whether session tokens are bound to the document of the path. */
	readonly bindDocument: boolean;
	/** Whether the edge reads the editor's socket. */
	readonly socketGuard: boolean;
	/** How long a socket may stay without an accepted CONNECT. */
	readonly socketConnectMs: number;
	/** Whether refusals carry `X-Edge-Reason`. */
	readonly reasons: boolean;
	readonly problems: readonly Problem[];
	readonly warnings: readonly Warning[];
}

export interface Origin {
	/** Scheme, host and base path, without a slash at the end. */
	readonly base: string;
	readonly timeoutMs: number;
	/** Value of `X-Forwarded-Prefix`; "" sends none. */
	readonly forwardedPrefix: string;
}

export interface Problem {
	/** As it is set: with the prefix of its host. */
	readonly binding: string;
	readonly problem: string;
}

const MAX_SECONDS = 86_400;
const MAX_LIFETIME_SECONDS = 99_999_999;
/** RFC 9110 §5.6.2 */
const HEADER_NAME = /^[!#$%&'*+.^`|~\w-]+$/;

/**
 * @param bindings of this host: variables, and secrets by their names with the prefix
 * @param prefix of its secrets' names: `ACME_`, or "" for the edge's own
 */
export function readHost(bindings: Bindings, nowSeconds: number, prefix = ""): Host {
	const problems: Problem[] = [];
	const report = (binding: BindingName, problem: string) => void problems.push({ binding, problem });
	const reader = createReader(bindings, report);
	const { text, toggle, seconds } = reader;
	const secrets = createSecretReader(bindings, prefix, (binding, problem) => {
		problems.push({ binding, problem });
	});

	const enabled = toggle("JWT_ENABLED", true);
	const tokenEnabled = {
		inbox: toggle("JWT_ENABLED_INBOX", enabled),
		browser: toggle("JWT_ENABLED_BROWSER", enabled),
		outbox: toggle("JWT_ENABLED_OUTBOX", enabled),
	};
	const header = text("JWT_HEADER", "Authorization");
	if (!HEADER_NAME.test(header)) report("JWT_HEADER", "is not a header name");
	const purpose = text("TOKEN_PURPOSE", "strict");
	if (purpose !== "strict" && purpose !== "server")
		report("TOKEN_PURPOSE", 'is neither "strict" nor "server"');
	const urlHosts = readUrlHosts(text("ALLOWED_URL_HOSTS", ""));
	if (urlHosts === "malformed") report("ALLOWED_URL_HOSTS", "is not a list of hosts");
	const { keys, originKeys } = readRings(secrets.read, tokenEnabled);
	return {
		origin: readOrigin(
			text("ORIGIN", ""),
			seconds("ORIGIN_TIMEOUT_SECONDS", 300, 1),
			text("FORWARDED_PREFIX", ""),
			report,
		),
		keys,
		originKeys,
		tokenEnabled,
		tokenHeader: {
			name: HEADER_NAME.test(header) ? header : "Authorization",
			prefix: text("JWT_PREFIX", "Bearer "),
		},
		clockToleranceSeconds: seconds("CLOCK_TOLERANCE_SECONDS", 60, 0),
		maxTokenAgeSeconds: seconds("MAX_TOKEN_AGE_SECONDS", 0, 0, MAX_LIFETIME_SECONDS),
		maxLinkLifetimeSeconds: seconds("MAX_LINK_LIFETIME_SECONDS", 0, 0, MAX_LIFETIME_SECONDS),
		requireExp: toggle("REQUIRE_EXP", false),
		strictPurpose: purpose !== "server",
		allowUnsignedScript: toggle("ALLOW_UNSIGNED_SCRIPT", false),
		tokenRequiredParams: toggle("TOKEN_REQUIRED_PARAMS", true),
		urlHosts: urlHosts === "malformed" ? undefined : urlHosts,
		bindDocument: toggle("BIND_DOCUMENT", true),
		socketGuard: toggle("SOCKET_GUARD", true),
		socketConnectMs: seconds("SOCKET_CONNECT_SECONDS", 45, 1) * 1000,
		reasons: toggle("REASONS", true),
		problems: deduplicate(problems),
		warnings: checkSecretHealth(secrets.seen, `${prefix}SECURE_LINK_SECRET`, nowSeconds),
	};
}

type Report<Name extends string> = (binding: Name, problem: string) => void;

function createReader(bindings: Bindings, report: Report<VariableName>) {
	const text = (name: VariableName, fallback: string): string => {
		const value = bindings[name] ?? "";
		if (typeof value === "object") report(name, "is not a plain value");
		// wrangler.toml may say `true` or `60` instead of `"true"` or `"60"`.
		return typeof value === "object" || value === "" ? fallback : String(value);
	};
	const toggle = (name: VariableName, fallback: boolean): boolean => {
		const value = text(name, String(fallback));
		if (value !== "true" && value !== "false") report(name, 'is neither "true" nor "false"');
		return value === String(fallback) ? fallback : value === "true";
	};
	const seconds = (name: VariableName, fallback: number, least: number, most = MAX_SECONDS): number => {
		const value = text(name, String(fallback));
		const number = /^\d{1,8}$/.test(value) ? Number(value) : Number.NaN;
		if (number >= least && number <= most) return number;
		report(name, `is not a whole number of seconds from ${least} to ${most}`);
		return fallback;
	};
	return { text, toggle, seconds };
}

type SecretReader = (names: readonly SecretName[], required: boolean) => readonly Key[];

/** The first of the bindings that is set is the one that counts, even when it is unusable. */
function createSecretReader(bindings: Bindings, prefix: string, report: Report<string>) {
	const seen = new Map<string, readonly Key[]>();
	const read: SecretReader = (names, required) => {
		const set = names.map((name) => prefix + name).find((name) => bindings[name] !== undefined);
		if (set !== undefined) {
			// Keys of one binding are the same keys, whatever they are for.
			const keys = seen.get(set) ?? readSecret(set, bindings[set], (problem) => report(set, problem));
			seen.set(set, keys);
			return keys;
		}
		const others = names.slice(1).map((other) => prefix + other);
		const and = others.length > 0 ? ` (and so is ${others.join(", ")})` : "";
		if (required) report(`${prefix}${names[0]}`, `is missing${and}`);
		return [];
	};
	return { read, seen };
}

/** What the origin holds is accepted too: it signs links and session tokens itself. */
function readRings(read: SecretReader, enabled: Host["tokenEnabled"]): Pick<Host, "keys" | "originKeys"> {
	const ring = (own: readonly SecretName[], origins: readonly SecretName[], required: boolean) => {
		const keys = read(own, required);
		const [origin] = read(origins, false);
		const isKnown = origin === undefined || keys.some(({ secret }) => secret === origin.secret);
		return { ring: createRing(isKnown ? keys : [...keys, origin]), origin };
	};
	const rings = {
		inbox: ring(
			["JWT_SECRET_INBOX", "JWT_SECRET"],
			["ORIGIN_JWT_SECRET_INBOX", "ORIGIN_JWT_SECRET"],
			enabled.inbox,
		),
		browser: ring(
			["JWT_SECRET_BROWSER", "JWT_SECRET_INBOX", "JWT_SECRET"],
			["ORIGIN_JWT_SECRET_BROWSER", "ORIGIN_JWT_SECRET_INBOX", "ORIGIN_JWT_SECRET"],
			enabled.browser,
		),
		session: ring(
			["JWT_SECRET_SESSION", "JWT_SECRET"],
			["ORIGIN_JWT_SECRET_SESSION", "ORIGIN_JWT_SECRET"],
			enabled.browser,
		),
		outbox: ring(
			["JWT_SECRET_OUTBOX", "JWT_SECRET"],
			["ORIGIN_JWT_SECRET_OUTBOX", "ORIGIN_JWT_SECRET"],
			false,
		),
		link: ring(["SECURE_LINK_SECRET"], ["ORIGIN_SECURE_LINK_SECRET"], true),
	};
	const entries = Object.entries(rings);
	return {
		keys: Object.fromEntries(entries.map(([kind, { ring: keys }]) => [kind, keys])) as Host["keys"],
		originKeys: Object.fromEntries(
			entries.filter(([, { origin }]) => origin).map(([kind, { origin }]) => [kind, origin]),
		),
	};
}

function readOrigin(
	value: string,
	timeoutSeconds: number,
	forwardedPrefix: string,
	report: (binding: BindingName, problem: string) => void,
): Origin | undefined {
	if (/[^\x21-\x7e]/.test(forwardedPrefix)) report("FORWARDED_PREFIX", "is not a path");
	if (value === "") {
		report("ORIGIN", "is missing");
		return undefined;
	}
	const url = URL.parse(value);
	if (!url || !/^https?:$/.test(url.protocol) || url.search || url.hash || url.username || url.password) {
		report("ORIGIN", "is not an http(s) URL without credentials, query and fragment");
		return undefined;
	}
	const base = url.origin + url.pathname.replace(/\/$/, "");
	return { base, timeoutMs: timeoutSeconds * 1000, forwardedPrefix };
}

/** One secret may serve several purposes; its problem is told once. */
function deduplicate(problems: readonly Problem[]): readonly Problem[] {
	const seen = new Set<string>();
	return problems.filter(({ binding, problem }) => {
		const line = `${binding} ${problem}`;
		return !seen.has(line) && seen.add(line);
	});
}
