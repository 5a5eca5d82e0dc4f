/**
 * Makes a host of its bindings, once, and reports every problem by the name of the binding, without its value.
 *
 * With a problem, protected routes answer 503. Without an origin, every route does that is not closed.
 */
import { SERVER_ROUTES } from "../routes/document-server-routes.ts";
import { INTEGRATION_ROUTES } from "../routes/integration-routes.ts";
import { OPEN_ROUTE, type RouteId } from "../routes/route.ts";
import { readAdvisories } from "./advisories.ts";
import type { BindingName, Bindings } from "./bindings.ts";
import { NO_DENY_RULES } from "./deny/deny-rules.ts";
import { readExposure } from "./exposure.ts";
import type { Host, HostIdentity, Problem } from "./host.ts";
import { readIntegration } from "./integration.ts";
import { readLimits } from "./limits.ts";
import { readLogging } from "./logging.ts";
import { readOrigin } from "./origin.ts";
import { readRateLimits } from "./rate-limits.ts";
import { createSecretReader, readRings } from "./secrets/rings.ts";
import { checkSecretHealth, findSamples } from "./secrets/secret-health.ts";
import { NEVER_SHADOWED } from "./shadow-mode.ts";
import { readUrlHosts } from "./url-hosts.ts";
import { createVariableReader } from "./variable-reader.ts";
import { readWopi } from "./wopi-hosts.ts";
import { readWopiProofKeys } from "./wopi-proof-keys.ts";

const MAX_LIFETIME_SECONDS = 99_999_999;
/** RFC 9110 §5.6.2 */
const HEADER_NAME = /^[!#$%&'*+.^`|~\w-]+$/;

/**
 * @param bindings of this host: variables by their names, secrets by their names with the prefix
 * @param prefix of the secrets' names: `ACME_`, or "" for the edge's own
 * @param identity the identity that this host had when it was read before
 */
export function readHost(
	bindings: Bindings,
	nowSeconds: number,
	prefix = "",
	identity: HostIdentity = { id: "" },
): Host {
	const problems: Problem[] = [];
	const report = (binding: BindingName, problem: string) => void problems.push({ binding, problem });
	const reportAsNamed = (binding: string, problem: string) => void problems.push({ binding, problem });
	const variables = createVariableReader(bindings, report);
	const { text, list, toggle, choice, seconds } = variables;
	const secrets = createSecretReader(bindings, prefix, reportAsNamed);

	const enabled = toggle("JWT_ENABLED");
	const tokenEnabled = {
		inbox: toggle("JWT_ENABLED_INBOX", enabled),
		browser: toggle("JWT_ENABLED_BROWSER", enabled),
		outbox: toggle("JWT_ENABLED_OUTBOX", enabled),
	};
	const header = text("JWT_HEADER");
	if (!HEADER_NAME.test(header)) report("JWT_HEADER", "is not a header name");
	const shadowRoutes = list("SHADOW_ROUTES");
	if (shadowRoutes.some(isUnaffected))
		report("SHADOW_ROUTES", `names a route that shadow mode does not change: ${UNAFFECTED.join(", ")}`);
	else if (!shadowRoutes.every(isRouteId)) report("SHADOW_ROUTES", "names something that is no route");
	const urlHosts = readUrlHosts(list("ALLOWED_URL_HOSTS"));
	if (urlHosts === "malformed") report("ALLOWED_URL_HOSTS", "is not a list of hosts");
	const exposure = readExposure(variables, report);
	const integration = readIntegration(bindings, report);
	const { keys, originKeys } = readRings(secrets.read, report, tokenEnabled, integration);
	if (exposure.isPublic) {
		for (const { binding, key } of findSamples(secrets.seen))
			reportAsNamed(binding, `holds a known sample (key ${key}): a public host needs a secret of its own`);
	}
	const origin = readOrigin(bindings, prefix, variables, secrets.read, (binding, problem) =>
		reportAsNamed(binding === "ORIGIN_FETCHER" ? prefix + binding : binding, problem),
	);
	return {
		identity,
		origin,
		cache: {
			mediaSeconds: seconds("CACHE_SECONDS", 0, MAX_LIFETIME_SECONDS),
			otherSeconds: seconds("CACHE_REVALIDATED_SECONDS", 0, MAX_LIFETIME_SECONDS),
		},
		exposure,
		dsVersion: text("DS_VERSION"),
		advisories: readAdvisories(variables, report),
		deny: NO_DENY_RULES,
		denyFail: choice("DENY_FAIL", "open", "closed"),
		rateLimits: readRateLimits(bindings, prefix, reportAsNamed),
		integration,
		wopiProofKeys: readWopiProofKeys(bindings, integration, report),
		keys,
		originKeys,
		tokenEnabled,
		tokenHeader: {
			name: HEADER_NAME.test(header) ? header : "Authorization",
			prefix: text("JWT_PREFIX"),
		},
		clockToleranceSeconds: seconds("CLOCK_TOLERANCE_SECONDS", 0),
		maxTokenAgeSeconds: seconds("MAX_TOKEN_AGE_SECONDS", 0, MAX_LIFETIME_SECONDS),
		maxLinkLifetimeSeconds: seconds("MAX_LINK_LIFETIME_SECONDS", 0, MAX_LIFETIME_SECONDS),
		requireExp: toggle("REQUIRE_EXP"),
		strictPurpose: choice("TOKEN_PURPOSE", "strict", "server") === "strict",
		allowUnsignedScript: toggle("ALLOW_UNSIGNED_SCRIPT"),
		tokenRequiredParams: toggle("TOKEN_REQUIRED_PARAMS"),
		urlHosts: urlHosts === "malformed" ? undefined : urlHosts,
		bindDocument: toggle("BIND_DOCUMENT"),
		socketGuard: toggle("SOCKET_GUARD"),
		socketConnectMs: seconds("SOCKET_CONNECT_SECONDS", 1) * 1000,
		wopi: readWopi(variables, report),
		limits: readLimits(variables),
		clientStallMs: seconds("CLIENT_STALL_SECONDS", 1) * 1000,
		mode: choice("MODE", "enforce", "shadow"),
		shadowRoutes: new Set(shadowRoutes.filter(isRouteId)),
		reasons: toggle("REASONS"),
		logging: readLogging(variables),
		problems: deduplicate(problems),
		warnings: checkSecretHealth(secrets.seen, `${prefix}SECURE_LINK_SECRET`, nowSeconds),
	};
}

const UNAFFECTED: readonly RouteId[] = [NEVER_SHADOWED, OPEN_ROUTE.id];
const isUnaffected = (name: string): boolean => UNAFFECTED.some((id) => id === name);
const isRouteId = (name: string): name is RouteId =>
	!isUnaffected(name) &&
	(Object.hasOwn(INTEGRATION_ROUTES, name) || SERVER_ROUTES.some(({ id }) => id === name));

/** One secret may serve several rings; its problem is told once. */
function deduplicate(problems: readonly Problem[]): readonly Problem[] {
	const seen = new Set<string>();
	return problems.filter(({ binding, problem }) => {
		const line = `${binding} ${problem}`;
		return !seen.has(line) && seen.add(line);
	});
}
