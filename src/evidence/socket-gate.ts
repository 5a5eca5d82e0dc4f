/**
 * What becomes of each frame that a client sends through its WebSocket: passed on, answered, or the end.
 *
 * Until the server has been shown a good token, only CONNECT and engine.io's own packets get through, few
 * and small. A socket that continues a polling session (it names its `sid`) may have connected there:
 * the server knows, and closes if not, so only credentials are read on it. Pure but for the state it keeps.
 */
import type { Host } from "../config/host.ts";
import type { Refusal, Verdict } from "../verdict.ts";
import { ENGINE_MESSAGE, readSocketPacket } from "./socket-packet.ts";
import { checkCredential, findCredential, refusalPackets } from "./socket-token.ts";

/** An editor's token is some KiB; its configuration may carry more. */
export const CONNECT_LIMIT_CHARACTERS = 256 * 1024;
/** CONNECT, a retry after a refusal, heartbeats: nobody needs more before being let in. */
export const FRAMES_BEFORE_CONNECT = 16;

export type Step =
	| { readonly do: "pass"; readonly frame: string | ArrayBuffer }
	| { readonly do: "drop" }
	| { readonly do: "close" }
	/** `close`: after these packets. */
	| { readonly do: "answer"; readonly packets: readonly string[]; readonly close: boolean };

export interface SocketGate {
	/** Whether a CONNECT was accepted, here or perhaps in the polling session before. */
	readonly isOpen: () => boolean;
	readonly judge: (frame: string | ArrayBuffer, nowSeconds: number) => Promise<Step>;
}

/**
 * @param continues whether the socket names a polling session
 * @param onVerdict told of every credential that was checked
 */
export function createSocketGate(
	host: Host,
	continues: boolean,
	onVerdict: (verdict: Verdict) => void,
): SocketGate {
	let open = continues;

	const checkMessage = async (frame: string, nowSeconds: number): Promise<Step> => {
		const text = frame.slice(ENGINE_MESSAGE.length);
		const credential = findCredential(text);
		if (credential === undefined) return pass(frame);
		const checked = await checkCredential(text, credential, host, nowSeconds);
		onVerdict(checked);
		if (!checked.ok) return answer(credential.asks, checked);
		open = true;
		return pass(ENGINE_MESSAGE + checked.text);
	};

	const beforeConnect = async (frame: string | ArrayBuffer, nowSeconds: number): Promise<Step> => {
		if (typeof frame !== "string" || frame.length > CONNECT_LIMIT_CHARACTERS) return CLOSE;
		if (!frame.startsWith(ENGINE_MESSAGE)) {
			return ENGINE_PACKET_BEFORE_CONNECT.test(frame) ? pass(frame) : CLOSE;
		}
		const packet = readSocketPacket(frame.slice(ENGINE_MESSAGE.length));
		if (packet?.kind === "connect") return checkMessage(frame, nowSeconds);
		// The server waits for the attachments before it closes.
		return packet?.kind === "event" && packet.hasAttachments ? DROP : CLOSE;
	};

	return {
		isOpen: () => open,
		judge: async (frame, nowSeconds) => {
			if (!open) return beforeConnect(frame, nowSeconds);
			const isMessage = typeof frame === "string" && frame.startsWith(ENGINE_MESSAGE);
			return isMessage ? checkMessage(frame, nowSeconds) : pass(frame);
		},
	};
}

const pass = (frame: string | ArrayBuffer): Step => ({ do: "pass", frame });
const DROP: Step = { do: "drop" };
const CLOSE: Step = { do: "close" };
/** close, pong, upgrade, noop. A ping from a client, or anything else, makes the server close. */
const ENGINE_PACKET_BEFORE_CONNECT = /^[1356]/;

function answer(asks: "connect" | "auth", refusal: Refusal): Step {
	return { do: "answer", packets: refusalPackets(asks, refusal), close: asks === "auth" };
}
