/**
 * The socket side of a Document Server: real socket.io with the server's token checks (jsonwebtoken) and its version
 * prefix, as measured on a real one. One part is made up for the tests: a message of type `echo` comes back.
 */
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { attach } from "engine.io";
import jsonwebtoken from "jsonwebtoken";
import { Server, type Socket } from "socket.io";

export interface DocumentServer {
	readonly url: string;
	/** The data of every CONNECT packet that reached the token check. */
	readonly connects: unknown[];
	/** The data of every `auth` message that reached the server. */
	readonly auths: unknown[];
	/** The number of open engine.io connections. */
	readonly openConnections: () => number;
	readonly stop: () => Promise<void>;
}

export interface DocumentServerOptions {
	readonly secrets: { readonly browser: string; readonly session: string };
	readonly tokenEnabled?: boolean;
	readonly connectTimeoutMs?: number;
	readonly pingIntervalMs?: number;
	/** The server ends a client that answers a ping later than this. */
	readonly pingTimeoutMs?: number;
	/** Accepts every token, as if the edge before it were the only check. */
	readonly trusts?: boolean;
	/** Called with everything that reaches a handler, and with the URL under which its client opened the socket. */
	readonly onHandled?: (url: string, handled: Handled) => void;
	/** Another version of socket.io and of engine.io. */
	readonly socketIo?: SocketIo;
	/** Receives each message of an admitted client. */
	readonly onMessage?: (data: unknown) => void;
}

/** Tokens that the server has accepted, and events of an admitted client. */
export type Handled =
	| { readonly kind: "connect" | "auth"; readonly session: unknown; readonly token: unknown }
	| { readonly kind: "event"; readonly args: readonly unknown[] };

export interface SocketIo {
	readonly Server: typeof Server;
	readonly attach: typeof attach;
}

type Secrets = DocumentServerOptions["secrets"];

const DOCUMENT_PATH = /^\/doc\/([0-9-.a-zA-Z_=]*)\/c.+/i;

export async function startDocumentServer(options: DocumentServerOptions): Promise<DocumentServer> {
	const { secrets, tokenEnabled = true, connectTimeoutMs = 600_000 } = options;
	const { pingIntervalMs = 86_400_000, pingTimeoutMs = 86_400_000 } = options;
	const { trusts = false, onHandled = () => undefined, socketIo = { Server, attach } } = options;
	const inner = createServer((_, response) => response.writeHead(404).end("Cannot GET"));
	const io = new socketIo.Server({ serveClient: false, connectTimeout: connectTimeoutMs });
	const engine = socketIo.attach(inner, {
		path: "/doc/",
		pingInterval: pingIntervalMs,
		pingTimeout: pingTimeoutMs,
		maxHttpBufferSize: 1e8,
	});
	io.bind(engine);
	const connects: unknown[] = [];
	const auths: unknown[] = [];

	const check = (session: unknown, token: unknown) =>
		trusts ? undefined : checkSocketToken(session, token, secrets);
	io.use((socket, next) => {
		const { auth } = socket.handshake;
		connects.push(auth);
		const refused = tokenEnabled ? check(auth.session, auth.token) : undefined;
		const { session, token } = auth;
		if (!refused) onHandled(socket.request.url ?? "", { kind: "connect", session, token });
		next(refused && Object.assign(new Error("not authorized"), { data: refused }));
	});
	io.on("connection", (socket) => {
		if (!DOCUMENT_PATH.test(socket.request.url ?? "")) {
			return disconnect(socket, { code: 4004, description: "access deny" });
		}
		socket.emit("message", { type: "license", license: {} });
		socket.onAny((...args) => {
			if (!isAuth(args[1])) onHandled(socket.request.url ?? "", { kind: "event", args });
		});
		socket.on("message", (data) => {
			options.onMessage?.(data);
			if (data?.type === "echo") return socket.emit("message", data);
			if (!isAuth(data)) return;
			auths.push(data);
			const refused = check(data.jwtSession, data.jwtOpen);
			if (refused) return disconnect(socket, refused);
			onHandled(socket.request.url ?? "", { kind: "auth", session: data.jwtSession, token: data.jwtOpen });
			const { document } = Object(jsonwebtoken.decode(data.jwtSession || data.jwtOpen));
			if (!document?.url) return disconnect(socket, { code: 4006, description: "token:" });
			socket.emit("message", { type: "auth", result: 1 });
		});
	});

	/** Plays the nginx before it, which drops a version prefix and then passes the path decoded. */
	const withoutPrefix = (request: IncomingMessage) => {
		const [path = "", ...query] = (request.url ?? "").split("?");
		const prefix = /^\/\d+\.\d+\.\d+[.|-]\w+(?=\/)/.exec(path)?.[0];
		if (prefix) request.url = [decodeURIComponent(path.slice(prefix.length)), ...query].join("?");
		return request;
	};
	const outer = createServer((request, response) => inner.emit("request", withoutPrefix(request), response));
	outer.on("upgrade", (request, ...rest) => inner.emit("upgrade", withoutPrefix(request), ...rest));
	await new Promise<void>((resolve) => outer.listen(0, "127.0.0.1", resolve));
	return {
		url: `http://127.0.0.1:${(outer.address() as AddressInfo).port}`,
		connects,
		auths,
		openConnections: () => engine.clientsCount,
		stop: async () => {
			await io.close();
			await new Promise((resolve) => {
				outer.close(resolve);
				outer.closeAllConnections();
			});
		},
	};
}

const isAuth = (data: unknown): boolean => {
	const { type, token, user } = Object(data);
	return type === "auth" && Boolean(token && user);
};

interface Refused {
	readonly code: number | null;
	readonly description: string | null;
}

/** The server's check of both messages that bring tokens. @returns `undefined` for a good token */
export const checkSocketToken = (session: unknown, token: unknown, secrets: Secrets): Refused | undefined =>
	checkJwt(session || token, session ? secrets.session : secrets.browser);

function checkJwt(token: unknown, secret: string): Refused | undefined {
	try {
		const decoded = jsonwebtoken.verify(token as string, secret, { clockTolerance: 60 });
		return decoded ? undefined : { code: null, description: null };
	} catch (error) {
		if (error instanceof jsonwebtoken.TokenExpiredError) return described(4005, error);
		if (error instanceof jsonwebtoken.NotBeforeError) return { code: null, description: null };
		if (error instanceof jsonwebtoken.JsonWebTokenError) return described(4006, error);
		return { code: null, description: null };
	}
}

const described = (code: number, { message }: Error): Refused => ({ code, description: `token:${message}` });

function disconnect(socket: Socket, { code, description }: Refused): void {
	socket.emit("message", { type: "disconnectReason", code, description });
	socket.disconnect(true);
}
