/**
 * Connects the two halves of an editor's WebSocket: client to edge, and edge to origin. The end of one half ends the
 * other.
 *
 * Until the client is admitted, every frame passes the gate. Then only the frames do that can change who may do what
 * (`unread.ts`); all others pass at once. Frames keep their order: behind a frame whose token is being verified, all
 * others wait.
 *
 * The edge reports every refusal that closes the socket, with its reason. If a client is not admitted within the
 * server's time limit, the edge closes both halves, as the server would.
 */
import type { Host } from "../config/host.ts";
import { DENIALS, type Reason, refuse, type Verdict } from "../verdict.ts";
import { type Admission, startAdmission } from "./admission.ts";
import { BROKEN, closeSocket } from "./close-socket.ts";
import type { Frame, SocketGate } from "./gate.ts";
import { type Recheck, startRechecks } from "./recheck.ts";
import { passesToClient, passesToOrigin } from "./unread.ts";

/** Close codes of limits that only the edge has. For all other reasons edge and server close without a code. */
const EDGE_CLOSE_CODES: Readonly<Partial<Record<Reason, number>>> = {
	socket_packets: 1008,
	socket_packet_size: 1009,
	...Object.fromEntries(DENIALS.map((reason) => [reason, 1008])),
};
/** Headers of the origin's 101 that concern only its connection to the edge. */
const CONNECTION_HEADERS = ["connection", "upgrade", "sec-websocket-accept", "sec-websocket-extensions"];

/**
 * @param response the origin's 101
 * @param onEnd called with the refusal for which the edge closes the socket
 * @param recheck absent if the deny lists cannot change while the isolate lives
 */
export function bridgeSocket(
	response: Response,
	gate: SocketGate,
	{ socketConnectMs, reasons }: Pick<Host, "socketConnectMs" | "reasons">,
	onEnd: (verdict: Verdict) => void,
	recheck?: Recheck,
): Response {
	const originSocket = response.webSocket;
	if (originSocket === null) return response;
	const { 0: clientsHalf, 1: clientSocket } = new WebSocketPair();
	for (const socket of [clientSocket, originSocket]) {
		socket.binaryType = "arraybuffer";
		socket.accept();
	}

	let hasEnded = false;
	const end = (code?: number, closeReason?: string) => {
		hasEnded = true;
		admission?.settle();
		rechecks?.stop();
		closeSocket(clientSocket, code, closeReason);
		closeSocket(originSocket, code, closeReason);
	};
	const endWith = (reason: Reason) => {
		if (hasEnded) return;
		onEnd(refuse(reason));
		end(EDGE_CLOSE_CODES[reason], reasons ? reason : undefined);
	};
	const send = (socket: WebSocket, frame: Frame) => {
		try {
			socket.send(frame);
		} catch {
			// The receiver has gone, and its close event has not arrived yet.
			end(BROKEN);
		}
	};

	/** `undefined` after the client was admitted. An open socket lives for hours, so nothing of its admission stays. */
	let admission: Admission | undefined = startAdmission(gate, socketConnectMs, originSocket, () =>
		endWith("socket_timeout"),
	);
	const endAdmission = () => {
		if (!gate.isAdmitted()) return;
		admission?.settle();
		admission = undefined;
	};
	const rechecks = recheck && startRechecks(recheck, endWith);

	/** Settles after the last frame that waits. */
	let turn = Promise.resolve();
	let waiting = 0;
	clientSocket.addEventListener("message", ({ data }) => {
		if (hasEnded) return;
		const frame = data as Frame;
		if (admission === undefined && waiting === 0 && passesToOrigin(frame)) return send(originSocket, frame);
		const excess = gate.receive(frame);
		if (excess) return endWith(excess);
		waiting++;
		turn = takeAfter(turn, frame);
	});
	const takeAfter = async (earlier: Promise<void>, frame: Frame): Promise<void> => {
		await earlier;
		await take(frame).catch(() => end(BROKEN));
		waiting--;
	};
	const take = async (frame: Frame): Promise<void> => {
		if (hasEnded) return;
		const step = await gate.judge(frame, Math.floor(Date.now() / 1000));
		if (hasEnded) return;
		endAdmission();
		if (step.do === "pass") {
			if (step.facts) rechecks?.remember(step.facts);
			return originSocket.send(step.frame);
		}
		if (step.do === "close") return endWith(step.reason);
		if (step.do === "ask") {
			admission?.ask();
			await admission?.settled;
			return take(frame);
		}
		for (const packet of step.packets) clientSocket.send(packet);
		if (step.close) end();
	};

	originSocket.addEventListener("message", ({ data }) => {
		if (hasEnded) return;
		const frame = data as Frame;
		if (admission === undefined && passesToClient(frame)) return send(clientSocket, frame);
		const frames = gate.hear(frame);
		endAdmission();
		for (const one of frames) send(clientSocket, one);
	});
	// The close of the client waits until its last frames are forwarded, else the origin would miss them.
	clientSocket.addEventListener("close", ({ code, reason }) => void turn.then(() => end(code, reason)));
	clientSocket.addEventListener("error", () => void turn.then(() => end(BROKEN)));
	originSocket.addEventListener("close", ({ code, reason }) => end(code, reason));
	originSocket.addEventListener("error", () => end(BROKEN));

	const headers = new Headers(response.headers);
	for (const name of CONNECTION_HEADERS) headers.delete(name);
	return new Response(null, { status: 101, headers, webSocket: clientsHalf });
}
