/**
 * The Worker in the middle of an editor's WebSocket: every frame of the client goes through the gate, in
 * order; every frame of the server goes to the client; the end of one side ends the other.
 *
 * A client that is not let in within the server's time is closed, as the server closes it, and its
 * connection to the origin with it.
 */
import { restoreRefusal } from "../evidence/polling-body.ts";
import { FRAMES_BEFORE_CONNECT, type SocketGate } from "../evidence/socket-gate.ts";

/** RFC 6455 §7.4.1: these say how a connection ended and cannot be sent. */
const NO_STATUS = 1005;
const ABNORMAL = 1006;
/** What the other side is told when a connection breaks: "unexpected condition". */
const BROKEN = 1011;
/** Headers of the origin's 101 that speak of its connection to the edge alone. */
const HANDSHAKE = ["connection", "upgrade", "sec-websocket-accept", "sec-websocket-extensions"];

/**
 * @param answer the origin's 101
 * @param connectMs how long a client may stay without being let in
 */
export function bridgeSocket(answer: Response, gate: SocketGate, connectMs: number): Response {
	const upstream = answer.webSocket;
	if (upstream === null) return answer;
	const { 0: client, 1: edge } = new WebSocketPair();
	for (const socket of [edge, upstream]) {
		socket.binaryType = "arraybuffer";
		socket.accept();
	}

	const end = (code?: number, reason?: string) => {
		clearTimeout(timer);
		close(edge, code, reason);
		close(upstream, code, reason);
	};
	const timer = setTimeout(() => {
		if (!gate.isOpen()) end();
	}, connectMs);

	let waiting = 0;
	let turn = Promise.resolve();
	edge.addEventListener("message", ({ data }) => {
		waiting++;
		if (!gate.isOpen() && waiting > FRAMES_BEFORE_CONNECT) return end();
		turn = turn.then(() => take(data as string | ArrayBuffer)).catch(() => end(BROKEN));
	});
	const take = async (frame: string | ArrayBuffer): Promise<void> => {
		const step = await gate.judge(frame, Math.floor(Date.now() / 1000));
		if (gate.isOpen()) waiting = 0;
		if (step.do === "pass") return upstream.send(step.frame);
		if (step.do === "close") return end();
		if (step.do === "drop") return;
		for (const packet of step.packets) edge.send(packet);
		if (step.close) end();
	};

	upstream.addEventListener("message", ({ data }) => {
		const frames = typeof data === "string" ? restoreRefusal(data) : [data as ArrayBuffer];
		try {
			for (const frame of frames) edge.send(frame);
		} catch {
			// The client has gone; its close is on the way.
			end(BROKEN);
		}
	});
	// The client's last frames reach the origin before its end does.
	edge.addEventListener("close", ({ code, reason }) => void turn.then(() => end(code, reason)));
	edge.addEventListener("error", () => void turn.then(() => end(BROKEN)));
	upstream.addEventListener("close", ({ code, reason }) => end(code, reason));
	upstream.addEventListener("error", () => end(BROKEN));

	const headers = new Headers(answer.headers);
	for (const name of HANDSHAKE) headers.delete(name);
	return new Response(null, { status: 101, headers, webSocket: client });
}

/** Closing twice, or what is closed already, is no error. */
function close(socket: WebSocket, code: number | undefined, reason: string | undefined): void {
	try {
		if (code === undefined || code === NO_STATUS) socket.close();
		else if (maySend(code)) socket.close(code, reason);
		else socket.close(BROKEN);
	} catch {
		// Already closed.
	}
}

/** RFC 6455 §7.4.2: registered codes, and those of libraries and applications. */
function maySend(code: number): boolean {
	const registered = code >= 1000 && code <= 1014 && code !== 1004 && code !== NO_STATUS && code !== ABNORMAL;
	return registered || (code >= 3000 && code <= 4999);
}
