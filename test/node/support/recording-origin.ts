/**
 * An origin that accepts every request and records it, for tests of forwarding.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface SeenRequest {
	readonly method: string;
	/** The target of the request line, byte for byte. */
	readonly target: string;
	/** The names are in lower case. */
	readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
	readonly body: Buffer;
}

export interface RecordingOrigin {
	readonly url: string;
	/** Returns the requests since the last call. */
	readonly take: () => SeenRequest[];
	readonly stop: () => Promise<void>;
}

/** The status of its responses. Neither nginx, nor a Document Server, nor the edge uses it. */
export const ORIGIN_STATUS = 299;

export async function startRecordingOrigin(): Promise<RecordingOrigin> {
	let seen: SeenRequest[] = [];
	const server = createServer({ maxHeaderSize: 128 * 1024 }, (request, response) => {
		const chunks: Buffer[] = [];
		request.on("data", (chunk: Buffer) => chunks.push(chunk));
		request.on("end", () => {
			const { method = "", url = "", headers } = request;
			seen.push({ method, target: url, headers, body: Buffer.concat(chunks) });
			response.writeHead(ORIGIN_STATUS, { "Content-Type": "text/plain" }).end("origin");
		});
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		take: () => {
			const taken = seen;
			seen = [];
			return taken;
		},
		stop: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}
