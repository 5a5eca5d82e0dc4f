/**
 * A Document Server that serves nothing: a real nginx with the locations of its package, and behind it a router with the
 * server's handlers. Each handler notes who reached it, and whether the server's own check would accept the request. No
 * handler refuses.
 */
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync, inflateSync } from "node:zlib";
import { startNginx } from "../../test/node/support/nginx.ts";
import { compilePath, readParameters, readUrl } from "./express-paths.ts";
import { HANDLERS, type Handler } from "./handlers.ts";
import { locations } from "./nginx-locations.ts";
import { acceptsLink, acceptsToken, type ReceivedRequest } from "./own-check.ts";
import type { ServerSecrets } from "./secrets.ts";

/** A protected handler that a request reached. */
export interface Reached {
	readonly handler: string;
	/** Method and target, as the handler saw them. */
	readonly request: string;
	/** Whether the server's own check accepts the request. */
	readonly isGood: boolean;
}

export interface DocumentServerOrigin {
	readonly url: URL;
	/** Returns and forgets what the requests with this header `X-Case` reached; "" for those without it. */
	readonly take: (id: string) => readonly Reached[];
	readonly stop: () => Promise<void>;
}

/** A document's key, as the server's router requires it. */
const DOCUMENT_KEY = /^[0-9-.a-zA-Z_=]*$/;
const COMPILED = HANDLERS.map((handler) => ({
	handler,
	pattern: compilePath(handler.path, handler.isMount),
}));

export async function startOrigin(secrets: ServerSecrets): Promise<DocumentServerOrigin> {
	const notes = new Map<string, Reached[]>();
	const note = ({ headers, method, url }: IncomingMessage, handler: string, isGood: boolean) => {
		const id = String(headers["x-case"] ?? "");
		notes.set(id, [...(notes.get(id) ?? []), { handler, request: `${method} ${url}`, isGood }]);
	};
	const docService = createServer(async (message, response) => {
		const body = await readBody(message);
		const status = route({ message, body: body ?? NO_BODY }, body !== undefined, secrets, note);
		response.writeHead(status).end();
	});
	/** What nginx serves itself. nginx names the file and its verdict on the link. */
	const files = createServer((message, response) => {
		const handler = String(message.headers["x-nginx-handler"]);
		note(message, handler, message.headers["x-nginx-link"] === "1");
		message.resume();
		response.end();
	});
	const ports = await Promise.all([docService, files].map(listen));
	const [docServiceUrl = "", filesUrl = ""] = ports.map((port) => `http://127.0.0.1:${port}`);
	const nginx = await startNginx(
		locations(docServiceUrl, filesUrl, secrets.link),
		"underscores_in_headers on;",
	);
	return {
		url: nginx.url,
		take: (id) => {
			const taken = notes.get(id) ?? [];
			notes.delete(id);
			return taken;
		},
		stop: async () => {
			await nginx.stop();
			for (const server of [docService, files]) {
				server.close();
				server.closeAllConnections();
			}
		},
	};
}

async function listen(server: Server): Promise<number> {
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	return (server.address() as AddressInfo).port;
}

/** @param isReadable false if the body has a coding that the server's body parser refuses */
function route(
	request: ReceivedRequest,
	isReadable: boolean,
	secrets: ServerSecrets,
	note: (message: IncomingMessage, handler: string, isGood: boolean) => void,
): number {
	const { message } = request;
	// engine.io takes these before Express sees them.
	if (message.url?.startsWith("/doc/")) return 400;
	const { pathname } = readUrl(message.url ?? "");
	for (const { handler, pattern } of COMPILED) {
		const match = pattern.exec(pathname);
		if (match === null) continue;
		const parameters = readParameters(match);
		if (parameters === undefined) return 400;
		if (handler.method && !isMethod(handler, message.method)) continue;
		if (handler.path.includes(":docid") && !DOCUMENT_KEY.test(parameters[0] ?? "")) return 403;
		if (handler.readsBody && !isReadable) return 500;
		const { requires } = handler;
		if (requires === "nothing" || (handler.id === "ai-proxy" && isPreflight(message))) return 200;
		const isGood =
			requires === "link"
				? acceptsLink(match[0].replace(/\/$/, ""), request, secrets)
				: requires !== "never" &&
					acceptsToken(requires, handler.readsBody ? request : { message, body: NO_BODY }, secrets);
		// Without a second slash the server finds no name of a file, and answers 404.
		if (requires === "link" && (message.url ?? "").lastIndexOf("/") <= match[0].length) return 404;
		note(message, handler.id, isGood);
		return 200;
	}
	return 404;
}

const NO_BODY = Buffer.alloc(0);

/** A browser asks so before a request of another site. It sends no token yet, and the server spends nothing. */
const isPreflight = ({ method, headers }: IncomingMessage): boolean =>
	method === "OPTIONS" && !headers.authorization?.startsWith("Bearer ");

/** A HEAD request reaches the handler of GET. */
const isMethod = ({ method, isMount }: Handler, asked = ""): boolean =>
	asked === method || (asked === "HEAD" && method === "GET" && !isMount);

/** @returns `undefined` for a coding that the server's body parser refuses, or that does not decode */
async function readBody(message: IncomingMessage): Promise<Buffer | undefined> {
	const chunks: Buffer[] = [];
	try {
		for await (const chunk of message) chunks.push(chunk);
		const bytes = Buffer.concat(chunks);
		const { "transfer-encoding": framing, "content-length": length } = message.headers;
		// The parser looks at the coding only if a body is announced (`type-is` hasBody).
		if (framing === undefined && length === undefined) return bytes;
		const coding = (message.headers["content-encoding"] || "identity").toLowerCase();
		if (coding === "identity") return bytes;
		if (coding === "gzip") return gunzipSync(bytes);
		return coding === "deflate" ? inflateSync(bytes) : undefined;
	} catch {
		return undefined;
	}
}
