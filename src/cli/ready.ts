/**
 * `docs-edge ready`: asks one isolate of the edge whether shadow mode may end. Another isolate has other numbers.
 */
import type { Key } from "../config/secrets/key-ring.ts";
import { signStatusToken } from "./sign.ts";

/** The body of `/.edge/ready`. */
export interface Readiness {
	readonly mode: string;
	readonly compared: number;
	/** The count of each kind of disagreement: `origin_only_refuses command -`. */
	readonly disagreements: Readonly<Record<string, number>>;
	readonly safe: boolean;
}

/**
 * @param key the edge's `STATUS_SECRET`
 * @throws unless the edge answers 200
 */
export async function askReadiness(edge: string, key: Key, nowSeconds: number): Promise<Readiness> {
	const response = await fetch(new URL("/.edge/ready", edge), {
		headers: { Authorization: `Bearer ${await signStatusToken(key, nowSeconds)}` },
	});
	if (response.status !== 200)
		throw new Error(`the edge answers ${response.status}: is STATUS_SECRET the same on both sides?`);
	return (await response.json()) as Readiness;
}
