/** Media files behind the edge, and requests that tell whether the platform's cache was asked. */
import { vi } from "vitest";
import type { Bindings } from "../../../src/config/bindings.ts";
import { createKey } from "../../../src/config/secrets/key-ring.ts";
import { cacheKeyOf } from "../../../src/file-cache/cached-file.ts";
import { signSecureLink } from "../../../src/link/secure-link.ts";
import { BINDINGS, callEdge, SECRETS } from "../support/call-edge.ts";

const FAR = "4102444800";
export const DATE = "Tue, 14 Nov 2023 22:13:20 GMT";
export const BODY = "0123456789";

let files = 0;
/** A path that no other test has used: the caches keep files from test to test. */
export const newUri = (): string => `/cache/files/data/levels-${files++}/media/image1.png/i.png`;
export const keyOf = (uri: string): string => cacheKeyOf("edge.test", uri, ["http://origin.test"]);
export function sign(uri: string, { filename = "", host = "edge.test", expires = FAR } = {}): string {
	const md5 = signSecureLink(uri, expires, createKey("server", SECRETS.SECURE_LINK_SECRET));
	return `https://${host}${uri}?md5=${md5}&expires=${expires}&filename=${filename}`;
}

/** A response of the origin. */
export const file = (body: string | Uint8Array<ArrayBuffer> = BODY, headers: HeadersInit = {}): Response =>
	new Response(body, {
		headers: {
			"Content-Length": String(body.length),
			"Content-Type": "text/plain",
			"Content-Disposition": "attachment; filename*=UTF-8''",
			"Accept-Ranges": "bytes",
			"Last-Modified": DATE,
			ETag: '"e"',
			...headers,
		},
	});

export async function cacheIn(uri: string, response: () => Response = file): Promise<void> {
	await callEdge(new Request(sign(uri)), BINDINGS, () => response());
}

/** Puts a file into the platform's cache, as another isolate would. */
export async function putInPlatform(uri: string, response: Response): Promise<void> {
	await (await caches.open("verified-files")).put(keyOf(uri), response);
}

export interface Asked {
	readonly outcome: string | null;
	/** How many requests reached the origin. */
	readonly forwarded: number;
	readonly asksPlatform: boolean;
}
export const FROM_MEMORY: Asked = { outcome: "hit", forwarded: 0, asksPlatform: false };
export const FROM_PLATFORM: Asked = { outcome: "hit", forwarded: 0, asksPlatform: true };

/** Needs a spy on `caches.open`. */
export async function ask(
	url: string,
	init: RequestInit = {},
	bindings: Bindings = BINDINGS,
	origin: () => Response = () => new Response("origin"),
): Promise<{ readonly response: Response; readonly asked: Asked }> {
	const opened = () => vi.mocked(caches.open).mock.calls.length;
	const before = opened();
	const { response, forwarded } = await callEdge(new Request(url, init), bindings, origin);
	const outcome = response.headers.get("X-Edge-Cache");
	return { response, asked: { outcome, forwarded: forwarded.length, asksPlatform: opened() > before } };
}
