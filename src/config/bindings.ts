/**
 * Every binding of the Worker: its name, and the default of each variable.
 *
 * A new variable is a line in `VARIABLES` and its meaning in `binding-meanings.ts`: it does not compile without.
 * `read-host.ts` reads it into a field of `host.ts`. Then `npm run docs` writes it into the documents.
 */

/** The variables with their defaults; "" means none. */
export const VARIABLES = {
	ORIGIN: "",
	ORIGINS: "",
	ORIGIN_TIMEOUT_SECONDS: "300",
	ORIGIN_FILE_TIMEOUT_SECONDS: "60",
	CLIENT_STALL_SECONDS: "60",
	FORWARDED_PREFIX: "",
	CACHE_SECONDS: "86400",
	CACHE_REVALIDATED_SECONDS: "86400",
	ROLE: "server",
	CALLBACK_PATHS: "",
	DOWNLOAD_PATHS: "",
	SESSION_PATHS: "",
	WOPI_HOSTS: "",
	WOPI_CONVERT: "closed",
	WOPI_PATHS: "",
	WOPI_FILE_URL_PATHS: "",
	WOPI_PROOF_KEYS: "",
	JWT_ENABLED: "true",
	JWT_ENABLED_INBOX: "",
	JWT_ENABLED_BROWSER: "",
	JWT_ENABLED_OUTBOX: "",
	JWT_HEADER: "Authorization",
	JWT_PREFIX: "Bearer ",
	CLOCK_TOLERANCE_SECONDS: "60",
	EXPOSURE: "server",
	OPEN_ROUTES: "",
	DS_VERSION: "",
	ADVISORIES: "on",
	DENY_FAIL: "open",
	MODE: "enforce",
	SHADOW_ROUTES: "",
	REQUIRE_EXP: "false",
	MAX_TOKEN_AGE_SECONDS: "0",
	MAX_LINK_LIFETIME_SECONDS: "0",
	TOKEN_PURPOSE: "strict",
	ALLOW_UNSIGNED_SCRIPT: "false",
	TOKEN_REQUIRED_PARAMS: "true",
	ALLOWED_URL_HOSTS: "",
	BIND_DOCUMENT: "true",
	SOCKET_GUARD: "true",
	SOCKET_CONNECT_SECONDS: "45",
	MAX_BODY_BYTES: "1048576",
	MAX_TOKEN_BYTES: "262144",
	MAX_POLLING_PACKETS: "1000",
	MAX_POLLING_CREDENTIALS: "16",
	MAX_SOCKET_PACKET_BYTES: "1048576",
	MAX_FRAMES_BEFORE_CONNECT: "16",
	REASONS: "true",
	LOG_ACCEPTED: "all",
	LOG_CLIENT_IP: "none",
	LOG_NEAR_MISS: "false",
} as const;

/** Every secret that the edge accepts credentials of. The origin may hold another one: `ORIGIN_` and its name. */
const ACCEPTED_SECRETS = [
	"JWT_SECRET",
	"JWT_SECRET_INBOX",
	"JWT_SECRET_BROWSER",
	"JWT_SECRET_SESSION",
	"JWT_SECRET_OUTBOX",
	"SECURE_LINK_SECRET",
] as const;

export type AcceptedSecretName = (typeof ACCEPTED_SECRETS)[number];
export type SecretName =
	| AcceptedSecretName
	| `ORIGIN_${AcceptedSecretName}`
	| "ORIGIN_LOCK_SECRET"
	| "SECURE_LINK_SHA256"
	| "STATUS_SECRET";

export const SECRET_NAMES: readonly SecretName[] = [
	...ACCEPTED_SECRETS,
	...ACCEPTED_SECRETS.map((name) => `ORIGIN_${name}` as const),
	"ORIGIN_LOCK_SECRET",
	"SECURE_LINK_SHA256",
	"STATUS_SECRET",
];

export type VariableName = keyof typeof VARIABLES;
export const VARIABLE_NAMES = Object.keys(VARIABLES) as readonly VariableName[];

/** These say which hosts there are. A host cannot override them. */
export const DIRECTORY_NAMES = ["HOSTS", "TENANTS_BASE_DOMAIN"] as const;

/** The rate limits (`[[ratelimits]]`). */
export const RATE_LIMIT_NAMES = ["LIMIT_CALLS", "LIMIT_REFUSED", "LIMIT_SOCKETS"] as const;
export type RateLimitName = (typeof RATE_LIMIT_NAMES)[number];

/** The deny lists hold for all hosts of the edge. */
export const DENY_NAMES = ["DENY", "DENY_LIST"] as const;

/** Bindings that are objects of the platform, not text. */
export type PlatformBindingName = "ORIGIN_FETCHER" | "METRICS" | RateLimitName;

export type BindingName =
	| (typeof DENY_NAMES)[number]
	| SecretName
	| VariableName
	| (typeof DIRECTORY_NAMES)[number]
	| PlatformBindingName;

/** The Worker's `env`. Its values may have any type: an operator may have set anything. */
export type Bindings = Readonly<Record<string, unknown>>;
