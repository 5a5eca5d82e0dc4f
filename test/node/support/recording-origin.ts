/**
 * An origin that accepts everything and remembers what it saw, for tests of what the edge forwards.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface SeenRequest {
	readonly method: string;
	/** Byte for byte, as in the request line. */
	readonly target: string;
	/** Lower-case names. */
	readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
	readonly body: Buffer;
}

export interface RecordingOrigin {
	readonly url: string;
	/** Everything seen since the last call. */
	readonly take: () => SeenRequest[];
	readonly stop: () => Promise<void>;
}

/** Its answers have this status, which neither nginx nor a Document Server gives. */
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
