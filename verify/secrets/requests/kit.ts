/**
 * Collects requests with canaries in their credentials, claims, queries and cookies.
 */
import type { RawRequest } from "../../../test/node/support/raw-http.ts";
import type { Canaries } from "../canaries.ts";
import type { Secrets } from "../configuration.ts";

export interface NamedRequest {
	readonly host: string;
	readonly request: RawRequest;
}

export interface Sent {
	readonly host?: string;
	readonly method?: string;
	readonly headers?: Readonly<Record<string, string>>;
	readonly body?: string | Buffer;
	readonly framing?: RawRequest["framing"];
}

export interface Kit extends Canaries {
	readonly secrets: Secrets;
	/** @returns a text that stands in a request, and must come out nowhere */
	readonly claim: (name: string) => string;
	readonly send: (target: string, sent?: Sent) => void;
	readonly requests: readonly NamedRequest[];
}

export const CLIENT_ADDRESS = "203.0.113.7";
/** The document of every session. */
export const DOCUMENT = "k";

export function createKit(canaries: Canaries, secrets: Secrets): Kit {
	const requests: NamedRequest[] = [];
	const claim = (name: string) => canaries.make("claim", name);
	return {
		...canaries,
		secrets,
		claim,
		requests,
		send: (target, { host = "docs.test", method = "GET", headers = {}, body, framing = "length" } = {}) => {
			const always = { "CF-Connecting-IP": CLIENT_ADDRESS, Cookie: `session=${claim("of a cookie")}` };
			const request = { method, target, headers: { ...always, ...headers }, framing };
			const withBody = body === undefined ? request : { ...request, body: Buffer.from(body) };
			requests.push({ host, request: withBody });
		},
	};
}

export const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });

/** Signs with the same secret and a line break: the near miss that the log may name. */
export const withLineBreak = (secret: string): string => `${secret}\n`;
