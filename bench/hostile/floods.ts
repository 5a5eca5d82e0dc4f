/**
 * Measures floods: a WebSocket that never connects and sends endless frames or a huge one, and a large upload in shadow
 * mode. None may reach the origin for long, or stay in memory.
 */
import { WebSocket } from "ws";
import { sendRaw } from "../../test/node/support/raw-http.ts";
import { residentBytes } from "../../test/node/support/workerd.ts";
import type { SilentOrigin } from "../servers/silent-origin.ts";
import type { Workerd } from "../servers/workerd.ts";
import { atMost, type Target } from "../targets.ts";

const MIB = 1024 * 1024;

export type StartEdge = (bindings?: Readonly<Record<string, string>>) => Promise<Workerd>;

/** A WebSocket names a polling session that never connected, then sends endless frames or one of 30 MB. */
export async function measureSocket(edgeWith: StartEdge, origin: SilentOrigin): Promise<Target[]> {
	const flood = (frames: readonly string[]) => async (socket: WebSocket) => {
		for (const frame of frames) {
			if (socket.readyState !== socket.OPEN) return;
			socket.send(frame);
			if (socket.bufferedAmount > MIB) await new Promise((resolve) => setTimeout(resolve, 1));
		}
	};
	const cases = [
		["200,000 frames", flood(Array(200_000).fill('42["x"]'))],
		["a frame of 30 MB", flood([`42["message",{"type":"auth","x":[${"{},".repeat(1e7)}{}]}]`])],
	] as const;
	const targets: Target[] = [];
	for (const [name, send] of cases) {
		const edge = await edgeWith();
		const socket = new WebSocket(
			`${edge.url.replace("http", "ws")}/doc/d/c/?EIO=4&transport=websocket&sid=s`,
		);
		await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
		const before = { resident: residentBytes(edge.pid), frames: origin.frames() };
		const closed = new Promise((resolve) => socket.once("close", resolve));
		await send(socket);
		await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 2000))]);
		targets.push(
			atMost(`anonymous sid, ${name}: frames at the origin`, origin.frames() - before.frames, 4),
			atMost(
				`anonymous sid, ${name}: memory`,
				(residentBytes(edge.pid) - before.resident) / MIB,
				128,
				" MiB",
			),
		);
		socket.terminate();
		await edge.stop();
	}
	return targets;
}

const UPLOAD_MIB = 300;

/** Shadow mode forwards every request. A body that is not read for a token must not be held in memory. */
export async function measureShadow(edgeWith: StartEdge): Promise<Target> {
	const edge = await edgeWith({ SHADOW_ROUTES: "command" });
	await (await fetch(`${edge.url}/open`, { method: "POST", body: "x" })).text();
	const idle = residentBytes(edge.pid);
	let most = idle;
	const watch = setInterval(() => {
		most = Math.max(most, residentBytes(edge.pid));
	}, 5);
	const body = Buffer.alloc(UPLOAD_MIB * MIB);
	await sendRaw(new URL(edge.url), { method: "POST", target: "/open", body, framing: "chunked" });
	clearInterval(watch);
	await edge.stop();
	return atMost(`shadow mode, upload of ${UPLOAD_MIB} MB: memory`, (most - idle) / MIB, 8, " MiB");
}
