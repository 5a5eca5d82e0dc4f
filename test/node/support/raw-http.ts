/**
 * Sends HTTP/1.1 over a raw socket, for requests that a client library would change or refuse. Strings hold bytes, one
 * character each (latin-1).
 */
import { connect } from "node:net";

export interface RawRequest {
	readonly method: string;
	readonly target: string;
	/** Sent in this order. An array sends one header several times. */
	readonly headers?: Readonly<Record<string, string | readonly string[]>>;
	readonly body?: Buffer;
	/** The framing of the body. `none` sends no Content-Length, not even for an empty body. */
	readonly framing?: "length" | "chunked" | "none";
	readonly hostHeader?: string;
}

export interface RawResponse {
	readonly status: number;
	/** The names are in lower case. Of a repeated header the last is kept. */
	readonly headers: Readonly<Record<string, string>>;
	readonly body: Buffer;
}

const RESPONSE_LIMIT_MS = 30_000;

/** Sends one request on a connection of its own. Rejects if the connection breaks before a response. */
export function sendRaw(server: URL, request: RawRequest): Promise<RawResponse> {
	return new Promise((resolve, reject) => {
		const socket = connect(Number(server.port), server.hostname);
		const chunks: Buffer[] = [];
		socket.setTimeout(RESPONSE_LIMIT_MS, () =>
			socket.destroy(new Error(`no response from ${server.host} within ${RESPONSE_LIMIT_MS} ms`)),
		);
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

/** Throws if the headers are not complete. The body may end early. */
export function parseResponse(bytes: Buffer): RawResponse {
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
