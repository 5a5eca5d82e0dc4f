/**
 * Which way a request takes into the editor's socket (engine.io), and whether it is one the edge can read.
 *
 * Source: engine.io `server.js` verify, handshake; the edge is stricter in two ways: JSONP polling and
 * protocols other than 4 have packets that it does not read, and no editor uses them.
 */
import { parse } from "node:querystring";
import type { Target } from "../request/target.ts";
import { type Refusal, refuse } from "../verdict.ts";

export type SocketRequest =
	/** `continues`: the WebSocket takes over from a polling session. */
	| { readonly way: "websocket"; readonly continues: boolean }
	/** A POST that brings packets. */
	| { readonly way: "packets" }
	/** A GET that fetches packets. */
	| { readonly way: "poll" }
	/** Nothing that opens or feeds a socket: the server's own error answers it. */
	| { readonly way: "other" };

export function readSocketRequest(target: Target, upgrade: string | null): SocketRequest | Refusal {
	// nginx passes this path decoded, so a decoded delimiter in it would be one to engine.io.
	if (target.docService.path === target.path && /[?#]/.test(target.uri)) return refuse("path_ambiguous");
	const query = readQuery(target.docService.query);
	if (query === undefined) return refuse("socket_request");
	if (target.method === "POST") return { way: "packets" };
	if (target.method !== "GET") return { way: "other" };
	const isWebSocket = upgrade?.toLowerCase() === "websocket";
	const opens = query.transport === "polling" || (query.transport === "websocket" && isWebSocket);
	if (opens && query.sid === "" && query.EIO !== "4") return refuse("socket_version");
	if (isWebSocket) return { way: "websocket", continues: query.sid !== "" };
	return { way: query.transport === "polling" ? "poll" : "other" };
}

interface SocketQuery {
	readonly sid: string;
	readonly EIO: string;
	readonly transport: string;
}

/** What the server decides by. `j` asks for JSONP. */
const NAMES = ["sid", "EIO", "transport", "j"] as const;

/**
 * The query as every version of engine.io reads it: by `querystring`, which stops at 1000 names, until 6.6.4,
 * by `URLSearchParams` since. Which of several values a version takes differs too.
 *
 * @returns `undefined` where two of them read it otherwise, and for JSONP
 */
function readQuery(query: string): SocketQuery | undefined {
	const byName = parse(query, "&", "=", { maxKeys: 0 });
	const params = new URLSearchParams(query);
	for (const name of NAMES) {
		const values = params.getAll(name);
		if (values.length > 1 || values[0] !== byName[name]) return undefined;
	}
	const textOf = (name: string) => params.get(name) ?? "";
	if (params.has("j")) return undefined;
	return { sid: textOf("sid"), EIO: textOf("EIO"), transport: textOf("transport") };
}
