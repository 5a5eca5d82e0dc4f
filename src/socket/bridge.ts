/**
 * The Worker in the middle of an editor's WebSocket: every frame of the client goes through the gate, in
 * order; every frame of the server goes to the client; the end of one side ends the other.
 *
 * Every end that the edge causes is told, with its reason. A client that is not admitted within the server's
 * time is closed, as the server closes it, and its connection to the origin with it.
 */
import type { Host } from "../config/host.ts";
import { type Reason, refuse, type Verdict } from "../verdict.ts";
import type { Frame, SocketGate } from "./gate.ts";
import { restoreRefusal } from "./polling-body.ts";

/** RFC 6455 §7.4.1: these say how a connection ended and cannot be sent. */
const NO_STATUS = 1005;
const ABNORMAL = 1006;
/** What the other side is told when a connection breaks: "unexpected condition". */
const BROKEN = 1011;
/** Ends that are the edge's own. In all others the server closes without a status, and so does the edge. */
const OWN_CLOSE_CODES: Readonly<Partial<Record<Reason, number>>> = {
	socket_packets: 1008,
	socket_packet_size: 1009,
};
/** The server answers a question at once, or closes. */
const ANSWER_MS = 10_000;
/** Headers of the origin's 101 that speak of its connection to the edge alone. */
const HANDSHAKE = ["connection", "upgrade", "sec-websocket-accept", "sec-websocket-extensions"];

/**
 * @param answer the origin's 101
 * @param onEnd told why the edge ends the socket, where it does
 */
export function bridgeSocket(
	answer: Response,
	gate: SocketGate,
	{ socketConnectMs, reasons }: Pick<Host, "socketConnectMs" | "reasons">,
	onEnd: (verdict: Verdict) => void,
): Response {
	const upstream = answer.webSocket;
	if (upstream === null) return answer;
	const { 0: client, 1: edge } = new WebSocketPair();
	for (const socket of [edge, upstream]) {
		socket.binaryType = "arraybuffer";
		socket.accept();
	}

	let hasEnded = false;
	const end = (code?: number, reason?: string) => {
		hasEnded = true;
		clearTimeout(timer);
		known.resolve();
		close(edge, code, reason);
		close(upstream, code, reason);
	};
	const refuseAll = (reason: Reason) => {
		if (hasEnded) return;
		onEnd(refuse(reason));
		end(OWN_CLOSE_CODES[reason], reasons ? reason : undefined);
	};

	/** Settles when the server has shown that the client is connected, or when the socket ends. */
	const known = Promise.withResolvers<void>();
	let isAsked = false;
	const ask = () => {
		if (isAsked || hasEnded) return;
		isAsked = true;
		for (const packet of gate.ask()) upstream.send(packet);
	};
	const expire = () => {
		if (gate.isAdmitted()) return;
		if (!gate.isUnknown() || isAsked) return refuseAll("socket_timeout");
		// An idle editor that connected by polling has shown nothing here yet.
		ask();
		timer = setTimeout(expire, ANSWER_MS);
	};
	let timer = setTimeout(expire, socketConnectMs);

	let turn = Promise.resolve();
	edge.addEventListener("message", ({ data }) => {
		if (hasEnded) return;
		const frame = data as Frame;
		const excess = gate.receive(frame);
		if (excess) return refuseAll(excess);
		turn = turn.then(() => take(frame)).catch(() => end(BROKEN));
	});
	const take = async (frame: Frame): Promise<void> => {
		if (hasEnded) return;
		const step = await gate.judge(frame, Math.floor(Date.now() / 1000));
		if (hasEnded) return;
		if (step.do === "pass") return upstream.send(step.frame);
		if (step.do === "close") return refuseAll(step.reason);
		if (step.do === "ask") {
			ask();
			await known.promise;
			return take(frame);
		}
		for (const packet of step.packets) edge.send(packet);
		if (step.close) end();
	};

	upstream.addEventListener("message", ({ data }) => {
		const isAnswer = gate.hear(data as Frame);
		if (gate.isAdmitted()) known.resolve();
		if (isAnswer) return;
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
