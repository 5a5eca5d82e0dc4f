/**
 * Starts a server on a free port.
 */
import { once } from "node:events";
import type { AddressInfo, Server } from "node:net";

export interface Listening {
	readonly url: string;
	readonly stop: () => void;
}

export async function listen(server: Server, scheme = "http"): Promise<Listening> {
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	return {
		url: `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`,
		stop: () => server.close(),
	};
}
