/**
 * One row of a route table: which requests it covers, what it requires of them, and whose words refuse them.
 *
 * The tables are `document-server-routes.ts` and `integration-routes.ts`. A requirement is data; the checks that
 * belong to it are in `link/`, `calls/`, `socket/` and `wopi/`.
 */

export type RouteId =
	| "cached-file"
	| "storage-file"
	| "command"
	| "convert"
	| "builder"
	| "download-file"
	| "closed"
	| "upload"
	| "download-as"
	| "save-file"
	| "print-file"
	| "ai-proxy"
	| "socket"
	| "wopi-page"
	| "wopi-convert"
	| "wopi"
	| "callback"
	| "download"
	| "wopi-call"
	| "wopi-file-url"
	| "example"
	| "welcome"
	| "admin"
	| "meta"
	| "dummy-callback"
	| "index"
	| "open";

export interface Route {
	readonly id: RouteId;
	/** `nginx` routes on `$uri` before it asks DocService. `docService` routes on the path that nginx passes on. */
	readonly reader: "nginx" | "docService";
	readonly path: string;
	/**
	 * If absent, the row covers every method. Rows of the Document Server leave other methods open, as the server answers
	 * 404 to them. Rows of an integration refuse other methods.
	 */
	readonly methods?: readonly string[];
	readonly requires: Requirement;
	/** The handler's rule for the claims of a good session token. */
	readonly claims?: ClaimsRule;
	readonly reply: ReplyStyle;
}

export type Requirement =
	/** Nothing: every request is forwarded. */
	| { readonly kind: "open" }
	/** No request is forwarded. */
	| { readonly kind: "closed"; readonly reason: "path_closed" | "wopi_closed" }
	/** Nothing on a server of one's own. On a public host (`EXPOSURE`) no request is forwarded. */
	| { readonly kind: "by-exposure" }
	/** A signed link. DocService answers some paths itself: then its own reading of the link has to agree. */
	| { readonly kind: "secure-link"; readonly readers: "nginx" | "nginx and DocService" }
	/** A token in the socket's packets, not in the request. */
	| { readonly kind: "socket" }
	/** A listed WOPI source: the Document Server calls the host that the request names. */
	| { readonly kind: "wopi-page"; readonly page: WopiPage }
	/** A conversion token. The server itself requires nothing here. */
	| { readonly kind: "wopi-convert" }
	/** A proof that a configured Document Server made this request (WOPI proof keys). */
	| { readonly kind: "wopi-proof" }
	| TokenRequirement;

/** An editor's page, the page of a conversion, or the call that stores the converted file. */
export type WopiPage = "editor" | "conversion" | "handler";

export interface TokenRequirement {
	readonly kind: "token";
	/**
	 * `services.CoAuthoring.token.enable.*`. With `browser` off, a token may be absent, and one that was sent is
	 * checked. With `inbox` or `outbox` off, nothing is checked.
	 */
	readonly enabledBy: "inbox" | "browser" | "outbox";
	/**
	 * In the server's order. Only the first place that holds a token is checked. For `outbox`, every place that
	 * holds one is.
	 */
	readonly places: readonly (readonly [TokenPlace, TokenSecret])[];
	/** Whether a request without a token passes if it brings a cookie: the integration judges its own session. */
	readonly orSession?: boolean;
	/**
	 * Whether an OPTIONS request without a token passes: the preflight of a browser never brings one (Fetch standard, CORS
	 * preflight). With a token it is checked as every other request, because a handler may serve it as one.
	 */
	readonly orPreflight?: boolean;
}

/** Whether the check of such a request may read its body. */
export function readsBody(requires: Requirement): boolean {
	if (requires.kind === "token")
		return requires.places.some(([place]) => place === "params" || place === "body");
	return requires.kind === "socket" || requires.kind === "wopi-page";
}

/** `services.CoAuthoring.secret.*`. */
export type TokenSecret = "inbox" | "browser" | "session" | "outbox";

/**
 * Where a handler looks for a token. `params`: the JSON body, else the query. `body`: the JSON body. `cmd.…`: a
 * member of the JSON in the query's `cmd`.
 */
export type TokenPlace = "params" | "body" | "query" | "header" | "cmd.tokenDownload" | "cmd.tokenSession";

/** The handlers that have rules for the claims of a session token. */
export type ClaimsRule = "upload" | "download-as" | "save-file" | "print-file" | "ai-proxy";

/** The author of the refusal: nginx, one of DocService's handlers, an integration, or a WOPI host. */
export type ReplyStyle =
	| "nginx"
	| "forbidden"
	| "command"
	| "convert-json"
	| "convert-xml"
	| "builder"
	| "ai-proxy"
	| "socket"
	| "integration"
	| "wopi-host";

export const OPEN: Requirement = { kind: "open" };

export function requiresToken(
	enabledBy: TokenRequirement["enabledBy"],
	...places: TokenRequirement["places"]
): TokenRequirement {
	return { kind: "token", enabledBy, places };
}

/** The token is in the JSON body or, without a JSON body, in the query. Otherwise it is in the header. */
export const API_TOKEN = requiresToken("inbox", ["params", "inbox"], ["header", "inbox"]);

export const GET = ["GET", "HEAD"];
export const POST = ["POST"];

/** Every path that no row covers: web-apps, sdkjs, fonts, dictionaries, welcome, healthcheck, … */
export const OPEN_ROUTE: Route = {
	id: "open",
	reader: "docService",
	path: "*",
	requires: OPEN,
	reply: "nginx",
};
