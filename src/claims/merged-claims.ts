/**
 * A token's claims, and how the server merges them.
 */
export type Claims = Readonly<Record<string, unknown>>;

/** Claims in `payload` replace flat claims of the same name. Claims in `query` replace both. */
export function mergeClaims(claims: Claims): Claims {
	if (!claims.payload && !claims.query) return claims;
	return { ...claims, ...Object(claims.payload), ...Object(claims.query) };
}
