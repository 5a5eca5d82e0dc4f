/**
 * The Worker's bindings by name: what an operator may set. `wrangler.toml` documents each of them.
 */

export const SECRET_NAMES = [
	"JWT_SECRET",
	"JWT_SECRET_INBOX",
	"JWT_SECRET_BROWSER",
	"JWT_SECRET_SESSION",
	"JWT_SECRET_OUTBOX",
	"SECURE_LINK_SECRET",
	"ORIGIN_JWT_SECRET",
	"ORIGIN_JWT_SECRET_INBOX",
	"ORIGIN_JWT_SECRET_BROWSER",
	"ORIGIN_JWT_SECRET_SESSION",
	"ORIGIN_JWT_SECRET_OUTBOX",
	"ORIGIN_SECURE_LINK_SECRET",
	"ORIGIN_LOCK_SECRET",
	"STATUS_SECRET",
] as const;

export const VARIABLE_NAMES = [
	"ORIGIN",
	"ORIGINS",
	"ORIGIN_TIMEOUT_SECONDS",
	"ORIGIN_FILE_TIMEOUT_SECONDS",
	"CLIENT_STALL_SECONDS",
	"FORWARDED_PREFIX",
	"CACHE_SECONDS",
	"CACHE_REVALIDATED_SECONDS",
	"ROLE",
	"CALLBACK_PATHS",
	"DOWNLOAD_PATHS",
	"SESSION_PATHS",
	"WOPI_HOSTS",
	"WOPI_CONVERT",
	"JWT_ENABLED",
	"JWT_ENABLED_INBOX",
	"JWT_ENABLED_BROWSER",
	"JWT_ENABLED_OUTBOX",
	"JWT_HEADER",
	"JWT_PREFIX",
	"CLOCK_TOLERANCE_SECONDS",
	"MODE",
	"SHADOW_ROUTES",
	"REQUIRE_EXP",
	"MAX_TOKEN_AGE_SECONDS",
	"MAX_LINK_LIFETIME_SECONDS",
	"TOKEN_PURPOSE",
	"ALLOW_UNSIGNED_SCRIPT",
	"TOKEN_REQUIRED_PARAMS",
	"ALLOWED_URL_HOSTS",
	"BIND_DOCUMENT",
	"SOCKET_GUARD",
	"SOCKET_CONNECT_SECONDS",
	"MAX_BODY_BYTES",
	"MAX_TOKEN_BYTES",
	"MAX_POLLING_PACKETS",
	"MAX_POLLING_CREDENTIALS",
	"MAX_SOCKET_PACKET_BYTES",
	"MAX_FRAMES_BEFORE_CONNECT",
	"REASONS",
] as const;

/** Which hosts there are; not to be overridden per host. */
export const DIRECTORY_NAMES = ["HOSTS", "TENANTS_BASE_DOMAIN"] as const;

export type SecretName = (typeof SECRET_NAMES)[number];
export type VariableName = (typeof VARIABLE_NAMES)[number];
export type BindingName = SecretName | VariableName;

/** What `env` holds: strings where everything is set as documented, anything where it is not. */
export type Bindings = Readonly<Record<string, unknown>>;
