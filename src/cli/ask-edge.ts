/**
 * Reads the edge's own endpoints `/.edge/status` and `/.edge/ready`. One sentence says why an answer cannot be used: no
 * connection, no edge, another secret.
 */
import type { Key } from "../config/secrets/key-ring.ts";
import { isRecord, parseJson } from "../encoding/json.ts";
import { signStatusToken } from "./sign.ts";
import { MEND_UNANSWERED, readUnanswered, type UnansweredError, urlBelow } from "./unanswered.ts";

const LIMIT_MS = 10_000;

export type OwnEndpoint = "/.edge/health" | "/.edge/status" | "/.edge/ready";

/**
 * @param key the edge's `STATUS_SECRET`
 * @returns the members of the answer
 * @throws unless the edge answers with a JSON object
 */
export async function askEdge(
	edge: string,
	path: Exclude<OwnEndpoint, "/.edge/health">,
	key: Key,
	nowSeconds: number,
): Promise<Readonly<Record<string, unknown>>> {
	const token = await signStatusToken(key, nowSeconds);
	const { status, body } = await get(edge, path, { Authorization: `Bearer ${token}` });
	const answer = status === 200 ? parseJson(body) : undefined;
	if (isRecord(answer)) return answer;
	const health = await get(edge, "/.edge/health");
	if (health.body !== "ok")
		throw new Error(`${edge} is no edge: ${path} answers ${status} without JSON. Check --edge.`);
	throw new Error(
		`${urlBelow(edge, path)} answers ${status}: is STATUS_SECRET the same on this machine and at the edge?`,
	);
}

async function get(
	edge: string,
	path: OwnEndpoint,
	headers: Record<string, string> = {},
): Promise<{ status: number; body: string }> {
	const url = urlBelow(edge, path);
	try {
		const response = await fetch(url, {
			headers,
			redirect: "manual",
			signal: AbortSignal.timeout(LIMIT_MS),
		});
		return { status: response.status, body: await response.text() };
	} catch (error) {
		const unanswered: UnansweredError = readUnanswered(error, url);
		throw new Error(`${unanswered.message}: ${MEND_UNANSWERED[unanswered.kind]}`);
	}
}
