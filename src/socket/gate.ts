/**
 * What becomes of each frame that a client sends through its WebSocket: passed on, answered, or the end.
 *
 * Until a client is admitted, only CONNECT and engine.io's own packets get through, few and small. A socket
 * that continues a polling session (it names its `sid`) may have connected there, and only the server knows:
 * before such a client's first message the server is asked. No I/O. It remembers only who was admitted, and
 * whether the namespace is joined. Source: socket.io `client.js` ondecoded.
 */
import type { Host } from "../config/host.ts";
import type { Reason, Refusal, Verdict } from "../verdict.ts";
import { checkCredential, findCredential, refusalPackets } from "./credential.ts";
import { ENGINE_MESSAGE, readMessage } from "./message.ts";

export type Frame = string | ArrayBuffer;

export type Step =
	| { readonly do: "pass"; readonly frame: Frame }
	/** The server has to be asked whether this client is connected; then the frame is judged again. */
	| { readonly do: "ask" }
	| { readonly do: "close"; readonly reason: Reason }
	/** `close`: after these packets. */
	| { readonly do: "answer"; readonly packets: readonly string[]; readonly close: boolean };

export interface SocketGate {
	/** Whether a token was accepted here, or the server has shown that one was accepted before. */
	readonly isAdmitted: () => boolean;
	/** Whether only the server knows if this client is connected. */
	readonly isUnknown: () => boolean;
	/** Called as a frame arrives, before it waits for its turn. @returns why it ends the socket, if it does */
	readonly receive: (frame: Frame) => Reason | undefined;
	readonly judge: (frame: Frame, nowSeconds: number) => Promise<Step>;
	/** What to send to the server for an answer: it closes on the first packet unless the client is connected. */
	readonly ask: () => readonly string[];
	/** Told of each frame of the server. @returns whether it answers a question and is not the client's */
	readonly hear: (frame: Frame) => boolean;
}

/** A client that continues a session may have its messages on the way. */
const CONTINUED_FRAMES = 8;

/**
 * @param continues whether the socket names a polling session
 * @param onVerdict told of every credential that was checked
 */
export function createSocketGate(
	host: Host,
	continues: boolean,
	onVerdict: (verdict: Verdict) => void,
): SocketGate {
	const { packetBytes, framesBeforeConnect } = host.limits;
	const framesLimit = continues ? framesBeforeConnect * CONTINUED_FRAMES : framesBeforeConnect;
	let frames = 0;
	let bytes = 0;
	let isAdmitted = false;
	/** Whether the namespace is joined: another CONNECT makes the server close. */
	let isConnected = false;
	/** A namespace that no client can name before it is asked for: its answer is one to the edge alone. */
	let asked: string | undefined;

	const checkMessage = async (frame: string, nowSeconds: number): Promise<Step | undefined> => {
		const text = frame.slice(ENGINE_MESSAGE.length);
		const credential = findCredential(text, packetBytes);
		if (credential === undefined) return undefined;
		if ("ok" in credential) return close(credential.reason);
		if (credential.asks === "connect" && isConnected) return close("socket_connected");
		const checked = await checkCredential(text, credential, host, nowSeconds);
		onVerdict(checked);
		if (!checked.ok) return answer(credential.asks, checked);
		isAdmitted = true;
		return pass(ENGINE_MESSAGE + checked.text);
	};

	const beforeConnect = async (frame: Frame, nowSeconds: number): Promise<Step> => {
		if (typeof frame !== "string") return close("socket_packet");
		if (!frame.startsWith(ENGINE_MESSAGE)) {
			return ENGINE_PACKET_BEFORE_CONNECT.test(frame) ? pass(frame) : close("socket_packet");
		}
		const packet = readMessage(frame.slice(ENGINE_MESSAGE.length));
		if (packet?.kind !== "connect") return close("socket_packet");
		return (await checkMessage(frame, nowSeconds)) ?? pass(frame);
	};

	return {
		isAdmitted: () => isAdmitted,
		isUnknown: () => continues && !isAdmitted,
		receive: (frame) => {
			if (isAdmitted) return undefined;
			bytes += sizeOf(frame);
			// Each byte may be hashed with each key of a ring: a refused CONNECT and its retry have to do.
			if (sizeOf(frame) > packetBytes || bytes > packetBytes * 2) return "socket_packet_size";
			frames++;
			return frames > framesLimit ? "socket_packets" : undefined;
		},
		judge: async (frame, nowSeconds) => {
			if (!isAdmitted && !continues) return beforeConnect(frame, nowSeconds);
			const isText = typeof frame === "string";
			if (isText && LEAVES.test(frame)) isConnected = false;
			const step =
				isText && frame.startsWith(ENGINE_MESSAGE) ? await checkMessage(frame, nowSeconds) : undefined;
			if (step) return step;
			const isEngines = isText && !frame.startsWith(ENGINE_MESSAGE) && !frame.startsWith(ENGINE_BINARY);
			return isAdmitted || isEngines ? pass(frame) : { do: "ask" };
		},
		ask: () => {
			asked = `/.edge/ask/${crypto.randomUUID()},`;
			return ["43999999999[]", `40${asked}`];
		},
		hear: (frame) => {
			if (typeof frame !== "string") return false;
			const type = frame.slice(0, 2);
			const isAnswer = asked !== undefined && frame.startsWith(`44${asked}`);
			if (isAnswer || JOINED.has(type)) isAdmitted = true;
			if (type === "40") isConnected = true;
			if (type === "41") isConnected = false;
			return isAnswer;
		},
	};
}

/** The server sends these to nobody who is not connected: CONNECT, event, acknowledgement, binary event. */
const JOINED = new Set(["40", "42", "43", "45"]);
/** DISCONNECT from the one namespace that there is. */
const LEAVES = /^41(?:\/,|[^/]|$)/;
/** Bytes in base64. */
const ENGINE_BINARY = "b";
const pass = (frame: Frame): Step => ({ do: "pass", frame });
const close = (reason: Reason): Step => ({ do: "close", reason });
/** close, pong, upgrade, noop. A ping from a client, or anything else, makes the server close. */
const ENGINE_PACKET_BEFORE_CONNECT = /^[1356]/;

const sizeOf = (frame: Frame): number => (typeof frame === "string" ? frame.length : frame.byteLength);

function answer(asks: "connect" | "auth", refusal: Refusal): Step {
	return { do: "answer", packets: refusalPackets(asks, refusal), close: asks === "auth" };
}
