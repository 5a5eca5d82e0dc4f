/**
 * Decides how a request takes part in the editor's socket (engine.io): upgrade, polling GET or polling POST.
 *
 * The edge refuses a request that two versions of engine.io read differently. In two points it is stricter than the
 * server: it refuses JSONP polling and protocols other than 4. Their packets look different, and no editor uses them.
 * Source: engine.io `server.js`, verify and handshake.
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
	/** Any other request. It opens no socket and brings no packets: the server answers it with an error. */
	| { readonly way: "other" };

export function readSocketRequest(target: Target, upgrade: string | null): SocketRequest | Refusal {
	// nginx passes this path decoded, so engine.io would take a decoded `?` or `#` for the end of the path.
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

/** Whether the request is a handshake: it opens a session, so it names none. */
export const opensSession = ({ method, docService }: Target): boolean =>
	method === "GET" && !readQuery(docService.query)?.sid;

interface SocketQuery {
	readonly sid: string;
	readonly EIO: string;
	readonly transport: string;
}

/** The parameters that engine.io decides by. `j` asks for JSONP. */
const NAMES = ["sid", "EIO", "transport", "j"] as const;

/**
 * Reads the query as every version of engine.io does. Until 6.6.4 it uses `querystring`, which stops at 1000 names.
 * Since then it uses `URLSearchParams`. The two also take different values of a repeated name.
 *
 * @returns `undefined` if the two read the query differently, and for JSONP
 */
function readQuery(query: string): SocketQuery | undefined {
	const byName = parse(query);
	const params = new URLSearchParams(query);
	for (const name of NAMES) {
		const values = params.getAll(name);
		if (values.length > 1 || values[0] !== byName[name]) return undefined;
	}
	const textOf = (name: string) => params.get(name) ?? "";
	if (params.has("j")) return undefined;
	return { sid: textOf("sid"), EIO: textOf("EIO"), transport: textOf("transport") };
}
