/**
 * The evidence of a call that the Document Server makes to an integration: its tokens of the outbox secret
 * are good, and are for this.
 *
 * A callback carries one in its body and one in its header, a download one in its header. An integration
 * may look at either, so each has to be good on its own.
 */
import type { Host } from "../config/host.ts";
import type { TokenEvidence } from "../routes/document-server-routes.ts";
import { namesOtherMethod } from "../routes/integration-routes.ts";
import { accept, type Refusal, refuse } from "../verdict.ts";
import { type CheckedCall, checkCall, type MatchedTarget } from "./api-call.ts";

export async function checkOutgoing(
	request: Request,
	evidence: TokenEvidence,
	match: MatchedTarget,
	host: Host,
	nowSeconds: number,
): Promise<CheckedCall> {
	// Handlers there rarely look at the method, and frameworks may take another one from a header.
	const { headers, method } = request;
	const isRoutes = match.route.methods?.includes(method) === true && !namesOtherMethod(headers);
	if (host.tokenEnabled.outbox && !isRoutes) return { verdict: refuse("method_not_allowed") };
	const hasToken = headers.has(host.tokenHeader.name);
	if (evidence.orSession && !hasToken && headers.has("Cookie")) return { verdict: accept() };
	const call = await checkCall(request, evidence, match, host, nowSeconds);
	if (!call.verdict.ok)
		return isBasic(request, call.verdict, host) ? { verdict: refuse("token_url_userinfo") } : call;
	const headerAlone: TokenEvidence = { ...evidence, places: [["header", "outbox"]] };
	const beside = await checkCall(request, headerAlone, match, host, nowSeconds);
	// Some take a header without its prefix for a token all the same: none is none.
	const isAlone = !beside.verdict.ok && !hasToken;
	return isAlone || beside.verdict.ok ? { ...call, rewrite: { ...beside.rewrite, ...call.rewrite } } : beside;
}

/** The server sends user and password of `document.url` in the header where its token would stand. */
function isBasic({ headers }: Request, { reason }: Refusal, { tokenHeader }: Host): boolean {
	return reason === "token_missing" && /^basic /i.test(headers.get(tokenHeader.name) ?? "");
}
