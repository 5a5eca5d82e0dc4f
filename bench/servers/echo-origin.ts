/**
 * An origin that speaks just enough engine.io and socket.io to admit a client: it opens a session, accepts every CONNECT,
 * and sends each event back. It runs in this process, so its time is in no figure.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";

export const OPEN =
	'0{"sid":"s","upgrades":[],"pingInterval":86400000,"pingTimeout":86400000,"maxPayload":100000000}';
export const CONNECTED = '40{"sid":"c"}';

export interface EchoOrigin {
	readonly url: string;
	readonly stop: () => Promise<void>;
}

export async function startEchoOrigin(): Promise<EchoOrigin> {
	const server = createServer((_, response) => response.writeHead(404).end());
	const sockets = new WebSocketServer({ server, perMessageDeflate: false });
	sockets.on("connection", (socket) => {
		socket.on("error", () => undefined);
		socket.on("message", (data) => {
			const packet = (data as Buffer).toString();
			if (packet.startsWith("40")) socket.send(CONNECTED);
			if (packet.startsWith("42")) socket.send(packet);
		});
		socket.send(OPEN);
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		stop: () =>
			new Promise((resolve) => {
				for (const socket of sockets.clients) socket.terminate();
				sockets.close();
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}
