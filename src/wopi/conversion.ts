/**
 * Checks a conversion of an uploaded file (`/cool/convert-to`). The server converts for any caller. The edge closes the
 * route unless `WOPI_CONVERT` says `token`. Then the edge requires a conversion token in header or query.
 */
import { fitsPlace } from "../claims/purpose.ts";
import type { Host } from "../config/host.ts";
import type { Target } from "../request/target.ts";
import { findToken } from "../token/find-token.ts";
import { tokenRules, verifyToken } from "../token/verify-token.ts";
import { refuse, type Verdict } from "../verdict.ts";

const PLACES = [
	["header", "inbox"],
	["query", "inbox"],
] as const;

export async function checkWopiConversion(
	{ headers }: Request,
	{ docService: { query } }: Target,
	host: Host,
	nowSeconds: number,
): Promise<Verdict> {
	if (!host.wopi.convertsWithToken) return refuse("wopi_closed");
	const parts = { query, headers, body: "", tokenLimit: host.limits.tokenBytes };
	const found = findToken(PLACES, parts, host.tokenHeader);
	if ("ok" in found) return found;
	const verdict = await verifyToken(found.token, host.keys.inbox, tokenRules(host, nowSeconds));
	if (!verdict.ok) return verdict;
	return fitsPlace("uploaded conversion", verdict.claims) ? verdict : refuse("token_purpose");
}
