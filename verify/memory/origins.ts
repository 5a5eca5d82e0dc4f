/**
 * The servers behind the soak's edge: files and calls on one host, the editor's sockets on another.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { startDocumentServer } from "../../test/node/support/document-server.ts";
import { LARGE_FILE } from "./file-traffic.ts";
import { SOCKET_SECRETS } from "./secrets.ts";

const FILE = Buffer.alloc(4096, "x");
const LARGE = Buffer.alloc(1024 * 1024, "x");
const ETAG = '"unchanged"';
/** workerd reuses idle connections for some seconds. A call fails if the origin closes one at that moment. */
const KEEP_ALIVE_MS = 60_000;

export interface Origins {
	readonly files: string;
	readonly sockets: string;
	readonly stop: () => Promise<void>;
}

export async function startOrigins(): Promise<Origins> {
	const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
		request.on("error", () => undefined);
		request.resume();
		request.on("end", () => {
			if (request.headers["if-none-match"] === ETAG) return response.writeHead(304, { ETag: ETAG }).end();
			if (!request.url?.startsWith("/cache/files/")) return response.end('{"error":0}');
			const file = request.url.startsWith(LARGE_FILE) ? LARGE : FILE;
			const headers = { ETag: ETAG, "Accept-Ranges": "bytes", "Content-Type": "image/png" };
			const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "") ?? [];
			if (last === undefined)
				return response.writeHead(200, { ...headers, "Content-Length": file.length }).end(file);
			const part = file.subarray(Number(first), Number(last) + 1);
			const range = {
				"Content-Range": `bytes ${first}-${last}/${file.length}`,
				"Content-Length": part.length,
			};
			return response.writeHead(206, { ...headers, ...range }).end(part);
		});
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const documentServer = await startDocumentServer({
		secrets: SOCKET_SECRETS,
		connectTimeoutMs: 10_000,
		pingIntervalMs: 5000,
		pingTimeoutMs: 20_000,
	});
	return {
		files: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		sockets: documentServer.url,
		stop: async () => {
			await documentServer.stop();
			await new Promise((resolve) => {
				server.close(resolve);
				server.closeAllConnections();
			});
		},
	};
}
