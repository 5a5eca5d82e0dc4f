/**
 * Reads a request body that may hold the token: its bytes as they came, and its text.
 *
 * Both have limits: until the token is verified, any stranger may have sent the body. Content codings are those of the
 * server's body parser (`body-parser` read.js): identity, gzip or deflate, one at a time.
 */
import { gunzipSync, inflateSync } from "node:zlib";
import { type Refusal, refuse } from "../verdict.ts";
import { collect } from "./body-pieces.ts";
import { within } from "./time-limit.ts";

export interface Body {
	/** The bytes as sent, to be forwarded; `undefined` if the request still holds its body, or has none. */
	readonly bytes?: Uint8Array<ArrayBuffer>;
	readonly text: string;
	/** The bytes without their content coding. */
	readonly decoded?: Uint8Array;
}

export interface BodyRules {
	/** Limit of the body as sent, and as inflated. */
	readonly limitBytes: number;
	/** Time limit for the next piece of the body. */
	readonly stallMs: number;
	/** Whether the request keeps its body: shadow mode forwards it as it came. */
	readonly keep: boolean;
}

export const NO_BODY: Body = { text: "" };

/** A GET or HEAD keeps its body: the Fetch standard allows no new request with these methods and a body. */
export async function readBody(request: Request, rules: BodyRules): Promise<Body | Refusal> {
	if (request.body === null) return NO_BODY;
	const coding = (request.headers.get("Content-Encoding") || "identity").toLowerCase();
	if (coding !== "identity" && coding !== "gzip" && coding !== "deflate") {
		return refuse("body_coding_unsupported");
	}
	return readAs(coding, request, rules);
}

/** The bytes as they came, for handlers that ignore `Content-Encoding`. */
export async function readBytes(request: Request, rules: BodyRules): Promise<Bytes | Refusal> {
	if (request.body === null) return new Uint8Array();
	const { limitBytes, keep, stallMs } = rules;
	const announced = request.headers.get("Content-Length");
	if (Number(announced) > limitBytes) return refuse("body_too_large");
	const read = keep ? request.clone() : request;
	try {
		// The platform compares the body with an announced length: the read of a shorter body rejects.
		if (announced !== null) return await readWhole(read, Number(announced), stallMs);
		const bytes = read.body === null ? new Uint8Array() : await collect(read.body, limitBytes, stallMs);
		if (bytes === "late") return refuse("client_stalled");
		if (bytes !== "too large") return bytes;
		// Without this, the copy would buffer the rest of the body while the request is forwarded.
		if (keep) await read.body?.cancel();
		return refuse("body_too_large");
	} catch {
		return refuse("body_undecodable");
	}
}

/** The whole body has one time limit: a limit per piece would cost a call into the platform for each piece. */
async function readWhole(request: Request, bytes: number, stallMs: number): Promise<Bytes | Refusal> {
	const buffer = await within(request.arrayBuffer(), stallMs + (bytes * 1000) / SLOWEST_BYTES_PER_SECOND);
	return buffer === "late" ? refuse("client_stalled") : new Uint8Array(buffer);
}

/** Slower than any line that still works. */
const SLOWEST_BYTES_PER_SECOND = 4 * 1024;

type Bytes = Uint8Array<ArrayBuffer>;

type Coding = "identity" | "gzip" | "deflate";

async function readAs(coding: Coding, request: Request, rules: BodyRules): Promise<Body | Refusal> {
	const isRead = request.method === "GET" || request.method === "HEAD";
	// The platform forwards the body of a GET only with an announced length. Without it the token would get lost.
	if (isRead && !request.headers.has("Content-Length")) return refuse("body_length_missing");
	const keep = isRead || rules.keep;
	const bytes = await readBytes(request, { ...rules, keep });
	if ("ok" in bytes) return bytes;
	const decoded = decode(bytes, coding, rules.limitBytes);
	if ("ok" in decoded) return decoded;
	const text = UTF8.decode(decoded);
	return keep ? { text } : { text, bytes, decoded };
}

function decode(bytes: Uint8Array, coding: Coding, limitBytes: number): Uint8Array | Refusal {
	if (coding === "identity") return bytes;
	try {
		const inflate = coding === "gzip" ? gunzipSync : inflateSync;
		return inflate(bytes, { maxOutputLength: limitBytes });
	} catch (error) {
		return refuse(error instanceof RangeError ? "body_too_large" : "body_undecodable");
	}
}

/** Decodes as Node's `Buffer.toString()`: bad UTF-8 becomes U+FFFD, a byte order mark stays. */
const UTF8 = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });
