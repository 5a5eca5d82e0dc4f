/**
 * One question of the doctor to a live server, and the words of what it finds.
 */
import type { Finding } from "../import/document-server-files.ts";

const PROBE_TIMEOUT_MS = 10_000;

export interface Answer {
	readonly status: number;
	readonly headers: Headers;
	readonly body: string;
	/** Why the edge itself refused; `null` where it did not. */
	readonly reason: string | null;
}

export const good = (text: string): Finding => ({ mark: "good", text });
export const note = (text: string, mend?: string): Finding => ({
	mark: "note",
	text,
	...(mend && { mend }),
});
export const bad = (text: string, mend: string): Finding => ({ mark: "bad", text, mend });

/** @returns `undefined` where nothing answers in time */
export async function probe(base: string, path: string, init: RequestInit = {}): Promise<Answer | undefined> {
	try {
		const response = await fetch(new URL(path, base), {
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
