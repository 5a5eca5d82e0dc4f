/**
 * The types of a pasted text that was read: a request, or a line of the edge's own log.
 */
import { UNKNOWN_HOSTNAME } from "../local-host.ts";

export interface PastedRequest {
	readonly method: string;
	readonly url: string;
	readonly headers: readonly (readonly [name: string, value: string])[];
	readonly body?: string;
	/** Whether the text was a token alone. Method and URL are then made up. */
	readonly bareToken: boolean;
	/** What the reader had to guess or leave out. */
	readonly notes?: readonly string[];
}

/** A line of the edge's log holds the decision, and nothing of the request. */
export interface PastedLogLine {
	readonly logLine: Readonly<Record<string, unknown>>;
}

export type Pasted = PastedRequest | PastedLogLine;

/** The site of a pasted path or token. */
export const ANY_HOST = `http://${UNKNOWN_HOSTNAME}`;

/** These headers describe the connection, or belong to HTTP/2: a `Request` cannot hold them. */
const OF_CONNECTION = /^(?::|(?:host|connection|content-length|transfer-encoding|accept-encoding)$)/i;

export const withoutConnection = (headers: readonly (readonly [string, string])[]) =>
	headers.filter(([name]) => !OF_CONNECTION.test(name));

export function splitHeader(header: string): [string, string] {
	// HTTP/2's own headers begin with a colon: `:authority: docs.example.com`.
	const colon = header.indexOf(":", 1);
	return colon === -1 ? [header.trim(), ""] : [header.slice(0, colon).trim(), header.slice(colon + 1).trim()];
}
