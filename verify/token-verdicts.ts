/**
 * The verdicts of the edge and of jsonwebtoken, the server's own library, on the same token at the same time.
 *
 * Runs in Node and in workerd.
 */
import jsonwebtoken from "jsonwebtoken";
import { createKey, createRing } from "../src/config/secrets/key-ring.ts";
import { verifyToken } from "../src/token/verify-token.ts";
import type { Judged } from "./compare.ts";

/** The server tells an expired token from every other bad one. */
export type TokenVerdict = "accepted" | "expired" | "refused";

/** 2026-11-21T00:00:00Z */
export const NOW_SECONDS = 1_795_219_200;
const TOLERANCE_SECONDS = 60;
/** The edge accepts two secrets at once. The server has one at a time. */
export const SECRETS = ["right secret", "the next secret"] as const;

const KEYS = createRing(SECRETS.map((secret, at) => createKey(`key-${at}`, secret)));
const RULES = {
	nowSeconds: NOW_SECONDS,
	toleranceSeconds: TOLERANCE_SECONDS,
	requireExp: false,
	maxAgeSeconds: 0,
	maxBytes: 256 * 1024,
};

export async function verdictOfEdge(token: unknown): Promise<TokenVerdict> {
	const verdict = await verifyToken(token, KEYS, RULES);
	if (verdict.ok) return "accepted";
	return verdict.reason === "token_expired" ? "expired" : "refused";
}

export function verdictOfServer(token: unknown): TokenVerdict {
	const verdicts = SECRETS.map((secret) => verdictWith(token, secret));
	return verdicts.find((verdict) => verdict !== "refused") ?? "refused";
}

/** The server refuses a falsy payload after the library has accepted it. */
function verdictWith(token: unknown, secret: string): TokenVerdict {
	const options = { clockTimestamp: NOW_SECONDS, clockTolerance: TOLERANCE_SECONDS };
	try {
		return jsonwebtoken.verify(token as string, secret, options) ? "accepted" : "refused";
	} catch (error) {
		return error instanceof jsonwebtoken.TokenExpiredError ? "expired" : "refused";
	}
}

/** @param place the runtime in which the edge's verdict was made */
export function judgeToken(token: unknown, edge: TokenVerdict, server: TokenVerdict, place: string): Judged {
	const verdict = server === "accepted" ? "accepted" : "refused";
	// The edge refuses every header with `crit`: it understands no extension (RFC 7515 §4.1.11).
	const isStricter = edge === "refused" && server !== "refused" && namesCrit(token);
	if (edge === server || isStricter) return { verdict: isStricter ? "refused" : verdict };
	return { verdict, disagreement: `edge in ${place}: ${edge}, server: ${server}` };
}

function namesCrit(token: unknown): boolean {
	return jsonwebtoken.decode(String(token), { complete: true })?.header.crit !== undefined;
}
