/**
 * The meaning of every binding, for the tables in the documents and for `docs-edge describe`. `bindings.ts` has the names,
 * the defaults, and the steps for a new binding.
 *
 * A binding without its meaning does not compile. The Worker does not import this file. Texts are Markdown; links are
 * relative to `docs/`.
 */
import type { BindingName } from "./bindings.ts";

export interface BindingText {
	readonly group: BindingGroup;
	/** The default in words, where it is not the plain text of `VARIABLES`. */
	readonly default?: string;
	/** The kind in words, where it is neither a text variable nor a secret. */
	readonly kind?: string;
	readonly meaning: string;
}

export type BindingGroup = (typeof BINDING_GROUPS)[number];

/** In the order of the documents. */
export const BINDING_GROUPS = [
	"Origin",
	"Secrets",
	"Secrets of the origin",
	"Hosts",
	"Exposure",
	"Deny list",
	"Rate limits",
	"Tokens",
	"Links and files",
	"The editor's socket",
	"Integrations",
	"WOPI",
	"Limits",
	"Rollout and observation",
] as const;

export const BINDINGS: Readonly<Record<BindingName, BindingText>> = {
	ORIGIN: {
		group: "Origin",
		meaning: "URL of the Document Server, or of the integration behind this host: `https://ds.example.com`.",
	},
	ORIGINS: {
		group: "Origin",
		meaning:
			"Instead of `ORIGIN`: URLs of several servers of one cluster, separated by commas. See [several origins](origin.md#use-several-origins).",
	},
	ORIGIN_TIMEOUT_SECONDS: {
		group: "Origin",
		meaning:
			"Longest wait for the first byte of a response, counted from the end of the request's body. `0`: only the platform's own limit applies.",
	},
	ORIGIN_FILE_TIMEOUT_SECONDS: { group: "Origin", meaning: "The same for files and assets." },
	CLIENT_STALL_SECONDS: {
		group: "Origin",
		meaning:
			"Longest pause of a client between two parts of its request's body, as nginx's `client_body_timeout`.",
	},
	FORWARDED_PREFIX: {
		group: "Origin",
		meaning:
			"A virtual path, `/ds`: the edge serves `https://host/ds/…` and no other path. The origin receives the path without it, and `X-Forwarded-Prefix`.",
	},
	ORIGIN_LOCK_SECRET: {
		group: "Origin",
		default: "none",
		meaning:
			"Signs every forwarded request, so that the origin's nginx can refuse all others. See [Lock the origin](origin.md#lock-the-origin).",
	},
	ORIGIN_FETCHER: {
		group: "Origin",
		kind: "mTLS certificate, VPC service",
		default: "none",
		meaning: "Calls the origin with a client certificate, or through a private network.",
	},
	JWT_SECRET: {
		group: "Secrets",
		default: "none",
		meaning: "Default of the four secrets below, as in the Docker image.",
	},
	JWT_SECRET_INBOX: {
		group: "Secrets",
		default: "`JWT_SECRET`",
		meaning: "`services.CoAuthoring.secret.inbox.string`",
	},
	JWT_SECRET_BROWSER: {
		group: "Secrets",
		default: "`JWT_SECRET_INBOX`",
		meaning: "`services.CoAuthoring.secret.browser.string`",
	},
	JWT_SECRET_SESSION: {
		group: "Secrets",
		default: "`JWT_SECRET`",
		meaning: "`services.CoAuthoring.secret.session.string`",
	},
	JWT_SECRET_OUTBOX: {
		group: "Secrets",
		default: "`JWT_SECRET`",
		meaning:
			"`services.CoAuthoring.secret.outbox.string`. It opens the paths of an [integration](integration.md) and nothing else, as in the server.",
	},
	SECURE_LINK_SECRET: {
		group: "Secrets",
		default: "none",
		meaning: "`storage.fs.secretString` in local.json, the same as nginx's `$secure_link_secret` in ds.conf.",
	},
	SECURE_LINK_SHA256: {
		group: "Secrets",
		default: "none",
		meaning:
			"Signs links of your own integration with HMAC-SHA-256. The server's own links stay as they are. See [Links of your own](sha256-links.md).",
	},
	STATUS_SECRET: {
		group: "Secrets",
		default: "none",
		meaning: "Signs the tokens that may read `/.edge/status` and `/.edge/ready`.",
	},
	ORIGIN_JWT_SECRET: {
		group: "Secrets of the origin",
		default: "none",
		meaning:
			"The secret that the Document Server holds, if it differs. Tokens of this secret are accepted too, and other accepted tokens are re-signed with it. Default of the four below. It is one secret, not a ring.",
	},
	ORIGIN_JWT_SECRET_INBOX: {
		group: "Secrets of the origin",
		default: "`ORIGIN_JWT_SECRET`",
		meaning: "The inbox secret that the Document Server holds, if it differs.",
	},
	ORIGIN_JWT_SECRET_BROWSER: {
		group: "Secrets of the origin",
		default: "`ORIGIN_JWT_SECRET_INBOX`",
		meaning: "The browser secret that the Document Server holds, if it differs.",
	},
	ORIGIN_JWT_SECRET_SESSION: {
		group: "Secrets of the origin",
		default: "`ORIGIN_JWT_SECRET`",
		meaning: "The session secret that the Document Server holds, if it differs.",
	},
	ORIGIN_JWT_SECRET_OUTBOX: {
		group: "Secrets of the origin",
		default: "`ORIGIN_JWT_SECRET`",
		meaning: "The outbox secret that the integration holds, if it differs.",
	},
	ORIGIN_SECURE_LINK_SECRET: {
		group: "Secrets of the origin",
		default: "none",
		meaning:
			"The link secret that the Document Server holds, if it differs. Accepted links are re-signed with it.",
	},
	HOSTS: {
		group: "Hosts",
		kind: "variable (TOML table)",
		default: "none",
		meaning:
			"Hostnames with their own variables and secrets. Other hostnames get 421. See [Hosts](hosts.md).",
	},
	TENANTS_BASE_DOMAIN: {
		group: "Hosts",
		default: "none",
		meaning: "A tenant per sub-domain of this domain, each with its own secrets. See [Hosts](hosts.md).",
	},
	JWT_ENABLED: { group: "Tokens", meaning: "Default of the three switches below." },
	JWT_ENABLED_INBOX: {
		group: "Tokens",
		default: "`JWT_ENABLED`",
		meaning: "`services.CoAuthoring.token.enable.request.inbox`",
	},
	JWT_ENABLED_BROWSER: {
		group: "Tokens",
		default: "`JWT_ENABLED`",
		meaning:
			"`services.CoAuthoring.token.enable.browser`. If `false`, no session token is required; one that was sent is still checked.",
	},
	JWT_ENABLED_OUTBOX: {
		group: "Tokens",
		default: "`JWT_ENABLED`",
		meaning: "`services.CoAuthoring.token.enable.request.outbox`, for integrations.",
	},
	JWT_HEADER: {
		group: "Tokens",
		meaning: "`services.CoAuthoring.token.inbox.header`; in front of an integration `token.outbox.header`.",
	},
	JWT_PREFIX: {
		group: "Tokens",
		default: "`Bearer` and a space",
		meaning:
			"`services.CoAuthoring.token.inbox.prefix`, with its space; in front of an integration `token.outbox.prefix`.",
	},
	CLOCK_TOLERANCE_SECONDS: {
		group: "Tokens",
		meaning: "`services.CoAuthoring.token.verifyOptions.clockTolerance`",
	},
	TOKEN_PURPOSE: {
		group: "Tokens",
		meaning:
			"`strict`: a token opens only the endpoint it was made for. `server`: every good token opens command, conversion and builder, and builder scripts need no token of their own, as at the server. See [What a token is for](routes.md#what-a-token-is-for).",
	},
	ALLOW_UNSIGNED_SCRIPT: {
		group: "Tokens",
		meaning: "`true`: a builder script may come in the body, outside the token.",
	},
	TOKEN_REQUIRED_PARAMS: {
		group: "Tokens",
		meaning:
			"`services.CoAuthoring.server.tokenRequiredParams`. `true`: of a body with a token only the token is forwarded, and beside a header token a JSON body becomes `{}`. `false`: bodies are forwarded as they came.",
	},
	ALLOWED_URL_HOSTS: {
		group: "Tokens",
		default: "any",
		meaning:
			"Hosts that URLs inside tokens, and in the `cmd` of `/downloadas` and `/savefile`, may name: `files.example.com, *.example.org, 10.0.0.5:8080`. A wildcard never covers an address or a port.",
	},
	REQUIRE_EXP: { group: "Tokens", meaning: "`true`: a token without `exp` is refused." },
	MAX_TOKEN_AGE_SECONDS: {
		group: "Tokens",
		meaning: "Longest age of a token by its `iat`; `0`: no limit.",
	},
	BIND_DOCUMENT: {
		group: "Tokens",
		meaning:
			"`true`: a session token opens only its own document. The path's document, `cmd.id` and `cmd.savekey` are its key, or its key, `_` and up to five digits. `false`: as at the server.",
	},
	MAX_LINK_LIFETIME_SECONDS: {
		group: "Links and files",
		meaning: "Longest time from now to a link's expiry; `0`: no limit.",
	},
	CACHE_SECONDS: {
		group: "Links and files",
		meaning:
			"How long files under `media/` stay in the edge's cache; `0`: not at all. See [File cache](file-cache.md).",
	},
	CACHE_REVALIDATED_SECONDS: {
		group: "Links and files",
		meaning: "The same for other cached files. The origin is asked each time whether the file has changed.",
	},
	SOCKET_GUARD: {
		group: "The editor's socket",
		meaning:
			"`false`: the socket passes unchecked. See [What the check of a WebSocket costs](limits.md#what-the-check-of-a-websocket-costs).",
	},
	SOCKET_CONNECT_SECONDS: {
		group: "The editor's socket",
		meaning: "How long a socket may stay open without an accepted token, as the server's `connectTimeout`.",
	},
	ROLE: {
		group: "Integrations",
		meaning: "`storage`: an integration is behind this host. See [Integration](integration.md).",
	},
	CALLBACK_PATHS: {
		group: "Integrations",
		meaning: "Paths of the integration that receive callbacks of the Document Server.",
	},
	DOWNLOAD_PATHS: {
		group: "Integrations",
		meaning: "Paths of the integration that the Document Server downloads files from.",
	},
	SESSION_PATHS: {
		group: "Integrations",
		meaning:
			"Those of `DOWNLOAD_PATHS` that people open too. There a request with a cookie and without a token passes unchecked, for the integration to judge.",
	},
	WOPI_HOSTS: {
		group: "WOPI",
		meaning:
			"Hosts that the Document Server may call for WOPI: `cloud.example.com, files.example.org:8443`. If empty, WOPI is closed. See [WOPI](wopi.md).",
	},
	WOPI_CONVERT: {
		group: "WOPI",
		meaning:
			"`token`: `/cool/convert-to` and `/lool/convert-to` are open to conversion tokens of the inbox secret, in header or query.",
	},
	WOPI_PATHS: {
		group: "WOPI",
		meaning:
			"Paths of a WOPI host behind the edge: `/wopi/files/*`. Each request needs a proof of a Document Server in `WOPI_PROOF_KEYS`.",
	},
	WOPI_FILE_URL_PATHS: {
		group: "WOPI",
		meaning:
			"Paths that the WOPI host gives out as `FileUrl` or `TemplateSource`. The server never signs requests to them, so they pass unchecked, as the route `wopi-file-url` in the log.",
	},
	WOPI_PROOF_KEYS: {
		group: "WOPI",
		kind: "variable (text or TOML table)",
		meaning:
			'Public keys of the server\'s `/hosting/discovery`: `{"current":{"modulus":"…","exponent":"AQAB"},"old":{…}}`, or a list of up to 8 of them. `docs-edge import --discovery URL` writes it.',
	},
	MAX_BODY_BYTES: {
		group: "Limits",
		meaning: "Longest body that is read for its token, as sent and as inflated; at most 8388608.",
	},
	MAX_TOKEN_BYTES: { group: "Limits", meaning: "Longest token." },
	MAX_POLLING_PACKETS: {
		group: "Limits",
		meaning: "Packets in one polling request of the editor's socket.",
	},
	MAX_POLLING_CREDENTIALS: { group: "Limits", meaning: "How many of these packets may hold a token." },
	MAX_SOCKET_PACKET_BYTES: {
		group: "Limits",
		meaning: "Longest packet of the socket that holds a token, and longest frame before a token is accepted.",
	},
	MAX_FRAMES_BEFORE_CONNECT: {
		group: "Limits",
		meaning: "How many frames a WebSocket may send before a token is accepted.",
	},
	EXPOSURE: {
		group: "Exposure",
		meaning:
			"`public`: strangers reach this host. Routes that nobody needs from outside are closed (`/example`, `/welcome`, `/admin`, `/meta`, …), and known sample secrets are refused. `server`: these routes are open, as at the server. See [routes](routes.md#all-routes).",
	},
	OPEN_ROUTES: {
		group: "Exposure",
		meaning: 'Routes that stay open with `EXPOSURE = "public"`: `welcome, index`.',
	},
	DS_VERSION: {
		group: "Exposure",
		meaning:
			"Version of the Document Server: `9.3.1`. Then the rules of [advisories](advisories.md) apply that are open in it. `docs-edge doctor` and `docs-edge import --server URL` find it.",
	},
	DENY: {
		group: "Deny list",
		kind: "secret (JSON)",
		default: "none",
		meaning:
			"Denies keys, documents, hosts, purposes and networks, or closes all protected routes. It holds as soon as it is deployed. See [Deny list](deny-list.md).",
	},
	DENY_LIST: {
		group: "Deny list",
		kind: "KV namespace",
		default: "none",
		meaning:
			"The same rules, under the key `deny`, which the edge reads again every 30 seconds. `docs-edge deny` edits them.",
	},
	DENY_FAIL: {
		group: "Deny list",
		meaning:
			"What happens while a deny list is invalid or cannot be read, and no earlier reading of it is known. `open`: its rules do not apply. `closed`: protected routes answer 503.",
	},
	LIMIT_CALLS: {
		group: "Rate limits",
		kind: "rate limit",
		default: "none",
		meaning:
			"Calls of one key on one host: commands, conversions and builder calls are counted apart. See [Rate limits](rate-limits.md).",
	},
	LIMIT_REFUSED: {
		group: "Rate limits",
		kind: "rate limit",
		default: "none",
		meaning: "Refused requests of one client: of its IPv4 address, or of the /64 of its IPv6 address.",
	},
	LIMIT_SOCKETS: {
		group: "Rate limits",
		kind: "rate limit",
		default: "none",
		meaning: "Handshakes of the editor's socket of one client.",
	},
	ADVISORIES: { group: "Exposure", meaning: "`off`: no rule of an advisory applies." },
	MODE: {
		group: "Rollout and observation",
		meaning:
			"`shadow`: requests are forwarded whatever the verdict, and the log shows what would have been refused. See [Shadow mode](shadow-mode.md).",
	},
	SHADOW_ROUTES: {
		group: "Rollout and observation",
		meaning:
			"Routes in shadow mode while `MODE` is `enforce`: `cached-file, command`. See [Routes](routes.md).",
	},
	REASONS: {
		group: "Rollout and observation",
		meaning: "`false` leaves `X-Edge-Reason` out of refusals.",
	},
	LOG_ACCEPTED: {
		group: "Rollout and observation",
		meaning:
			"Which accepted requests get a line in the log: `all`, `sample` (one of 100, with `sampled`) or `none`. Refusals and faults always get one. See [Observability](observability.md#pay-for-fewer-lines).",
	},
	LOG_CLIENT_IP: {
		group: "Rollout and observation",
		meaning:
			"Whether a line has the client's address as `client`: `none`, `truncated` (the /24 of an IPv4 address, the /48 of an IPv6 address) or `full`.",
	},
	LOG_NEAR_MISS: {
		group: "Rollout and observation",
		meaning:
			"`true`: if a signature fits a secret with a line break at its end, the line says so in `nearMiss`. Each wrong signature then costs twice the work.",
	},
	METRICS: {
		group: "Rollout and observation",
		kind: "Analytics Engine dataset",
		default: "none",
		meaning: "Receives a data point per decision. See [Observability](observability.md).",
	},
};
