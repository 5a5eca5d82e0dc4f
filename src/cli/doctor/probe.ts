/**
 * Sends one request of the doctor to a live server, and makes findings. Never throws. Never follows a redirect, because
 * the doctor would then judge the response of another server.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Finding } from "../import/document-server-files.ts";

const PROBE_TIMEOUT_MS = 10_000;

export interface ProbeResponse {
	readonly status: number;
	readonly headers: Headers;
	readonly body: string;
	/** The edge's reason for a refusal; `null` unless the edge refused. */
	readonly reason: string | null;
}

export const good = (text: string): Finding => ({ mark: "good", text });
export const note = (text: string, mend?: string): Finding => ({
	mark: "note",
	text,
	...(mend && { mend }),
});
export const bad = (text: string, mend: string): Finding => ({ mark: "bad", text, mend });

/** A rate limit counts over a minute at most. */
const RETRIES = 6;

/**
 * Waits if the edge's rate limit says so: the doctor sends refused requests, and 429 would be taken for a fault.
 *
 * @returns `undefined` if no response comes in time
 */
export async function probe(
	serverUrl: string,
	path: string,
	init: RequestInit = {},
	retries = RETRIES,
): Promise<ProbeResponse | undefined> {
	const response = await send(serverUrl, path, init);
	const isLimited = response?.status === 429 && response.reason === "rate_limited";
	if (!isLimited || retries === 0) return response;
	await sleep(Number(response.headers.get("Retry-After")) * 1000);
	return probe(serverUrl, path, init, retries - 1);
}

async function send(serverUrl: string, path: string, init: RequestInit): Promise<ProbeResponse | undefined> {
	try {
		const response = await fetch(new URL(path, serverUrl), {
			redirect: "manual",
			signal: AbortSignal.timeout(PROBE_TIMEOUT_MS),
			...init,
		});
		return {
			status: response.status,
			headers: response.headers,
			body: await response.text(),
			reason: response.headers.get("X-Edge-Reason"),
		};
	} catch {
		return undefined;
	}
}
