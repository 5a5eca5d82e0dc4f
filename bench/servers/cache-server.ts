/**
 * Plays the platform's cache for workerd, in a process that is not measured. workerd sends a response as HTTP text in a
 * PUT, and reads it back with `CF-Cache-Status: HIT`.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

interface CachedResponse {
	readonly status: number;
	readonly headers: readonly (readonly [string, string])[];
	readonly body: Buffer;
}

/** @param mostFiles beyond these the oldest is dropped */
export async function startCacheServer(
	mostFiles = Number.POSITIVE_INFINITY,
): Promise<{ readonly address: string; readonly stop: () => void }> {
	const files = new Map<string, CachedResponse>();
	const server = createServer(async (request, response) => {
		const key = request.url ?? "";
		const chunks: Buffer[] = [];
		for await (const chunk of request) chunks.push(chunk as Buffer);
		if (request.method === "PUT") {
			files.set(key, parse(Buffer.concat(chunks)));
			const [oldest = ""] = files.keys();
			if (files.size > mostFiles) files.delete(oldest);
			response.writeHead(204).end();
		} else if (request.method === "PURGE") {
			response.writeHead(files.delete(key) ? 200 : 404).end();
		} else {
			const file = files.get(key);
			if (file === undefined) response.writeHead(504, { "CF-Cache-Status": "MISS" }).end();
			else
				response.writeHead(file.status, [...file.headers, ["CF-Cache-Status", "HIT"]].flat()).end(file.body);
		}
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	return {
		address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
		stop: () => {
			server.closeAllConnections();
			server.close();
		},
	};
}

function parse(message: Buffer): CachedResponse {
	const end = message.indexOf("\r\n\r\n");
	const [statusLine = "", ...lines] = message.subarray(0, end).toString("latin1").split("\r\n");
	const headers = lines.map((line) => {
		const colon = line.indexOf(":");
		return [line.slice(0, colon), line.slice(colon + 1).trim()] as const;
	});
	const body = message.subarray(end + "\r\n\r\n".length);
	return {
		status: Number(statusLine.split(" ")[1]),
		headers: headers.filter(([name]) => !/^transfer-encoding$/i.test(name)),
		body,
	};
}
