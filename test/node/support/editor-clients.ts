/**
 * The editor's side of the socket: real socket.io clients. Each is disconnected after its test, because it would go on
 * to reconnect.
 */
import { io, type Socket } from "socket.io-client";
import { afterEach } from "vitest";

type ClientOptions = NonNullable<Parameters<typeof io>[1]>;

/** Call this once in a test file. @returns a function that connects a client, with its transports in order */
export function useEditorClients() {
	const clients: Socket[] = [];
	afterEach(() => {
		for (const client of clients.splice(0)) client.disconnect();
	});
	return (site: URL, transports: readonly string[], options: ClientOptions): Socket => {
		const always = { transports, forceNew: true } as ClientOptions;
		const client = io(site.origin, { ...options, ...always });
		clients.push(client);
		return client;
	};
}
