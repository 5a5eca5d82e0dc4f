/**
 * Opens an editor's WebSocket through the Worker. The test plays both ends: the client and the origin.
 */
import { expect, vi } from "vitest";
import type { Bindings } from "../../../src/config/bindings.ts";
import { BINDINGS, callEdge } from "./call-edge.ts";

export interface OpenSocket {
	readonly send: (frame: string | ArrayBuffer) => void;
	/** The frames that reached the client. */
	readonly atClient: unknown[];
	/** The frames that reached the origin. */
	readonly atOrigin: unknown[];
	/** The code and the reason with which the edge closed the client's half. */
	readonly closed: Promise<readonly [code: number, reason: string]>;
	/** Sends a frame as the origin. */
	readonly answer: (frame: string) => void;
}

export async function openSocket(
	bindings: Bindings = BINDINGS,
	query = "EIO=4&transport=websocket",
): Promise<OpenSocket> {
	const { 0: edgesHalf, 1: origin } = new WebSocketPair();
	const atOrigin: unknown[] = [];
	origin.accept();
	origin.addEventListener("message", ({ data }) => void atOrigin.push(data));
	const request = new Request(`http://edge.test/doc/K/c/?${query}`, { headers: { Upgrade: "websocket" } });
	const { response } = await callEdge(
		request,
		bindings,
		() => new Response(null, { status: 101, webSocket: edgesHalf }),
	);
	// The edge logs a refused packet later than the request.
	vi.spyOn(console, "log").mockImplementation(() => undefined);
	const client = response.webSocket;
	if (client === null) throw new Error(`no socket: ${response.status}`);
	const atClient: unknown[] = [];
	client.accept();
	client.addEventListener("message", ({ data }) => void atClient.push(data));
	const closed = new Promise<readonly [number, string]>((resolve) =>
		client.addEventListener("close", ({ code, reason }) => resolve([code, reason])),
	);
	return {
		send: (frame) => client.send(frame),
		answer: (frame) => origin.send(frame),
		atClient,
		atOrigin,
		closed,
	};
}

/** Waits until so many frames are there. */
export async function arrived(frames: readonly unknown[], count: number): Promise<readonly unknown[]> {
	await expect.poll(() => frames.length, { interval: 2 }).toBeGreaterThanOrEqual(count);
	return frames;
}
