/**
 * Sends one request of the doctor to a live server, and makes findings. Never follows a redirect, because the doctor would
 * then judge the response of another server.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Finding } from "../import/document-server-files.ts";
import { readUnanswered, urlBelow } from "../unanswered.ts";

const PROBE_TIMEOUT_MS = 10_000;

export interface ProbeResponse {
	readonly status: number;
	readonly headers: Headers;
	readonly body: string;
	/** The edge's reason for a refusal or a fault; `null` unless the edge itself answered. */
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
const MAX_WAIT_SECONDS = 60;
const RETRIES = 6;

/**
 * Waits if the edge's rate limit says so: the doctor sends refused requests, and 429 would be taken for a fault.
 *
 * @throws UnansweredError if no response comes in time
 */
export async function probe(
	serverUrl: string,
	path: string,
	init: RequestInit = {},
	retries = RETRIES,
): Promise<ProbeResponse> {
	const response = await send(urlBelow(serverUrl, path), init);
	const waitSeconds = Number(response.headers.get("Retry-After") ?? Number.NaN);
	const isLimited = response.status === 429 && response.reason !== null && waitSeconds <= MAX_WAIT_SECONDS;
	if (!isLimited || retries === 0) return response;
	await sleep(waitSeconds * 1000);
	return probe(serverUrl, path, init, retries - 1);
}

async function send(url: string, init: RequestInit): Promise<ProbeResponse> {
	try {
		const response = await fetch(url, {
			redirect: "manual",
			signal: AbortSignal.timeout(PROBE_TIMEOUT_MS),
			...init,
		});
		const { status, headers } = response;
		return { status, headers, body: await response.text(), reason: reasonIn(headers) };
	} catch (error) {
		throw readUnanswered(error, url);
	}
}

/** An edge with `REASONS = "false"` still gives each of its own answers a request id. */
const HIDDEN = "REASONS hides the reason";

function reasonIn(headers: Headers): string | null {
	const isOwn = headers.has("X-Request-Id") && headers.get("Cache-Control") === "no-store";
	return headers.get("X-Edge-Reason") ?? (isOwn ? HIDDEN : null);
}
