/**
 * Runs a `fetch` handler on `node:http`. A client that breaks off never ends the process.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

type Fetch = (request: Request) => Response | Promise<Response>;

export function serveOnNode(fetch: Fetch, bodyLimitBytes: number): Server {
	return createServer((incoming, outgoing) => {
		// An `error` event without a listener ends the process.
		outgoing.on("error", () => outgoing.destroy());
		answer(fetch, bodyLimitBytes, incoming, outgoing).catch(() => outgoing.destroy());
	});
}

async function answer(
	fetch: Fetch,
	bodyLimitBytes: number,
	incoming: IncomingMessage,
	outgoing: ServerResponse,
): Promise<void> {
	const body = await readBody(incoming, bodyLimitBytes);
	if (body === "too long") {
		outgoing.writeHead(413, { "Content-Type": "text/plain", Connection: "close" }).end("That is too long.");
		return;
	}
	const request = toRequest(incoming, body);
	if (request === undefined) {
		outgoing.writeHead(400, { "Content-Type": "text/plain" }).end("That cannot be read.");
		return;
	}
	await send(await fetch(request), outgoing);
}

/** Rejects if the client breaks off. */
async function readBody(incoming: IncomingMessage, limitBytes: number): Promise<Buffer | "too long"> {
	const chunks: Buffer[] = [];
	let length = 0;
	for await (const chunk of incoming as AsyncIterable<Buffer>) {
		length += chunk.length;
		if (length > limitBytes) return "too long";
		chunks.push(chunk);
	}
	return Buffer.concat(chunks);
}

/** @returns `undefined` for a target or a header that `Request` does not allow */
function toRequest(
	{ url = "/", method = "GET", headers }: IncomingMessage,
	body: Buffer,
): Request | undefined {
	try {
		const copied = new Headers();
		for (const [name, value] of Object.entries(headers)) if (value) copied.set(name, String(value));
		return new Request(new URL(url, "http://127.0.0.1"), {
			method,
			headers: copied,
			...(body.length > 0 && { body: new Uint8Array(body) }),
		});
	} catch {
		return undefined;
	}
}

async function send(response: Response, outgoing: ServerResponse): Promise<void> {
	outgoing.writeHead(response.status, Object.fromEntries(response.headers));
	// A browser shows the stream of decisions as open only after its first bytes.
	outgoing.flushHeaders();
	const reader = response.body?.getReader();
	outgoing.on("close", () => void reader?.cancel().catch(() => undefined));
	for (;;) {
		const { done, value } = (await reader?.read()) ?? { done: true };
		if (done || outgoing.destroyed) break;
		if (outgoing.write(value)) continue;
		await new Promise<void>((resolve) => {
			outgoing.once("drain", resolve);
			outgoing.once("close", resolve);
		});
	}
	outgoing.end();
}
