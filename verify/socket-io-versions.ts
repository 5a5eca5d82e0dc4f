/**
 * The versions of socket.io that the sockets are compared with.
 */
import { readFileSync } from "node:fs";
import { attach } from "engine.io";
import { Server } from "socket.io";
import type { SocketIo } from "../test/node/support/document-server.ts";

export interface SocketIoVersion extends SocketIo {
	/** `engine.io 6.6.11`. */
	readonly name: string;
}

const versionOf = (name: string): string =>
	JSON.parse(readFileSync(new URL(`../node_modules/${name}/package.json`, import.meta.url), "utf8")).version;

export const SOCKET_IO_VERSIONS: readonly SocketIoVersion[] = [
	{ name: `engine.io ${versionOf("engine.io")}`, Server, attach },
];
