/**
 * Editors that stay open through the steps: real socket.io clients over each transport. They reconnect by themselves when
 * the edge or the server is replaced, always with the credentials that they opened with.
 */
import jsonwebtoken from "jsonwebtoken";
import { io, type Socket } from "socket.io-client";
import { type Age, SECRETS } from "./steps.ts";

const TRANSPORTS = [["websocket"], ["polling"], ["polling", "websocket"]];
const RECONNECT_MS = 100;
/** Nobody waits this long, unless the edge has lost a message. */
const PATIENCE_MS = 60_000;
const CLAIMS = { document: { key: "doc1", url: "http://x.test/a.docx" } };

export interface Editor {
	readonly age: Age;
	/** Waits until it is connected and a message came back. @returns whether both happened */
	readonly isAlive: () => Promise<boolean>;
	/** How often it was connected so far. */
	readonly connects: () => number;
	/** What it was told since the last call, in place of being let in. */
	readonly takeRefusals: () => string[];
	readonly close: () => void;
}

/** Every second editor holds the server's session token, the others an integration's token. */
export function openEditor(n: number, site: URL, age: Age): Editor {
	const token = jsonwebtoken.sign(CLAIMS, SECRETS[age].token);
	const isSession = n % 2 === 0;
	const transports = TRANSPORTS[n % TRANSPORTS.length] ?? [];
	const client: Socket = io(site.origin, {
		path: "/doc/doc1/c/",
		transports,
		auth: isSession ? { session: token } : { token },
		forceNew: true,
		reconnectionDelay: RECONNECT_MS,
		reconnectionDelayMax: RECONNECT_MS,
	});
	let connects = 0;
	const refusals: string[] = [];
	client.on("connect", () => {
		connects++;
		client.emit("message", {
			type: "auth",
			token: "x",
			user: { id: "u" },
			...(isSession ? { jwtSession: token } : { jwtOpen: token }),
		});
	});
	// Without data the connection itself failed, and the client tries again.
	client.on("connect_error", (error: Error & { data?: object }) => {
		if (error.data) refusals.push(`CONNECT with the ${age} secret: ${JSON.stringify(error.data)}`);
	});
	client.on("message", (message) => {
		if (message.type === "disconnectReason")
			refusals.push(`auth with the ${age} secret: ${JSON.stringify(message)}`);
	});
	let sent = 0;
	const echoes = (data: string) =>
		new Promise<void>((resolve) => {
			const take = (message: { type: string; data: string }) => {
				if (message.type !== "echo" || message.data !== data) return;
				client.off("message", take);
				resolve();
			};
			client.on("message", take);
			client.emit("message", { type: "echo", data });
		});
	return {
		age,
		isAlive: async () => {
			const untilMs = performance.now() + PATIENCE_MS;
			// A message that was sent while the edge was replaced is lost, as at the server.
			while (performance.now() < untilMs && refusals.length === 0) {
				const isBack = await Promise.race([
					echoes(`${n}:${++sent}`).then(() => true),
					after(5 * RECONNECT_MS),
				]);
				if (isBack) return true;
			}
			return false;
		},
		connects: () => connects,
		takeRefusals: () => refusals.splice(0),
		close: () => void client.disconnect(),
	};
}

const after = (ms: number) => new Promise<false>((resolve) => setTimeout(resolve, ms, false));
