/**
 * The form of one kind of traffic of the soak.
 */
import { type Answered, type Asked, ask } from "../http-client.ts";

/** What one client does again and again, until the soak ends. */
export interface Traffic {
	readonly name: string;
	/** How many clients do it at the same time. */
	readonly clients: number;
	/**
	 * One exchange.
	 *
	 * @param n differs in every exchange of this kind
	 * @returns what the client did not expect; `undefined` if all went well
	 */
	readonly once: (site: Site, n: number) => Promise<string | undefined>;
}

/** The edge under test. */
export interface Site {
	readonly url: URL;
	/** Requests that the edge has answered. */
	requests: number;
	/** Messages that came back through sockets. */
	messages: number;
	/** Clients end at the next occasion. */
	isOver: boolean;
}

/** The hostnames of the edge: each has its own origin. */
export const FILES_HOST = "files.test";
export const SOCKETS_HOST = "sockets.test";

export async function askSite(site: Site, asked: Asked): Promise<Answered> {
	const answered = await ask(site.url, asked);
	site.requests++;
	return answered;
}

/** Compares a status with the expected ones. */
export const expectStatus = ({ status }: Answered, ...expected: number[]): string | undefined =>
	expected.includes(status) ? undefined : `status ${status} instead of ${expected.join(" or ")}`;
