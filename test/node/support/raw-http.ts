/**
 * HTTP/1.1 by hand, for requests that no client library would send as they are.
 * Strings are bytes: one character each (latin-1).
 */
import { connect } from "node:net";

export interface RawRequest {
	readonly method: string;
	readonly target: string;
	/** In this order; an array is one header sent several times. */
	readonly headers?: Readonly<Record<string, string | readonly string[]>>;
	readonly body?: Buffer;
	/** How the body is framed; `none` sends no Content-Length even for an empty one. */
	readonly framing?: "length" | "chunked" | "none";
	readonly hostHeader?: string;
}

export interface RawResponse {
	readonly status: number;
	/** Lower-case names; of repeated ones the last. */
	readonly headers: Readonly<Record<string, string>>;
	readonly body: Buffer;
}

const ANSWER_LIMIT_MS = 30_000;

/** One request on a connection of its own. Rejects when the connection breaks before an answer. */
export function sendRaw(server: URL, request: RawRequest): Promise<RawResponse> {
	return new Promise((resolve, reject) => {
		const socket = connect(Number(server.port), server.hostname);
		const chunks: Buffer[] = [];
		socket.setTimeout(ANSWER_LIMIT_MS, () => socket.destroy(new Error("no answer in time")));
		socket.on("data", (chunk) => chunks.push(chunk));
		socket.on("error", reject);
		socket.on("close", () => {
			try {
				resolve(parseResponse(Buffer.concat(chunks)));
			} catch (error) {
				reject(error);
			}
		});
		socket.write(encodeRequest(request));
	});
}

export function encodeRequest(request: RawRequest): Buffer {
	const { method, target, headers = {}, body, framing = "length", hostHeader = "edge.test" } = request;
	const given = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
	const lines = [`${method} ${target} HTTP/1.1`];
	if (!given.has("host")) lines.push(`Host: ${hostHeader}`);
	if (!given.has("connection")) lines.push("Connection: close");
	for (const [name, value] of Object.entries(headers)) {
		for (const one of typeof value === "string" ? [value] : value) lines.push(`${name}: ${one}`);
	}
	const hasBodyMethod = /^(POST|PUT|PATCH)$/.test(method);
	if (framing === "chunked") lines.push("Transfer-Encoding: chunked");
	else if (framing === "length" && !given.has("content-length") && (body || hasBodyMethod)) {
		lines.push(`Content-Length: ${body?.length ?? 0}`);
	}
	const head = Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
	return Buffer.concat([head, framing === "chunked" ? encodeChunked(body) : (body ?? Buffer.alloc(0))]);
}

function encodeChunked(body: Buffer | undefined): Buffer {
	const data = body ?? Buffer.alloc(0);
	const last = Buffer.from("0\r\n\r\n");
	if (data.length === 0) return last;
	return Buffer.concat([Buffer.from(`${data.length.toString(16)}\r\n`), data, Buffer.from("\r\n"), last]);
}

function parseResponse(bytes: Buffer): RawResponse {
	const end = bytes.indexOf("\r\n\r\n");
	if (end === -1) throw new Error(`no complete answer: ${bytes.length} bytes`);
	const [statusLine = "", ...lines] = bytes.subarray(0, end).toString("latin1").split("\r\n");
	const status = Number(statusLine.split(" ")[1]);
	const headers: Record<string, string> = {};
	for (const line of lines) {
		const colon = line.indexOf(":");
		headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
	}
	const rest = bytes.subarray(end + 4);
	const chunked = headers["transfer-encoding"]?.toLowerCase() === "chunked";
	return { status, headers, body: chunked ? decodeChunked(rest) : rest };
}

function decodeChunked(bytes: Buffer): Buffer {
	const chunks: Buffer[] = [];
	for (let offset = 0; ; ) {
		const lineEnd = bytes.indexOf("\r\n", offset);
		const size = Number.parseInt(bytes.subarray(offset, lineEnd).toString("latin1"), 16);
		if (lineEnd === -1 || !size) return Buffer.concat(chunks);
		chunks.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size));
		offset = lineEnd + 2 + size + 2;
	}
}
