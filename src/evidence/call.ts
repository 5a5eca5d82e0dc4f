/**
 * The evidence of an API call: the token that the server would find is good, and is for this.
 */
import type { Host } from "../config/host.ts";
import type { RouteMatch } from "../policy/find-route.ts";
import type { TokenEvidence, TokenSecret } from "../policy/routes.ts";
import type { Target } from "../target/target.ts";
import { accept, type Refusal, refuse, type Verdict } from "../verdict.ts";
import { type Body, NO_BODY, readBody } from "./body.ts";
import { allowsUrls } from "./claim-urls.ts";
import { claimsOf, namesUrl } from "./outgoing-claims.ts";
import { fitsService, mergeClaims, runsUnsignedScript } from "./purpose.ts";
import { originKeyFor } from "./resign.ts";
import { type Rewrite, rewriteCall } from "./rewrite.ts";
import { checkSessionClaims } from "./session-claims.ts";
import { type Claims, tokenRules, verifyToken } from "./token.ts";
import { type FoundToken, findToken } from "./token-source.ts";

/** A `key` in a longer body is not repeated: real ones have up to 128 characters. */
const ECHO_LIMIT_CHARACTERS = 64 * 1024;

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
	const { target } = match;
	const required = host.tokenEnabled[enabledBy];
	if (!required && enabledBy !== "browser") return { verdict: accept() };
	const readsBody = places.some(([place]) => place === "params" || place === "body");
	const body = readsBody ? await readBody(request) : NO_BODY;
	if ("ok" in body) return { verdict: body };

	const call = { query: target.service.query, headers: request.headers, body: body.text };
	const found = findToken(places, call, host.tokenHeader);
	if ("ok" in found) return { verdict: found, body };
	const callKey = body.text.length > ECHO_LIMIT_CHARACTERS ? undefined : found.key;
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
	const misuse = findMisuse(match, secret, claims, body, host);
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
	secret: TokenSecret,
	claims: Claims,
	body: Body,
	host: Host,
): Refusal | undefined {
	if (route.id === "download") return namesUrl(claims, target.href) ? undefined : refuse("token_url");
	if (host.urlHosts && !allowsUrls(claims, host.urlHosts)) return refuse("token_url_host");
	if (route.claims && secret === "session")
		return checkSessionClaims(route.claims, claims, docid, host.bindDocument);
	if (!host.strictPurpose) return undefined;
	const merged = mergeClaims(claims);
	if (!fitsService(route.id, merged)) return refuse("token_purpose");
	const runsScript = route.id === "builder" && runsUnsignedScript(merged, body.text);
	return runsScript && !host.allowUnsignedScript ? refuse("script_unsigned") : undefined;
}
