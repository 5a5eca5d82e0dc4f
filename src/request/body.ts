/**
 * A request body that has to be read for its token: the bytes as they came, and the text they carry.
 *
 * Bounded in both, as a body is a stranger's until its token is verified. Content codings as the
 * server's body parser takes them (`body-parser` read.js): identity, gzip, deflate, one at a time.
 */
import { gunzipSync, inflateSync } from "node:zlib";
import { collect } from "./body-pieces.ts";
import { within } from "./time-limit.ts";
import { type Refusal, refuse } from "../verdict.ts";

export interface Body {
	/** As sent, to be forwarded; `undefined` when the request still holds its body, or has none. */
	readonly bytes?: Uint8Array<ArrayBuffer>;
	readonly text: string;
	/** The bytes without their content coding. */
	readonly decoded?: Uint8Array;
}

export interface BodyRules {
	/** Of the body as sent, and as inflated. */
	readonly limitBytes: number;
	/** How long the client may take for the next part of it. */
	readonly stallMs: number;
	/** Whether the request is to keep its body: in shadow mode it is forwarded whatever is read. */
	readonly keep: boolean;
}

export const NO_BODY: Body = { text: "" };

/** A request of GET and HEAD cannot be made anew with a body (Fetch standard): it keeps its own. */
export async function readBody(request: Request, rules: BodyRules): Promise<Body | Refusal> {
	if (request.body === null) return NO_BODY;
	const coding = (request.headers.get("Content-Encoding") || "identity").toLowerCase();
	if (coding !== "identity" && coding !== "gzip" && coding !== "deflate") {
		return refuse("body_coding_unsupported");
	}
	return readAs(coding, request, rules);
}

/** For handlers that never decode: the bytes as they came, whatever their coding is said to be. */
export async function readBytes(request: Request, rules: BodyRules): Promise<Bytes | Refusal> {
	if (request.body === null) return new Uint8Array();
	const { limitBytes, keep, stallMs } = rules;
	const announced = request.headers.get("Content-Length");
	if (Number(announced) > limitBytes) return refuse("body_too_large");
	const read = keep ? request.clone() : request;
	try {
		// An announced length is that of the body: a shorter one has broken off, a longer one cannot be.
		if (announced !== null) return await readWhole(read, Number(announced), stallMs);
		const bytes = read.body === null ? new Uint8Array() : await collect(read.body, limitBytes, stallMs);
		if (bytes === "late") return refuse("client_stalled");
		if (bytes !== "too large") return bytes;
		// Else the copy would hold all that is forwarded.
		if (keep) await read.body?.cancel();
		return refuse("body_too_large");
	} catch {
		return refuse("body_undecodable");
	}
}

/** One limit for all of it: each part for itself would cost a call into the platform. */
async function readWhole(request: Request, bytes: number, stallMs: number): Promise<Bytes | Refusal> {
	const buffer = await within(request.arrayBuffer(), stallMs + (bytes * 1000) / SLOWEST_BYTES_PER_SECOND);
	return buffer === "late" ? refuse("client_stalled") : new Uint8Array(buffer);
}

/** A client on a poor line is slower than this only when it stops. */
const SLOWEST_BYTES_PER_SECOND = 4 * 1024;

type Bytes = Uint8Array<ArrayBuffer>;

type Coding = "identity" | "gzip" | "deflate";

async function readAs(coding: Coding, request: Request, rules: BodyRules): Promise<Body | Refusal> {
	const isRead = request.method === "GET" || request.method === "HEAD";
	// The platform forwards such a body only with its length; without it the server would decide on the rest.
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

/** As Node's `Buffer.toString()`: bad UTF-8 becomes U+FFFD, a byte order mark stays. */
const UTF8 = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });
