/**
 * An origin that accepts every request and counts WebSocket frames. It never sends a frame, so all memory that a test
 * measures is the edge's.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";

export interface SilentOrigin {
	readonly url: string;
	/** The number of WebSocket frames so far. */
	readonly frames: () => number;
	readonly stop: () => Promise<void>;
}

export async function startSilentOrigin(): Promise<SilentOrigin> {
	let frames = 0;
	const server = createServer((request, response) => {
		request.resume();
		request.on("end", () => response.end("ok"));
	});
	const sockets = new WebSocketServer({ server });
	sockets.on("connection", (socket) => {
		socket.on("message", () => frames++);
		socket.on("error", () => undefined);
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		frames: () => frames,
		stop: () =>
			new Promise((resolve) => {
				sockets.close();
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}
