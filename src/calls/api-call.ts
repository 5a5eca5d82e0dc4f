/**
 * Checks an API call: finds the token that the server would find, verifies it, and checks that it is for this call.
 */
import { checkDownloadUrl } from "../claims/download-url.ts";
import { type Claims, mergeClaims } from "../claims/merged-claims.ts";
import { fitsPlace, runsUnsignedScript } from "../claims/purpose.ts";
import { checkSessionClaims } from "../claims/session-claims.ts";
import { allowsUrls } from "../claims/url-hosts.ts";
import { bodyRules } from "../config/body-rules.ts";
import type { Host } from "../config/host.ts";
import { originKeyFor } from "../config/secrets/origin-key.ts";
import { findDenial } from "../deny/after-credential.ts";
import { factsOf } from "../deny/credential-facts.ts";
import { decodeComponent } from "../encoding/percent.ts";
import { type Body, NO_BODY, readBody } from "../request/body.ts";
import type { Target } from "../request/target.ts";
import { type Rewrite, rewriteCall } from "../rewrite/rewrite.ts";
import type { RouteMatch } from "../routes/find-route.ts";
import { readsBody, type TokenRequirement } from "../routes/route.ts";
import { type FoundToken, findToken } from "../token/find-token.ts";
import { tokenRules, verifyToken } from "../token/verify-token.ts";
import { type Acceptance, accept, type Refusal, refuse, type Verdict } from "../verdict.ts";
import { isPageToken, namesListedHosts } from "../wopi/page-token.ts";
import { findAdvisory } from "./advisory-rule.ts";
import { checkCmd } from "./cmd.ts";

export type MatchedTarget = RouteMatch & { readonly target: Target };

export interface CheckedApiCall {
	readonly verdict: Verdict;
	/** The body, if it was read for its token. */
	readonly body?: Body;
	readonly rewrite?: Rewrite;
	/** The `key` parameter, which the command service repeats in its refusal. */
	readonly echoedKey?: unknown;
	/** The token's `key` claim. It chooses the origin. */
	readonly tokenDocumentKey?: unknown;
}

export async function checkApiCall(
	request: Request,
	requires: TokenRequirement,
	match: MatchedTarget,
	host: Host,
	nowSeconds: number,
): Promise<CheckedApiCall> {
	const { target, route } = match;
	const { enabledBy, places, orPreflight } = requires;
	const isRequired = host.tokenEnabled[enabledBy];
	if (!isRequired && enabledBy !== "browser") return { verdict: accept() };
	const rules = bodyRules(host, route.id);
	const body = readsBody(requires) ? await readBody(request, rules) : NO_BODY;
	if ("ok" in body) return { verdict: body };

	const { query } = target.docService;
	const parts = { query, headers: request.headers, body: body.text, tokenLimit: host.limits.tokenBytes };
	const found = findToken(places, parts, host.tokenHeader);
	if ("ok" in found) return { verdict: found, body };
	const { echoedKey } = found;
	const misuse = checkCmd(found.cmd, decodeComponent(match.documentKey), host);
	if (misuse) return { verdict: misuse, body };
	const mayLack = !isRequired || (orPreflight && target.method === "OPTIONS");
	if (!found.token && mayLack) {
		const known = refuseAdvisory(match, {}, host);
		return { verdict: known ?? accept(), body, echoedKey };
	}
	return { ...(await checkToken(found, match, body, host, nowSeconds)), body, echoedKey };
}

async function checkToken(
	found: FoundToken,
	match: MatchedTarget,
	body: Body,
	host: Host,
	nowSeconds: number,
): Promise<CheckedApiCall> {
	const { token, secret } = found;
	const verdict = await verifyToken(token, host.keys[secret], tokenRules(host, nowSeconds));
	if (!verdict.ok) return { verdict };
	const isToIntegration = secret === "outbox";
	// The server writes the claims of a header's token under `payload`. The integration acts on these alone.
	const isWrapped = isToIntegration && found.place === "header";
	const claims: Claims = isWrapped ? Object(verdict.claims.payload) : verdict.claims;
	const misuse =
		findMisuse(match, found, claims, body, host) ??
		refuseAdvisory(match, claims, host) ??
		refuseDenied(match, found, { ...verdict, claims }, host);
	if (misuse) return { verdict: misuse };
	const originKey = originKeyFor(host, secret, verdict);
	// An integration receives what the token says, whatever the body was.
	const bodyIsJson = isToIntegration || found.bodyIsJson;
	const verified = { ...found, token: String(token), bodyIsJson };
	const params = isToIntegration ? claims : {};
	const rewrite = await rewriteCall(verified, body, match.target, host, originKey, params);
	if ("ok" in rewrite) return { verdict: rewrite };
	return { verdict, rewrite, tokenDocumentKey: mergeClaims(verdict.claims).key };
}

/** A request that is allowed, and that uses a known hole of the server's version. */
function refuseAdvisory({ route, target }: MatchedTarget, claims: Claims, host: Host): Refusal | undefined {
	const known = findAdvisory(host.advisories, route.id, claims, target.docService.query);
	return known && { ...refuse("advisory"), advisory: known.id };
}

/** A callback may bring two tokens. Each is asked, because an integration may use either. */
function refuseDenied(
	{ route }: MatchedTarget,
	{ cmd }: FoundToken,
	accepted: Acceptance,
	{ deny }: Host,
): Refusal | undefined {
	if (deny.lists.length === 0) return undefined;
	const { id, savekey } = Object(cmd);
	return findDenial(factsOf(accepted, route, [id, savekey]), deny);
}

/** @returns why a good token is not for this call; `undefined` if it is */
function findMisuse(
	{ route, documentKey, target }: MatchedTarget,
	{ secret, place, bodyIsJson }: FoundToken,
	claims: Claims,
	body: Body,
	host: Host,
): Refusal | undefined {
	if (route.id === "download") return checkDownloadUrl(claims, target.href);
	if (host.urlHosts && !allowsUrls(claims, host.urlHosts)) return refuse("token_url_host");
	if (route.id === "download-file") {
		const merged = mergeClaims(claims);
		if (isPageToken(merged) && !namesListedHosts(merged, host.wopi)) return refuse("wopi_source");
	}
	if (host.strictPurpose) {
		const isDownload = place === "cmd.tokenDownload";
		const usedFor = secret === "session" ? "session" : isDownload ? "download" : route.id;
		if (!fitsPlace(usedFor, claims)) return refuse("token_purpose");
	}
	if (route.claims && secret === "session")
		return checkSessionClaims(route.claims, claims, decodeComponent(documentKey), host.bindDocument);
	const mayRunScript = host.allowUnsignedScript || !host.strictPurpose || route.id !== "builder";
	if (mayRunScript) return undefined;
	const runsScript = runsUnsignedScript(mergeClaims(claims), body.text, bodyIsJson);
	return runsScript ? refuse("script_unsigned") : undefined;
}
