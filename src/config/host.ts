/**
 * One public host of the edge: where its Document Server is and what opens it.
 *
 * `readHost` turns bindings into this once, and reports every problem it finds, by binding name and
 * without its value. With a problem the guarded routes stay closed; without an origin all routes do.
 */
import type { BindingName, Bindings, SecretName, VariableName } from "./bindings.ts";
import { createKey, type KeyRing } from "./key-ring.ts";

/** `services.CoAuthoring.secret.*` of the Document Server. */
export type TokenKind = "inbox" | "browser" | "session" | "outbox";

export interface Host {
	/** `undefined` when the binding is missing or no URL. */
	readonly origin: Origin | undefined;
	readonly keys: Readonly<Record<TokenKind | "link", KeyRing>>;
	/** `services.CoAuthoring.token.enable.*` */
	readonly tokenEnabled: Readonly<Record<"inbox" | "browser" | "outbox", boolean>>;
	readonly tokenHeader: { readonly name: string; readonly prefix: string };
	readonly clockToleranceSeconds: number;
	/** Whether session tokens are bound to the document of the path. */
	readonly bindDocument: boolean;
	/** Whether the edge reads the editor's socket. */
	readonly socketGuard: boolean;
	/** How long a socket may stay without an accepted CONNECT. */
	readonly socketConnectMs: number;
	/** Whether refusals carry `X-Edge-Reason`. */
	readonly reasons: boolean;
	readonly problems: readonly Problem[];
}

export interface Origin {
	/** Scheme, host and base path, without a slash at the end. */
	readonly base: string;
	readonly timeoutMs: number;
	/** Value of `X-Forwarded-Prefix`; "" sends none. */
	readonly forwardedPrefix: string;
}

export interface Problem {
	readonly binding: BindingName;
	readonly problem: string;
}

const MAX_SECONDS = 86_400;
/** HMAC pads its key with NUL (RFC 2104 §2): a secret of NULs is the empty one. */
const BLANK = /^[\s\0]*$/;
/** RFC 9110 §5.6.2 */
const HEADER_NAME = /^[!#$%&'*+.^`|~\w-]+$/;

export function readHost(bindings: Bindings): Host {
	const problems: Problem[] = [];
	const report = (binding: BindingName, problem: string) => void problems.push({ binding, problem });

	const text = (name: VariableName, fallback: string): string => {
		const value = bindings[name] ?? "";
		if (typeof value === "object") report(name, "is not a plain value");
		// wrangler.toml may say `true` or `60` instead of `"true"` or `"60"`.
		return typeof value === "object" || value === "" ? fallback : String(value);
	};
	const toggle = (name: VariableName, fallback: boolean): boolean => {
		const value = text(name, String(fallback));
		if (value !== "true" && value !== "false") report(name, 'is neither "true" nor "false"');
		return value !== "false";
	};
	const seconds = (name: VariableName, fallback: number, least: number): number => {
		const value = text(name, String(fallback));
		const number = /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN;
		if (number >= least && number <= MAX_SECONDS) return number;
		report(name, `is not a whole number of seconds from ${least} to ${MAX_SECONDS}`);
		return fallback;
	};
	/** The first of the bindings that is set is the one that counts, even when it is unusable. */
	const ring = (names: readonly SecretName[], required: boolean): KeyRing => {
		const name = names.find((candidate) => bindings[candidate] !== undefined);
		const value = name && bindings[name];
		if (name && typeof value === "string" && !BLANK.test(value)) return [createKey(name, value)];
		if (name && value !== undefined) report(name, "is empty, blank or not a string");
		else if (required)
			report(names[0] as SecretName, `is missing${names[1] ? ` (and so is ${names[1]})` : ""}`);
		return [];
	};

	const enabled = toggle("JWT_ENABLED", true);
	const tokenEnabled = {
		inbox: toggle("JWT_ENABLED_INBOX", enabled),
		browser: toggle("JWT_ENABLED_BROWSER", enabled),
		outbox: toggle("JWT_ENABLED_OUTBOX", enabled),
	};
	const header = text("JWT_HEADER", "Authorization");
	if (!HEADER_NAME.test(header)) report("JWT_HEADER", "is not a header name");
	const keys = {
		inbox: ring(["JWT_SECRET_INBOX", "JWT_SECRET"], tokenEnabled.inbox),
		browser: ring(["JWT_SECRET_BROWSER", "JWT_SECRET_INBOX", "JWT_SECRET"], tokenEnabled.browser),
		session: ring(["JWT_SECRET_SESSION", "JWT_SECRET"], tokenEnabled.browser),
		outbox: ring(["JWT_SECRET_OUTBOX", "JWT_SECRET"], false),
		link: ring(["SECURE_LINK_SECRET"], true),
	};
	return {
		origin: readOrigin(
			text("ORIGIN", ""),
			seconds("ORIGIN_TIMEOUT_SECONDS", 300, 1),
			text("FORWARDED_PREFIX", ""),
			report,
		),
		keys,
		tokenEnabled,
		tokenHeader: {
			name: HEADER_NAME.test(header) ? header : "Authorization",
			prefix: text("JWT_PREFIX", "Bearer "),
		},
		clockToleranceSeconds: seconds("CLOCK_TOLERANCE_SECONDS", 60, 0),
		bindDocument: toggle("BIND_DOCUMENT", true),
		socketGuard: toggle("SOCKET_GUARD", true),
		socketConnectMs: seconds("SOCKET_CONNECT_SECONDS", 45, 1) * 1000,
		reasons: toggle("REASONS", true),
		problems: deduplicate(problems),
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
