/**
 * `docs-edge ready`: may shadow mode end? Asks one isolate of the edge what it has compared.
 */
import type { Key } from "../config/secrets/key-ring.ts";
import { signToken } from "./sign.ts";

const TOKEN_LIFETIME_SECONDS = 60;

/** What `/.edge/ready` answers. */
export interface Readiness {
	readonly mode: string;
	readonly compared: number;
	/** How often, by what disagreed. */
	readonly disagreements: Readonly<Record<string, number>>;
	readonly safe: boolean;
}

/** @param key of the edge's `STATUS_SECRET`; throws where the edge does not tell */
export async function askReadiness(edge: string, key: Key, nowSeconds: number): Promise<Readiness> {
	const token = await signToken({}, key, {
		algorithm: "HS256",
		wrapped: false,
		expiresSeconds: nowSeconds + TOKEN_LIFETIME_SECONDS,
	});
	const answer = await fetch(new URL("/.edge/ready", edge), {
		headers: { Authorization: `Bearer ${token}` },
	});
	if (answer.status !== 200)
		throw new Error(`the edge answers ${answer.status}: is STATUS_SECRET the same on both sides?`);
	return (await answer.json()) as Readiness;
}
