/**
 * Replays recorded editors by socket.io-client, the package that the editor itself ships: through the edge to a real
 * socket.io server with the server's token checks.
 */
import { isDeepStrictEqual } from "node:util";
import { io } from "socket.io-client";
import { startWorkerd } from "../../bench/servers/workerd.ts";
import { startDocumentServer } from "../../test/node/support/document-server.ts";
import { started, withCleanup } from "../cleanup.ts";
import type { RecordedEditor } from "./vectors.ts";

/** Nobody waits this long, unless the edge has lost something. */
const PATIENCE_MS = 30_000;
/** The editor's order, the order it takes after a first failure, and networks without WebSockets. */
const TRANSPORTS = [["websocket", "polling"], ["polling", "websocket"], ["polling"]];

export interface EditorReplay {
	readonly source: string;
	readonly bindings: Readonly<Record<string, string>>;
	/** The secrets that the server holds. */
	readonly serverSecrets: { readonly browser: string; readonly session: string };
	readonly editors: readonly RecordedEditor[];
}

export interface Replayed {
	/** Connections or requests. */
	readonly count: number;
	readonly messages: number;
	readonly findings: readonly string[];
}

export const replayEditors = ({
	source,
	bindings,
	serverSecrets,
	editors,
}: EditorReplay): Promise<Replayed> =>
	withCleanup(async (later) => {
		const received: unknown[] = [];
		const onMessage = (data: unknown) => void (isEcho(data) || received.push(data));
		const starting = startDocumentServer({ secrets: serverSecrets, onMessage });
		const server = await started(starting, later);
		const edge = await started(
			startWorkerd({ source, bindings: { ...bindings, ORIGIN: server.url } }),
			later,
		);
		const findings: string[] = [];
		let count = 0;
		let messages = 0;
		for (const editor of editors) {
			for (const transports of TRANSPORTS) {
				for (const [at, connection] of editor.connections.entries()) {
					received.length = 0;
					const auths = server.auths.length;
					const told = await converse(edge.url, { ...editor, transports }, connection);
					const wanted = connection.messages;
					const isWhole = isDeepStrictEqual(received.map(withoutTokens), wanted.map(withoutTokens));
					const name = `${editor.id}, ${transports.join(" then ")}, connection ${at + 1}`;
					if (told !== undefined) findings.push(`${name}: ${told}`);
					else if (!isWhole)
						findings.push(`${name}: ${received.length} of ${wanted.length} messages arrived unchanged`);
					else if (server.auths.length === auths)
						findings.push(`${name}: no auth message reached the server`);
					count++;
					messages += wanted.length;
				}
			}
		}
		return { count, messages, findings };
	});

const isEcho = (message: unknown): boolean => Object(message).type === "echo";

/** The edge may sign tokens again. */
function withoutTokens(message: unknown): unknown {
	const { jwtOpen, jwtSession, ...rest } = Object(message);
	return rest;
}

/** @returns what went wrong */
function converse(
	site: string,
	{ path, query, transports }: RecordedEditor,
	{ auth, messages }: RecordedEditor["connections"][number],
): Promise<string | undefined> {
	return new Promise((resolve) => {
		const client = io(site, {
			path,
			query,
			transports: [...transports],
			auth,
			forceNew: true,
			reconnection: false,
		});
		const end = (told: string | undefined) => {
			clearTimeout(timer);
			// First, because the client reports its own disconnecting too.
			resolve(told);
			client.disconnect();
		};
		const timer = setTimeout(end, PATIENCE_MS, "no answer");
		client.on("connect_error", (error: Error & { data?: object }) =>
			end(`refused: ${error.message} ${JSON.stringify(error.data ?? {})}`),
		);
		client.on("disconnect", (reason) => end(`disconnected: ${reason}`));
		client.on("connect", () => {
			for (const message of messages) client.emit("message", message);
			// A message that comes back shows that all before it have arrived.
			client.emit("message", { type: "echo" });
		});
		client.on("message", (message) => {
			if (isEcho(message)) end(undefined);
			if (message.type === "disconnectReason") end(`auth refused: ${JSON.stringify(message)}`);
		});
	});
}
