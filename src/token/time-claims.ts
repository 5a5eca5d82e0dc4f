/**
 * Checks the times of a token: `nbf`, `exp`, and `iat` where the operator limits the age.
 *
 * The tolerance is `CLOCK_TOLERANCE_SECONDS`. The edge accepts a token from the second `nbf - tolerance` on. It refuses
 * the token from the second `exp + tolerance` on. A token of exactly the longest age is accepted.
 * Sources: RFC 7519 §4.1.4-6, `jsonwebtoken` 9 `verify.js`.
 */
import type { Claims } from "../claims/merged-claims.ts";
import { type Refusal, refuse } from "../verdict.ts";

export interface TimeRules {
	/** Unix time in whole seconds. */
	readonly nowSeconds: number;
	readonly toleranceSeconds: number;
	/** Whether a token without `exp` is refused. */
	readonly requireExp: boolean;
	/** The longest age by `iat`; 0: no limit. */
	readonly maxAgeSeconds: number;
}

export function checkTimes(claims: Claims, rules: TimeRules): Refusal | undefined {
	const { nowSeconds, toleranceSeconds, requireExp, maxAgeSeconds } = rules;
	const { nbf, exp, iat } = claims;
	if (nbf !== undefined) {
		if (typeof nbf !== "number") return refuse("token_claims", "invalid nbf value");
		if (nbf > nowSeconds + toleranceSeconds) return refuse("token_not_yet_valid");
	}
	if (exp !== undefined) {
		if (typeof exp !== "number") return refuse("token_claims", "invalid exp value");
		if (nowSeconds >= exp + toleranceSeconds)
			return { ...refuse("token_expired", "jwt expired"), expiredBySeconds: Math.floor(nowSeconds - exp) };
	}
	// Without `iat` the age is NaN, and every comparison with NaN is false. The negation makes such a token too old.
	const isTooOld = maxAgeSeconds > 0 && !(nowSeconds - Number(iat) <= maxAgeSeconds + toleranceSeconds);
	return isTooOld || (requireExp && exp === undefined) ? refuse("token_lifetime") : undefined;
}
