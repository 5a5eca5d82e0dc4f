/**
 * The evidence of a call that the Document Server makes to an integration: its tokens of the outbox secret
 * are good, and are for this.
 *
 * A callback carries one in its body and one in its header, a download one in its header. An integration
 * may look at either, so each has to be good on its own.
 */
import type { Host } from "../config/host.ts";
import type { TokenEvidence } from "../policy/routes.ts";
import { refuse } from "../verdict.ts";
import { type CheckedCall, checkCall, type MatchedTarget } from "./call.ts";

export async function checkOutgoing(
	request: Request,
	evidence: TokenEvidence,
	match: MatchedTarget,
	host: Host,
	nowSeconds: number,
): Promise<CheckedCall> {
	// Handlers there rarely look at the method.
	if (host.tokenEnabled.outbox && !match.route.methods?.includes(request.method))
		return { verdict: refuse("method_not_allowed") };
	const call = await checkCall(request, evidence, match, host, nowSeconds);
	if (!call.verdict.ok) return call;
	const header: TokenEvidence = { ...evidence, places: [["header", "outbox"]] };
	const beside = await checkCall(request, header, match, host, nowSeconds);
	// Some take a header without its prefix for a token all the same: none is none.
	const isAlone = !beside.verdict.ok && !request.headers.has(host.tokenHeader.name);
	return isAlone || beside.verdict.ok ? { ...call, rewrite: { ...beside.rewrite, ...call.rewrite } } : beside;
}
