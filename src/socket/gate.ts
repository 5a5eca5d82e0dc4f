/**
 * Judges each frame that a client sends through its WebSocket: the frame passes, is answered, or ends the socket.
 *
 * Before a client is admitted, only CONNECT and engine.io's own packets pass, and only a few small ones. A second
 * CONNECT ends the socket, as at the server. A WebSocket with `sid` continues a polling session, and only the server
 * knows whether the client has connected in that session. So the edge asks the server before it passes the first
 * message.
 *
 * No I/O. The gate remembers whether the client is admitted and whether it has joined the namespace.
 * Source: socket.io `client.js` ondecoded.
 */
import type { Host } from "../config/host.ts";
import type { CredentialFacts } from "../deny/credential-facts.ts";
import type { Reason, Refusal, Verdict } from "../verdict.ts";
import { type Credential, checkCredential, findCredential, refusalPackets } from "./credential.ts";
import { type CountFrame, frameCounter } from "./frame-counter.ts";
import { ENGINE_MESSAGE, readMessage } from "./message.ts";
import { restoreRefusal } from "./polling-body.ts";

export type Frame = string | ArrayBuffer;

export type Step =
	/** `facts`: of the credential that was accepted in this frame. */
	| { readonly do: "pass"; readonly frame: Frame; readonly facts?: CredentialFacts }
	/** Ask the server whether this client is connected, then judge the frame once more. */
	| { readonly do: "ask" }
	| { readonly do: "close"; readonly reason: Reason }
	/** Send these packets to the client. `close`: then close the socket. */
	| { readonly do: "answer"; readonly packets: readonly string[]; readonly close: boolean };

export interface SocketGate {
	/** Whether a token was accepted here, or the server has shown that it accepted one before. */
	readonly isAdmitted: () => boolean;
	/** True if the edge cannot know yet whether this client is connected. */
	readonly isUnknown: () => boolean;
	/** Counts a frame as it arrives, before it waits for its turn. @returns the reason if the frame exceeds a limit */
	readonly receive: (frame: Frame) => Reason | undefined;
	readonly judge: (frame: Frame, nowSeconds: number) => Promise<Step>;
	/**
	 * The packets that ask the server. If the client is connected, the server answers the last packet; else it closes.
	 */
	readonly questionPackets: () => readonly string[];
	/** Reads a frame of the server. @returns the frames for the client: none for the answer to the edge's question */
	readonly hear: (frame: Frame) => readonly Frame[];
}

/**
 * @param continues whether the socket continues a polling session
 * @param onVerdict called for every credential that was checked
 */
export function createSocketGate(
	host: Host,
	continues: boolean,
	onVerdict: (verdict: Verdict) => void,
): SocketGate {
	/** `undefined` as soon as the client is admitted. */
	let count: CountFrame | undefined = frameCounter(host.limits, continues);
	const isAdmitted = () => count === undefined;
	const admit = () => {
		count = undefined;
	};
	/**
	 * True after the server accepted a CONNECT. The edge then ends the socket on another CONNECT, as the server would.
	 */
	let isConnected = false;
	/** The namespace of the edge's open question. It is random: a client that guessed it could admit itself. */
	let askedNamespace: string | undefined;

	const checkMessage = async (frame: string, nowSeconds: number): Promise<Step | undefined> => {
		const text = frame.slice(ENGINE_MESSAGE.length);
		// `engine.io-parser` decodePacket gives an empty message no data, and the server closes.
		if (text === "") return close("socket_packet");
		const credential = findCredential(text, host.limits.packetBytes);
		if (credential === undefined) return undefined;
		if ("ok" in credential) return close(credential.reason);
		if (credential.carrier === "connect" && isConnected) return close("socket_connected");
		const checked = await checkCredential(text, credential, host, nowSeconds);
		onVerdict(checked);
		if (!checked.ok) return answer(credential.carrier, checked);
		admit();
		return { do: "pass", frame: ENGINE_MESSAGE + checked.text, facts: checked.facts };
	};

	const judgeBeforeConnect = async (frame: Frame, nowSeconds: number): Promise<Step> => {
		if (typeof frame !== "string") return close("socket_packet");
		if (!frame.startsWith(ENGINE_MESSAGE)) {
			return ENGINE_PACKET_BEFORE_CONNECT.test(frame) ? pass(frame) : close("socket_packet");
		}
		const message = readMessage(frame.slice(ENGINE_MESSAGE.length));
		if (message?.kind !== "connect") return close("socket_packet");
		return (await checkMessage(frame, nowSeconds)) ?? pass(frame);
	};

	return {
		isAdmitted,
		isUnknown: () => continues && !isAdmitted(),
		receive: (frame) => count?.(frame),
		judge: async (frame, nowSeconds) => {
			if (!isAdmitted() && !continues) return judgeBeforeConnect(frame, nowSeconds);
			const isText = typeof frame === "string";
			if (isText && DISCONNECT.test(frame)) isConnected = false;
			const step =
				isText && frame.startsWith(ENGINE_MESSAGE) ? await checkMessage(frame, nowSeconds) : undefined;
			if (step) return step;
			return isAdmitted() || (isText && HARMLESS.test(frame)) ? pass(frame) : { do: "ask" };
		},
		questionPackets: () => {
			askedNamespace = `/.edge/ask/${crypto.randomUUID()},`;
			// An acknowledgement with an unused id does nothing, but the server closes on it before CONNECT.
			return ["43999999999[]", `40${askedNamespace}`];
		},
		hear: (frame) => {
			if (typeof frame !== "string") return [frame];
			const type = frame.slice(0, 2);
			const isForEdge = askedNamespace !== undefined && frame.startsWith(`44${askedNamespace}`);
			const shows = isForEdge || ONLY_IF_CONNECTED.has(type);
			// The server admitted the client by polling. It closes on another CONNECT here.
			if (type === "40" || (shows && !isAdmitted())) isConnected = true;
			if (shows) admit();
			if (type === "41") isConnected = false;
			if (isForEdge) {
				askedNamespace = undefined;
				return [];
			}
			// The edge's packets of a polling session may be answered here. A session without polling has none.
			return continues ? restoreRefusal(frame) : [frame];
		},
	};
}

/** The server sends these only to a connected client: CONNECT, event, acknowledgement, binary event. */
const ONLY_IF_CONNECTED = new Set(["40", "42", "43", "45"]);
/** DISCONNECT from `/`, the server's only namespace. */
const DISCONNECT = /^41(?:\/,|[^/]|$)/;
/**
 * The server reads these before CONNECT too: every packet of engine.io except messages and bytes in base64, and CONNECT to
 * a namespace that does not exist.
 */
const HARMLESS = /^(?:[^4b]|$|4[0\s]\/[^,])/;
const pass = (frame: Frame): Step => ({ do: "pass", frame });
const close = (reason: Reason): Step => ({ do: "close", reason });
/** engine.io's close, pong, upgrade and noop. The server closes on a client's ping, and on any other character. */
const ENGINE_PACKET_BEFORE_CONNECT = /^[1356]/;

/** The server closes after a refused `auth`. After a refused CONNECT it waits for another one. */
function answer(carrier: Credential["carrier"], refusal: Refusal): Step {
	return { do: "answer", packets: refusalPackets(carrier, refusal), close: carrier === "auth" };
}
