/**
 * One public host of the edge: where its Document Server, or its integration, is and what opens it.
 *
 * `readHost` turns bindings into this once, and reports every problem it finds, by binding name and
 * without its value. With a problem the guarded routes stay closed; without an origin all routes do.
 */

import type { CompiledRoute } from "../routes/path-pattern.ts";
import { ROUTES, type RouteId } from "../routes/document-server-routes.ts";
import { STORAGE_ROUTES } from "../routes/integration-routes.ts";
import type { BindingName, Bindings } from "./bindings.ts";
import { type Limits, readLimits } from "./limits.ts";
import { type Origin, readOrigin } from "./origin.ts";
import { createSecretReader, type Rings, readRings } from "./secrets/rings.ts";
import { checkSecretHealth, type Warning } from "./secrets/secret-health.ts";
import { readStorage } from "./integration.ts";
import { readUrlHosts, type UrlHosts } from "./url-hosts.ts";
import { createVariableReader } from "./variable-reader.ts";
import { readWopi, type Wopi } from "./wopi-hosts.ts";
import { type ProofKeySet, readWopiProofKeys } from "./wopi-proof-keys.ts";

/**
 * Stands for a host for as long as the isolate lives. Secrets of a Secrets Store are read again every five
 * minutes, which makes a new `Host`: what was counted and learnt about the host hangs on this and stays.
 */
export interface HostIdentity {
	/** As in `HostSource`. */
	readonly id: string;
}

export interface Host extends Rings {
	readonly identity: HostIdentity;
	/** `undefined` when the binding is missing or no URL. */
	readonly origin: Origin | undefined;
	/** How long verified files are kept at the edge; 0: not at all. */
	readonly cache: CacheTimes;
	/** What is guarded of the integration behind this host; `undefined`: a Document Server is there. */
	readonly storage: readonly CompiledRoute[] | undefined;
	/** Of each Document Server that may call the WOPI paths behind this host. */
	readonly wopiProofKeys: readonly ProofKeySet[];
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
	/** Whom WOPI pages may send the Document Server to. */
	readonly wopi: Wopi;
	/** What may be sent before a credential is accepted. */
	readonly limits: Limits;
	/** How long a client may take for the next part of its body. */
	readonly clientStallMs: number;
	/** `shadow`: everything is forwarded, and the log has what would have been refused. */
	readonly mode: "enforce" | "shadow";
	/** Routes that are in shadow mode by themselves. */
	readonly shadowRoutes: ReadonlySet<RouteId>;
	/** Whether refusals carry `X-Edge-Reason`. */
	readonly reasons: boolean;
	readonly problems: readonly Problem[];
	readonly warnings: readonly Warning[];
}

export interface CacheTimes {
	/** Of media, which never change under their name. */
	readonly mediaSeconds: number;
	/** Of the rest; the origin is asked each time whether it has changed. */
	readonly otherSeconds: number;
}

export interface Problem {
	/** As it is set: with the prefix of its host. */
	readonly binding: string;
	readonly problem: string;
}

const MAX_LIFETIME_SECONDS = 99_999_999;
/** RFC 9110 §5.6.2 */
const HEADER_NAME = /^[!#$%&'*+.^`|~\w-]+$/;

/**
 * @param bindings of this host: variables, and secrets by their names with the prefix
 * @param prefix of its secrets' names: `ACME_`, or "" for the edge's own
 * @param identity the one that this host had when it was read before
 */
export function readHost(
	bindings: Bindings,
	nowSeconds: number,
	prefix = "",
	identity: HostIdentity = { id: "" },
): Host {
	const problems: Problem[] = [];
	const report = (binding: BindingName, problem: string) => void problems.push({ binding, problem });
	const variables = createVariableReader(bindings, report);
	const { text, list, toggle, seconds } = variables;
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
	const mode = text("MODE", "enforce");
	if (mode !== "enforce" && mode !== "shadow") report("MODE", 'is neither "enforce" nor "shadow"');
	const shadowRoutes = list("SHADOW_ROUTES");
	if (!shadowRoutes.every(isRouteId)) report("SHADOW_ROUTES", "names something that is no route");
	const urlHosts = readUrlHosts(list("ALLOWED_URL_HOSTS"));
	if (urlHosts === "malformed") report("ALLOWED_URL_HOSTS", "is not a list of hosts");
	const storage = readStorage(bindings, report);
	const { keys, originKeys } = readRings(secrets.read, report, tokenEnabled, storage);
	return {
		identity,
		origin: readOrigin(bindings, prefix, variables, secrets.read, (binding, problem) => {
			problems.push({ binding: binding === "ORIGIN_FETCHER" ? prefix + binding : binding, problem });
		}),
		cache: {
			mediaSeconds: seconds("CACHE_SECONDS", 86_400, 0, MAX_LIFETIME_SECONDS),
			otherSeconds: seconds("CACHE_REVALIDATED_SECONDS", 86_400, 0, MAX_LIFETIME_SECONDS),
		},
		storage,
		wopiProofKeys: readWopiProofKeys(bindings, storage, report),
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
		wopi: readWopi(variables, report),
		limits: readLimits(variables),
		clientStallMs: seconds("CLIENT_STALL_SECONDS", 60, 1) * 1000,
		mode: mode === "shadow" ? "shadow" : "enforce",
		shadowRoutes: new Set(shadowRoutes.filter(isRouteId)),
		reasons: toggle("REASONS", true),
		problems: deduplicate(problems),
		warnings: checkSecretHealth(secrets.seen, `${prefix}SECURE_LINK_SECRET`, nowSeconds),
	};
}

/** Whether requests of this route are forwarded whatever is decided about them. A closed route never is. */
export function isShadowed({ mode, shadowRoutes }: Host, route: RouteId): boolean {
	return route !== "closed" && (mode === "shadow" || shadowRoutes.has(route));
}

const isRouteId = (name: string): name is RouteId =>
	Object.hasOwn(STORAGE_ROUTES, name) || ROUTES.some(({ id }) => id === name);

/** One secret may serve several purposes; its problem is told once. */
function deduplicate(problems: readonly Problem[]): readonly Problem[] {
	const seen = new Set<string>();
	return problems.filter(({ binding, problem }) => {
		const line = `${binding} ${problem}`;
		return !seen.has(line) && seen.add(line);
	});
}
