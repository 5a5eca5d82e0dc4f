/**
 * Checks a request of the Document Server to an integration: a callback, or the download of a file.
 *
 * A callback carries a token in its body and one in its header, a download one in its header. An integration may use
 * either, so each token that was sent has to be good.
 */
import type { Host } from "../config/host.ts";
import { overridesMethod } from "../request/override-headers.ts";
import type { TokenRequirement } from "../routes/route.ts";
import { accept, type Refusal, refuse } from "../verdict.ts";
import { type CheckedApiCall, checkApiCall, type MatchedTarget } from "./api-call.ts";

export async function checkIntegrationCall(
	request: Request,
	requires: TokenRequirement,
	match: MatchedTarget,
	host: Host,
	nowSeconds: number,
): Promise<CheckedApiCall> {
	const { headers, method } = request;
	// Handlers of integrations rarely check the method, and frameworks may take another one from a header.
	const hasRoutesMethod = match.route.methods?.includes(method) === true && !overridesMethod(headers);
	if (host.tokenEnabled.outbox && !hasRoutesMethod) return { verdict: refuse("method_not_allowed") };
	const hasTokenHeader = headers.has(host.tokenHeader.name);
	if (requires.orSession && !hasTokenHeader && headers.has("Cookie")) return { verdict: accept() };
	const first = await checkApiCall(request, requires, match, host, nowSeconds);
	if (!first.verdict.ok)
		return isBasic(request, first.verdict, host) ? { verdict: refuse("token_url_userinfo") } : first;
	const headerAlone: TokenRequirement = { ...requires, places: [["header", "outbox"]] };
	const inHeader = await checkApiCall(request, headerAlone, match, host, nowSeconds);
	// Some integrations read a header without its prefix as a token: a token header needs a good token.
	if (!inHeader.verdict.ok && hasTokenHeader) return inHeader;
	return { ...first, rewrite: { ...inHeader.rewrite, ...first.rewrite } };
}

/** The server sends user and password of `document.url` in the header where its token would stand. */
function isBasic({ headers }: Request, { reason }: Refusal, { tokenHeader }: Host): boolean {
	return reason === "token_missing" && /^basic /i.test(headers.get(tokenHeader.name) ?? "");
}
