/**
 * The servers behind the searched edges: one that answers and admits every socket, and one that never answers.
 */
import { createServer } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from "node:net";
import { WebSocketServer } from "ws";
import { freePort } from "../../local/edge.ts";
import type { Origins } from "./configuration.ts";

const OPEN_PACKET =
	'0{"sid":"s","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}';

export async function startOrigins(): Promise<Origins & { readonly stop: () => void }> {
	const sockets = new Set<Socket>();
	const good = createServer((request, response) => {
		request.resume();
		request.on("error", () => undefined);
		request.on("end", () => response.writeHead(200, { "Content-Type": "text/plain" }).end("origin"));
	});
	const webSockets = new WebSocketServer({ noServer: true });
	good.on("upgrade", (request, socket, head) =>
		webSockets.handleUpgrade(request, socket, head, (client) => {
			client.send(OPEN_PACKET);
			client.on("error", () => undefined);
			client.on("message", (data) => {
				if (String(data).startsWith("40{")) client.send('40{"sid":"x"}');
			});
		}),
	);
	const silent = createTcpServer((socket) => socket.on("error", () => undefined));
	for (const server of [good, silent])
		server.on("connection", (socket: Socket) => {
			sockets.add(socket);
			socket.once("close", () => sockets.delete(socket));
		});
	return {
		good: await listen(good),
		silent: await listen(silent),
		dead: `http://127.0.0.1:${await freePort()}`,
		alsoDead: `http://127.0.0.1:${await freePort()}`,
		stop: () => {
			for (const server of [good, silent]) server.close();
			for (const socket of sockets) socket.destroy();
		},
	};
}

async function listen(server: Server): Promise<string> {
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
