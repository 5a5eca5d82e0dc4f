/**
 * Types for the measured cases. Each file of `test/vectors` names its oracle and explains its fields.
 */
import { readFileSync } from "node:fs";
import type { RawRequest } from "./raw-http.ts";

const read = (name: string) =>
	JSON.parse(readFileSync(new URL(`../../vectors/${name}.json`, import.meta.url), "utf8"));

export type Outcome = "accept" | "reject" | "none";

export interface RequestVector {
	readonly id: string;
	readonly via: "docservice" | "nginx";
	readonly method: string;
	readonly target: string;
	readonly target_encoding?: "latin1";
	readonly headers: Readonly<Record<string, string | readonly string[]>>;
	readonly body: string | null;
	readonly body_encoding: BufferEncoding;
	readonly chunked?: boolean;
	readonly no_content_length?: boolean;
	readonly status: number;
	readonly content_type: string | null;
	readonly body_out: string;
	readonly verdict: Outcome;
	readonly flag?: "post_token_denial" | "ai_proxy_no_check";
	readonly handler: string | null;
	readonly nginx?: { readonly status: number; readonly verdict: Outcome };
}

export interface LinkVector {
	readonly id: string;
	readonly method: string;
	readonly target: string;
	readonly target_encoding?: "latin-1";
	readonly headers?: Readonly<Record<string, string>>;
	readonly nginx_status: number;
	readonly wire: boolean;
}

/** One packet or request sent (`>`) or received (`<`). */
export interface SocketStep {
	readonly dir: ">" | "<";
	/** The method and the path, then a remark for people. */
	readonly http?: string;
	readonly status?: number;
	readonly content_type?: string;
	readonly frame?: "text" | "binary";
	readonly data?: string;
	/** No response came. */
	readonly pending?: boolean;
	readonly ws_close?: number;
}

export interface SocketVector {
	readonly id: string;
	readonly via: "docservice" | "nginx";
	readonly transport: "polling" | "websocket" | "polling->websocket" | "http";
	readonly steps: readonly SocketStep[];
}

export const socketVectors: readonly SocketVector[] = read("socketio").cases;
export const requestVectors: readonly RequestVector[] = read("requests").vectors;
export const linkVectors: readonly LinkVector[] = read("secure-link").vectors;
export const LINK_SECRET: string = read("secure-link").secret;
export const TOKEN_SECRETS: Readonly<Record<"inbox" | "browser" | "session" | "outbox", string>> =
	read("requests").secrets;

/** The bindings under which the vectors were measured. */
export const VECTOR_BINDINGS = {
	JWT_SECRET_INBOX: TOKEN_SECRETS.inbox,
	JWT_SECRET_BROWSER: TOKEN_SECRETS.browser,
	JWT_SECRET_SESSION: TOKEN_SECRETS.session,
	JWT_SECRET_OUTBOX: TOKEN_SECRETS.outbox,
	SECURE_LINK_SECRET: LINK_SECRET,
	// The vectors hold the server's own decisions, so the edge's stricter checks and its rewriting are off.
	TOKEN_PURPOSE: "server",
	TOKEN_REQUIRED_PARAMS: "false",
};

/** The bytes of the target, one character each. */
export function targetBytes({ target, target_encoding }: LinkVector | RequestVector): string {
	return target_encoding ? target : Buffer.from(target, "utf8").toString("latin1");
}

/** The request of a measured case, as it was sent. */
export function rawRequest(vector: RequestVector): RawRequest {
	const { method, headers, body, body_encoding, chunked, no_content_length } = vector;
	return {
		method,
		target: targetBytes(vector),
		headers,
		...(body !== null && { body: Buffer.from(body, body_encoding) }),
		framing: chunked ? "chunked" : no_content_length ? "none" : "length",
	};
}

/**
 * The target as a Worker sees it: the platform runs the WHATWG URL parser first.
 *
 * @returns `undefined` if that parser, or workerd's HTTP parser before it, refuses the target
 */
export function normalisedTarget(bytes: string): string | undefined {
	const path = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i.test(bytes)
		? bytes.replace(/^[^:]*:\/\/[^/?#]*/, "") || "/"
		: bytes;
	const url = path.startsWith("/")
		? URL.parse(`http://edge.test${Buffer.from(path, "latin1").toString("utf8")}`)
		: null;
	return url ? url.pathname + url.search : undefined;
}
