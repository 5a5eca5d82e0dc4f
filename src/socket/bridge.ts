/**
 * Connects the two halves of an editor's WebSocket: client to edge, and edge to origin. Every frame of the client
 * passes the gate, in order. Every frame of the origin goes to the client. The end of one half ends the other.
 *
 * The edge reports every refusal that closes the socket, with its reason. If a client is not admitted within the
 * server's time limit, the edge closes both halves, as the server would.
 */
import type { Host } from "../config/host.ts";
import type { CredentialFacts } from "../deny/credential-facts.ts";
import { DENIALS, type Reason, type Refusal, refuse, type Verdict } from "../verdict.ts";
import type { Frame, SocketGate } from "./gate.ts";
import { restoreRefusal } from "./polling-body.ts";

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
/** How often the edge asks the deny lists about an open socket. */
const RECHECK_MS = 10_000;

/** Whether the deny lists of the moment deny an open socket. @param accepted the credentials of its client */
export type Recheck = (accepted: readonly CredentialFacts[]) => Promise<Refusal | undefined>;
/** The edge may ask the server whether the client is connected (`gate.ts`). The server answers at once, or closes. */
const QUESTION_LIMIT_MS = 10_000;
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
		clearTimeout(timer);
		if (rechecks !== undefined) clearInterval(rechecks);
		admission.resolve();
		close(clientSocket, code, closeReason);
		close(originSocket, code, closeReason);
	};
	const endWith = (reason: Reason) => {
		if (hasEnded) return;
		onEnd(refuse(reason));
		end(EDGE_CLOSE_CODES[reason], reasons ? reason : undefined);
	};

	/** Settles when the server has shown that the client is connected, or when the socket ends. */
	const admission = Promise.withResolvers<void>();
	let isAsked = false;
	const ask = () => {
		if (isAsked || hasEnded) return;
		isAsked = true;
		for (const packet of gate.questionPackets()) originSocket.send(packet);
	};
	const expire = () => {
		if (gate.isAdmitted()) return;
		if (!gate.isUnknown() || isAsked) return endWith("socket_timeout");
		// An idle editor that connected by polling sends nothing here. Without the question the edge would close it.
		ask();
		timer = setTimeout(expire, QUESTION_LIMIT_MS);
	};
	let timer = setTimeout(expire, socketConnectMs);
	const rechecks =
		recheck &&
		setInterval(async () => {
			const denied = await recheck(gate.accepted()).catch(() => undefined);
			if (denied) endWith(denied.reason);
		}, RECHECK_MS);

	/** Frames wait for their turn, so none overtakes a CONNECT whose token is still being verified. */
	let turn = Promise.resolve();
	clientSocket.addEventListener("message", ({ data }) => {
		if (hasEnded) return;
		const frame = data as Frame;
		const excess = gate.receive(frame);
		if (excess) return endWith(excess);
		turn = turn.then(() => take(frame)).catch(() => end(BROKEN));
	});
	const take = async (frame: Frame): Promise<void> => {
		if (hasEnded) return;
		const step = await gate.judge(frame, Math.floor(Date.now() / 1000));
		if (hasEnded) return;
		if (step.do === "pass") return originSocket.send(step.frame);
		if (step.do === "close") return endWith(step.reason);
		if (step.do === "ask") {
			ask();
			await admission.promise;
			return take(frame);
		}
		for (const packet of step.packets) clientSocket.send(packet);
		if (step.close) end();
	};

	originSocket.addEventListener("message", ({ data }) => {
		const isForEdge = gate.hear(data as Frame);
		if (gate.isAdmitted()) admission.resolve();
		if (isForEdge) return;
		const frames = typeof data === "string" ? restoreRefusal(data) : [data as ArrayBuffer];
		try {
			for (const frame of frames) clientSocket.send(frame);
		} catch {
			// The client has gone, and its close event has not arrived yet.
			end(BROKEN);
		}
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
