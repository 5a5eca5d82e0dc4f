/**
 * A token's claims, and how the server merges them.
 */
export type Claims = Readonly<Record<string, unknown>>;

/** The server lays the claims under `payload` over the flat ones, and those under `query` over both. */
export function mergeClaims(claims: Claims): Claims {
	if (!claims.payload && !claims.query) return claims;
	return { ...claims, ...Object(claims.payload), ...Object(claims.query) };
}
