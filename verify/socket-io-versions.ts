/**
 * The versions of engine.io that the sockets are compared with: the newest, and the one that the Document Server installs
 * (its `DocService/npm-shrinkwrap.json`). Both run under the server's version of socket.io.
 */
import { readFileSync } from "node:fs";
import { attach as attachServersOwn } from "document-server-engine.io";
import { attach } from "engine.io";
import { Server } from "socket.io";
import type { SocketIo } from "../test/node/support/document-server.ts";

export interface SocketIoVersion extends SocketIo {
	/** `engine.io 6.6.11`. */
	readonly name: string;
}

const version = (folder: string, attachTo: typeof attach): SocketIoVersion => {
	const text = readFileSync(new URL(`../node_modules/${folder}/package.json`, import.meta.url), "utf8");
	return { name: `engine.io ${JSON.parse(text).version}`, Server, attach: attachTo };
};

export const SOCKET_IO_VERSIONS: readonly SocketIoVersion[] = [
	version("engine.io", attach),
	// Its types differ only in the options of a cookie, which no server here sets.
	version("document-server-engine.io", attachServersOwn as unknown as typeof attach),
];
