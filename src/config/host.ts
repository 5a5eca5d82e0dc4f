/**
 * One public hostname of the edge: the server behind it, its keys and its rules. `read-host.ts` makes it of bindings.
 */
import type { Advisory } from "../advisories/advisories.ts";
import type { ListedRoute } from "../routes/listed-path.ts";
import type { Bindings } from "./bindings.ts";
import type { DenyRules } from "./deny/deny-rules.ts";
import type { Exposure } from "./exposure.ts";
import type { Limits } from "./limits.ts";
import type { Logging } from "./logging.ts";
import type { Origin } from "./origin.ts";
import type { RateLimits } from "./rate-limits.ts";
import type { Rings } from "./secrets/rings.ts";
import type { Warning } from "./secrets/secret-health.ts";
import type { ShadowMode } from "./shadow-mode.ts";
import type { UrlHosts } from "./url-hosts.ts";
import type { Wopi } from "./wopi-hosts.ts";
import type { ProofKeySet } from "./wopi-proof-keys.ts";

export interface Host extends Rings, ShadowMode {
	/** Which routes are open that nobody needs from outside. */
	readonly exposure: Exposure;
	readonly identity: HostIdentity;
	/** `undefined` if the binding is missing or not a URL. */
	readonly origin: Origin | undefined;
	/** Version of the Document Server as configured; "" if it is not. */
	readonly dsVersion: string;
	/** The advisories of the server's version that have a rule at the edge. */
	readonly advisories: readonly Advisory[];
	/** The deny lists now. They change while the host stays. */
	readonly deny: DenyRules;
	/** What happens if a deny list cannot be read: nothing, or all protected routes are closed. */
	readonly denyFail: "open" | "closed";
	readonly rateLimits: RateLimits;
	/** How long verified files stay in the edge's cache; 0: not at all. */
	readonly cache: CacheTimes;
	/** The routes of the integration behind this host; `undefined` in front of a Document Server. */
	readonly integration: readonly ListedRoute[] | undefined;
	/** The keys of each Document Server that may call the WOPI paths behind this host. */
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
	/** Whether a token opens only the endpoint it was made for. At the server it opens every one. */
	readonly strictPurpose: boolean;
	readonly allowUnsignedScript: boolean;
	/** `tokenRequiredParams`: whether parameters outside the token are dropped. */
	readonly tokenRequiredParams: boolean;
	/** The hosts that URLs inside tokens may name; `undefined`: any. */
	readonly urlHosts: UrlHosts | undefined;
	/** Whether a session token opens only its own document. */
	readonly bindDocument: boolean;
	/** Whether the edge checks the editor's socket. */
	readonly socketGuard: boolean;
	/** How long a socket may stay open before its client is admitted. */
	readonly socketConnectMs: number;
	/** The hosts that WOPI pages may send the Document Server to. */
	readonly wopi: Wopi;
	readonly limits: Limits;
	/** How long a client may take for the next piece of its body. */
	readonly clientStallMs: number;
	/** Whether refusals carry `X-Edge-Reason`. */
	readonly reasons: boolean;
	readonly logging: Logging;
	readonly problems: readonly Problem[];
	readonly warnings: readonly Warning[];
}

/**
 * Stands for a host as long as the isolate lives. Secrets of a Secrets Store are read again every five minutes, and
 * each time a new `Host` is made. Counters and circuits belong to the identity, so they survive.
 */
export interface HostIdentity {
	/** The id of its `HostSource`. */
	readonly id: string;
}

/** The bindings of one host, before they are read. */
export interface HostSource {
	/** The directory keeps one host of each id. */
	readonly id: string;
	readonly bindings: Bindings;
	/** The prefix of the secrets' names, with its `_`; "" for the edge's own secrets. */
	readonly prefix: string;
	readonly problems: readonly Problem[];
}

export interface CacheTimes {
	/** For media, which never change under their name. */
	readonly mediaSeconds: number;
	/** For other files. The origin is asked each time whether the file has changed. */
	readonly otherSeconds: number;
}

/** A configuration problem. With one, the protected routes answer 503. */
export interface Problem {
	/** The name as it is set, with the prefix of its host. */
	readonly binding: string;
	readonly problem: string;
}
