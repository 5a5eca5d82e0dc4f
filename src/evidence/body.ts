/**
 * A request body that has to be read for its token: the bytes as they came, and the text they carry.
 *
 * Bounded in both, as a body is a stranger's until its token is verified. Content codings as the
 * server's body parser takes them (`body-parser` read.js): identity, gzip, deflate, one at a time.
 */
import { gunzipSync, inflateSync } from "node:zlib";
import { type Refusal, refuse } from "../verdict.ts";

/** Commands and conversions are a few KiB. The server's own limit, 100 MiB, does not fit into an isolate. */
export const BODY_LIMIT_BYTES = 8 * 1024 * 1024;

export interface Body {
	/** As sent, to be forwarded; `undefined` when the request still holds its body, or has none. */
	readonly bytes?: Uint8Array<ArrayBuffer>;
	readonly text: string;
	/** The bytes without their content coding. */
	readonly decoded?: Uint8Array;
}

export const NO_BODY: Body = { text: "" };

/**
 * Consumes the request's body, but for GET and HEAD: a request of these cannot be made anew with a body
 * (Fetch standard), so theirs is read from a copy and the request itself is forwarded.
 */
export async function readBody(request: Request): Promise<Body | Refusal> {
	if (request.body === null) return NO_BODY;
	const coding = (request.headers.get("Content-Encoding") || "identity").toLowerCase();
	if (coding !== "identity" && coding !== "gzip" && coding !== "deflate") {
		return refuse("body_coding_unsupported");
	}
	return readAs(coding, request);
}

/** For handlers that never decode: the bytes are the text, whatever their coding is said to be. */
export async function readRawBody(request: Request): Promise<Body | Refusal> {
	return request.body === null ? NO_BODY : readAs("identity", request);
}

type Coding = "identity" | "gzip" | "deflate";

async function readAs(coding: Coding, request: Request): Promise<Body | Refusal> {
	const announced = request.headers.get("Content-Length");
	if (Number(announced) > BODY_LIMIT_BYTES) return refuse("body_too_large");
	const reusable = request.method === "GET" || request.method === "HEAD";
	const read = reusable ? request.clone() : request;
	const bytes = announced === null ? await collect(read) : await readWhole(read);
	if (bytes === "too large") return refuse("body_too_large");
	if (bytes === "broken off") return refuse("body_undecodable");
	const decoded = decode(bytes, coding);
	if ("ok" in decoded) return decoded;
	const text = UTF8.decode(decoded);
	return reusable ? { text } : { text, bytes, decoded };
}

function decode(bytes: Uint8Array, coding: Coding): Uint8Array | Refusal {
	if (coding === "identity") return bytes;
	try {
		const inflate = coding === "gzip" ? gunzipSync : inflateSync;
		return inflate(bytes, { maxOutputLength: BODY_LIMIT_BYTES });
	} catch (error) {
		return refuse(error instanceof RangeError ? "body_too_large" : "body_undecodable");
	}
}

/** As Node's `Buffer.toString()`: bad UTF-8 becomes U+FFFD, a byte order mark stays. */
const UTF8 = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });

type Read = Promise<Uint8Array<ArrayBuffer> | "too large" | "broken off">;

/** The announced length is that of the body: what is shorter has broken off, longer it cannot be. */
async function readWhole(request: Request): Read {
	try {
		return new Uint8Array(await request.arrayBuffer());
	} catch {
		return "broken off";
	}
}

async function collect({ body }: Request): Read {
	const chunks: Uint8Array[] = [];
	let length = 0;
	try {
		for await (const chunk of body ?? []) {
			length += chunk.byteLength;
			if (length > BODY_LIMIT_BYTES) return "too large";
			chunks.push(chunk);
		}
	} catch {
		return "broken off";
	}
	const bytes = new Uint8Array(length);
	let offset = 0;
	for (const chunk of chunks) {
		bytes.set(chunk, offset);
		offset += chunk.byteLength;
	}
	return bytes;
}
