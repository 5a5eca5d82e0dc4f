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
import type { Frame, SocketGate } from "./gate.ts";
import { type Recheck, startRechecks } from "./recheck.ts";
import { passesToClient, passesToOrigin } from "./unread.ts";

/** RFC 6455 §7.4.1: these codes tell how a connection ended and must not be sent. */
const NO_STATUS = 1005;
const ABNORMAL = 1006;
/** RFC 6455 §7.4.1, "unexpected condition": tells one side that the connection of the other broke. */
const BROKEN = 1011;
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
		close(clientSocket, code, closeReason);
		close(originSocket, code, closeReason);
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

/** `WebSocket.close` throws if the socket is closed already. The other half may have been closed first. */
function close(socket: WebSocket, code: number | undefined, reason: string | undefined): void {
	try {
		if (code === undefined || code === NO_STATUS) socket.close();
		else if (maySend(code)) socket.close(code, reason);
		else socket.close(BROKEN);
	} catch {
		// The socket is closed already.
	}
}

/** RFC 6455 §7.4.2: registered codes, and codes of libraries and applications. */
function maySend(code: number): boolean {
	const registered = code >= 1000 && code <= 1014 && code !== 1004 && code !== NO_STATUS && code !== ABNORMAL;
	return registered || (code >= 3000 && code <= 4999);
}
