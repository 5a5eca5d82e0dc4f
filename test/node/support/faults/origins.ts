/**
 * Origins that fail in every way a server can, each with the answer that a client of the edge gets.
 */
import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TlsOptions } from "node:tls";
import { freePort } from "../../../../local/edge.ts";
import { SELF_SIGNED } from "../self-signed.ts";
import { type Listening, listen } from "./listening.ts";
import type { Codes } from "./routes.ts";

/** The edge's own answer. */
export interface Told {
	readonly status: number;
	readonly reason: string;
	readonly codes: Codes;
}

export interface OriginFault {
	readonly name: string;
	/** @param received the request lines that reach the origin */
	readonly start: (received: string[]) => Promise<Listening>;
	readonly told: Told;
	/** The origin is reached, and can read the request. */
	readonly reads: boolean;
}

/** The paths that such an origin answers well. */
export const HEALTH_PATH = "/healthcheck";
export const FINE_PATH = "/fine";
const FINE = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\ntrue";

/** A TCP server that runs `onRequest` on each connection with a request. */
export function misbehaving(
	received: string[],
	onRequest: (socket: Socket) => unknown,
	tls?: TlsOptions,
): Server {
	const onConnection = (socket: Socket) => {
		socket.on("error", () => undefined);
		socket.once("data", (data) => {
			const line = data.toString("latin1").split("\r\n", 1)[0] ?? "";
			if (line.startsWith(`GET ${HEALTH_PATH} `) || line.startsWith(`GET ${FINE_PATH} `)) {
				socket.end(FINE);
				return;
			}
			received.push(line);
			onRequest(socket);
		});
	};
	return tls ? createTlsServer(tls, onConnection) : createServer(onConnection);
}

/** A client tells these two apart by the error number. */
export const UNREACHABLE: Told = {
	status: 502,
	reason: "origin_unreachable",
	codes: { command: 3, convert: -1 },
};
const TIMEOUT: Told = { status: 504, reason: "origin_timeout", codes: { command: 3, convert: -2 } };

const sends = (bytes: string) => (socket: Socket) => socket.end(bytes);
const over =
	(onRequest: (socket: Socket) => unknown, scheme = "http", tls?: TlsOptions) =>
	(received: string[]) =>
		listen(misbehaving(received, onRequest, tls), scheme);
const unreachable = { told: UNREACHABLE, reads: false };
const breaks = { told: UNREACHABLE, reads: true };

export const ORIGIN_FAULTS: readonly OriginFault[] = [
	{
		name: "refuses connections",
		start: async () => ({ url: `http://127.0.0.1:${await freePort()}`, stop: () => undefined }),
		...unreachable,
	},
	{
		name: "has a name that does not resolve",
		start: async () => ({ url: "http://ds.invalid", stop: () => undefined }),
		...unreachable,
	},
	{ name: "has a self-signed certificate", start: over(sends(""), "https", SELF_SIGNED), ...unreachable },
	{
		name: "speaks plain HTTP where TLS is expected",
		start: over(sends("HTTP/1.1 200 OK\r\n\r\n"), "https"),
		...unreachable,
	},
	{ name: "resets before headers", start: over((socket) => socket.resetAndDestroy()), ...breaks },
	{ name: "closes before headers", start: over(sends("")), ...breaks },
	{
		name: "closes in the middle of headers",
		start: over(sends("HTTP/1.1 200 OK\r\nContent-")),
		...breaks,
	},
	{ name: "speaks no HTTP", start: over(sends("220 smtp.test ready\r\n")), ...breaks },
	{ name: "is silent", start: over(() => undefined), told: TIMEOUT, reads: true },
];

/** Half of the response of an origin that breaks off. */
export const HALF_RESPONSE =
	'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nContent-Type: image/png\r\nETag: "e"\r\n\r\nhalf';
/** The response of an origin with an error of its own. */
export const ERROR_RESPONSE =
	"HTTP/1.1 503 Service Unavailable\r\nX-Own: 1\r\nRetry-After: 7\r\nContent-Length: 6\r\nConnection: close\r\n\r\nbroken";
