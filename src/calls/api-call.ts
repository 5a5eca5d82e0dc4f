/**
 * The evidence of an API call: the token that the server would find is good, and is for this.
 */
import { type Host, isShadowed } from "../config/host.ts";
import type { RouteMatch } from "../routes/find-route.ts";
import type { TokenEvidence } from "../routes/document-server-routes.ts";
import type { Target } from "../request/target.ts";
import { accept, type Refusal, refuse, type Verdict } from "../verdict.ts";
import { isPageToken, namesListedHosts } from "../wopi/page-token.ts";
import { type Body, NO_BODY, readBody } from "../request/body.ts";
import { allowsUrls } from "../claims/url-hosts.ts";
import { checkCmd } from "./cmd.ts";
import { decodeDocid } from "../claims/document-key.ts";
import { checkUrl, claimsOf } from "../claims/download-url.ts";
import { fitsPlace, mergeClaims, runsUnsignedScript } from "../claims/purpose.ts";
import { originKeyFor } from "../token/sign-for-origin.ts";
import { type Rewrite, rewriteCall } from "../rewrite/rewrite.ts";
import { checkSessionClaims } from "../claims/session-claims.ts";
import { type Claims, tokenRules, verifyToken } from "../token/verify-token.ts";
import { type FoundToken, findToken } from "../token/find-token.ts";

export type MatchedTarget = RouteMatch & { readonly target: Target };

export interface CheckedCall {
	readonly verdict: Verdict;
	/** The body, when it was read for its token. */
	readonly body?: Body;
	readonly rewrite?: Rewrite;
	/** The call's `key` parameter. */
	readonly callKey?: unknown;
	/** The `key` that its token names. */
	readonly documentKey?: unknown;
}

export async function checkCall(
	request: Request,
	{ enabledBy, places }: TokenEvidence,
	match: MatchedTarget,
	host: Host,
	nowSeconds: number,
): Promise<CheckedCall> {
	const { target, route } = match;
	const required = host.tokenEnabled[enabledBy];
	if (!required && enabledBy !== "browser") return { verdict: accept() };
	const readsBody = places.some(([place]) => place === "params" || place === "body");
	const rules = {
		limitBytes: host.limits.bodyBytes,
		stallMs: host.clientStallMs,
		keep: isShadowed(host, route.id),
	};
	const body = readsBody ? await readBody(request, rules) : NO_BODY;
	if ("ok" in body) return { verdict: body };

	const { query } = target.service;
	const call = { query, headers: request.headers, body: body.text, tokenLimit: host.limits.tokenBytes };
	const found = findToken(places, call, host.tokenHeader);
	if ("ok" in found) return { verdict: found, body };
	const { key: callKey } = found;
	const misuse = checkCmd(found.cmd, decodeDocid(match.docid), host);
	if (misuse) return { verdict: misuse, body };
	if (!found.token && !required) return { verdict: accept(), body, callKey };
	return { ...(await checkToken(found, match, body, host, nowSeconds)), body, callKey };
}

/** One token: it is good, it is for this, and what of it goes on to the origin. */
async function checkToken(
	found: FoundToken,
	match: MatchedTarget,
	body: Body,
	host: Host,
	nowSeconds: number,
): Promise<CheckedCall> {
	const { token, secret } = found;
	const verdict = await verifyToken(token, host.keys[secret], tokenRules(host, nowSeconds));
	if (!verdict.ok) return { verdict };
	// What goes on to an integration is what its token says, whatever the body was.
	const isOutgoing = secret === "outbox";
	const claims = isOutgoing ? claimsOf(found, verdict.claims) : verdict.claims;
	const misuse = findMisuse(match, found, claims, body, host);
	if (misuse) return { verdict: misuse };
	const key = originKeyFor(host, secret, verdict);
	const verified = { ...found, token: String(token), bodyIsJson: isOutgoing || found.bodyIsJson };
	const rewrite = await rewriteCall(verified, body, match.target, host, key, isOutgoing ? claims : {});
	return "ok" in rewrite
		? { verdict: rewrite }
		: { verdict, rewrite, documentKey: mergeClaims(verdict.claims).key };
}

/** A good token that is not for this. */
function findMisuse(
	{ route, docid, target }: MatchedTarget,
	{ secret, from, bodyIsJson }: FoundToken,
	claims: Claims,
	body: Body,
	host: Host,
): Refusal | undefined {
	if (route.id === "download") return checkUrl(claims, target.href);
	if (host.urlHosts && !allowsUrls(claims, host.urlHosts)) return refuse("token_url_host");
	if (route.id === "download-file") {
		const merged = mergeClaims(claims);
		if (isPageToken(merged) && !namesListedHosts(merged, host.wopi)) return refuse("wopi_source");
	}
	if (host.strictPurpose) {
		const place = secret === "session" ? "session" : from === "cmd.tokenDownload" ? "download" : route.id;
		if (!fitsPlace(place, claims)) return refuse("token_purpose");
	}
	if (route.claims && secret === "session")
		return checkSessionClaims(route.claims, claims, decodeDocid(docid), host.bindDocument);
	const mayRunScript = host.allowUnsignedScript || !host.strictPurpose || route.id !== "builder";
	if (mayRunScript) return undefined;
	const runsScript = runsUnsignedScript(mergeClaims(claims), body.text, bodyIsJson);
	return runsScript ? refuse("script_unsigned") : undefined;
}
