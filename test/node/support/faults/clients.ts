/**
 * Clients that are slow, leave or break off, while they send their body and while they read the answer.
 */
import { connect, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { encodeRequest, parseResponse, type RawRequest } from "../raw-http.ts";

export interface RawClient {
	readonly socket: Socket;
	/** What it has received, one character per byte. */
	readonly received: () => string;
	/** The connection has ended. */
	readonly ended: Promise<unknown>;
	/** The first bytes of the answer are there, or the connection has ended. */
	readonly begun: Promise<unknown>;
}

export function openClient(site: URL): RawClient {
	const socket = connect(Number(site.port), site.hostname);
	const chunks: Buffer[] = [];
	socket.on("error", () => undefined);
	socket.on("data", (chunk) => chunks.push(chunk));
	const ended = next(socket, "close");
	return {
		socket,
		received: () => Buffer.concat(chunks).toString("latin1"),
		ended,
		begun: Promise.race([ended, next(socket, "data")]),
	};
}

/** Unlike `once` of Node, it does not reject if the connection breaks. */
const next = (socket: Socket, event: "close" | "data") =>
	new Promise<unknown>((resolve) => socket.once(event, resolve));

export interface ClientBehaviour {
	readonly name: string;
	/** It misbehaves while it sends a body, so its request needs one. */
	readonly needsBody: boolean;
	/** The whole body reaches the edge. */
	readonly sendsAll: boolean;
	/** What it can see of the answer. */
	readonly sees: "all" | "the beginning" | "nothing";
	readonly act: (client: RawClient, head: Buffer, body: Buffer) => Promise<void>;
}

/** Less than any time limit of a test. */
const SLOW_MS = 120;
const SLOW_PIECES = 4;
/** A request that is broken off earlier may never be read. */
const UNTIL_READ_MS = 30;

const write = (socket: Socket, bytes: Buffer) =>
	new Promise<void>((resolve) => {
		socket.write(bytes, () => resolve());
		socket.once("close", () => resolve());
	});
const half = (body: Buffer) => body.subarray(0, body.length / 2);
const sendAll = ({ socket }: RawClient, head: Buffer, body: Buffer) =>
	write(socket, Buffer.concat([head, body]));
async function sendHalf({ socket }: RawClient, head: Buffer, body: Buffer): Promise<void> {
	await write(socket, Buffer.concat([head, half(body)]));
	await pause(UNTIL_READ_MS);
}

export const CLIENT_BEHAVIOURS: readonly ClientBehaviour[] = [
	{ name: "waits for its answer", needsBody: false, sendsAll: true, sees: "all", act: sendAll },
	{
		name: "reads its answer slowly",
		needsBody: false,
		sendsAll: true,
		sees: "all",
		act: async (client, head, body) => {
			const { socket } = client;
			await sendAll(client, head, body);
			while (!socket.closed) {
				socket.pause();
				await pause(SLOW_MS);
				socket.resume();
				await Promise.race([client.ended, next(socket, "data")]);
			}
		},
	},
	{
		name: "leaves before its answer",
		needsBody: false,
		sendsAll: true,
		sees: "nothing",
		act: async (client, head, body) => {
			await sendAll(client, head, body);
			await pause(UNTIL_READ_MS);
			client.socket.destroy();
		},
	},
	{
		name: "resets before its answer",
		needsBody: false,
		sendsAll: true,
		sees: "nothing",
		act: async (client, head, body) => {
			await sendAll(client, head, body);
			await pause(UNTIL_READ_MS);
			client.socket.resetAndDestroy();
		},
	},
	{
		name: "leaves in the middle of its answer",
		needsBody: false,
		sendsAll: true,
		sees: "the beginning",
		act: async (client, head, body) => {
			await sendAll(client, head, body);
			await client.begun;
			client.socket.destroy();
		},
	},
	{
		name: "sends its body slowly",
		needsBody: true,
		sendsAll: true,
		sees: "all",
		act: async ({ socket }, head, body) => {
			await write(socket, head);
			const bytes = Math.ceil(body.length / SLOW_PIECES);
			for (let sent = 0; sent < body.length && !socket.closed; sent += bytes) {
				await pause(SLOW_MS);
				await write(socket, body.subarray(sent, sent + bytes));
			}
		},
	},
	{
		name: "stops in the middle of its body",
		needsBody: true,
		sendsAll: false,
		sees: "all",
		act: sendHalf,
	},
	{
		name: "leaves in the middle of its body",
		needsBody: true,
		sendsAll: false,
		sees: "nothing",
		act: async (client, head, body) => {
			await sendHalf(client, head, body);
			client.socket.destroy();
		},
	},
	{
		name: "resets in the middle of its body",
		needsBody: true,
		sendsAll: false,
		sees: "nothing",
		act: async (client, head, body) => {
			await sendHalf(client, head, body);
			client.socket.resetAndDestroy();
		},
	},
];

export interface Seen {
	/** 0: no answer. */
	readonly status: number;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: Buffer;
	/** The answer has the announced length. */
	readonly isWhole: boolean;
	/** The connection did not end within the client's patience. */
	readonly isLate: boolean;
}

/** @param patience how long the client waits: in all, and after the first bytes of its answer */
export async function sendAs(
	{ act }: ClientBehaviour,
	site: URL,
	request: RawRequest,
	patience: { readonly ms: number; readonly afterBeginMs?: number },
): Promise<Seen> {
	const bytes = encodeRequest(request);
	const end = bytes.indexOf("\r\n\r\n") + 4;
	const client = openClient(site);
	const { socket, ended, begun } = client;
	const gone = new AbortController();
	const after = (ms: number) => pause(ms, "late", { signal: gone.signal }).catch(() => "ended");
	const { ms, afterBeginMs = ms } = patience;
	const waited = Promise.race([ended, after(ms), begun.then(() => after(afterBeginMs))]);
	await Promise.race([act(client, bytes.subarray(0, end), bytes.subarray(end)), waited]);
	const isLate = (await waited) === "late";
	gone.abort();
	socket.destroy();
	return { ...read(client.received(), request.method), isLate };
}

function read(received: string, method: string): Omit<Seen, "isLate"> {
	const bytes = Buffer.from(received, "latin1");
	if (!received.includes("\r\n\r\n")) return { status: 0, headers: {}, body: bytes, isWhole: false };
	const { status, headers, body } = parseResponse(bytes);
	const length = headers["content-length"];
	const isWhole =
		headers["transfer-encoding"] === "chunked"
			? received.endsWith("0\r\n\r\n")
			: method === "HEAD" || length === undefined || body.length === Number(length);
	return { status, headers, body, isWhole };
}
