/**
 * What becomes of each frame that a client sends through its WebSocket: passed on, answered, or the end.
 *
 * Until the server has been shown a good token, only CONNECT and engine.io's own packets get through, few
 * and small. A socket that continues a polling session (it names its `sid`) may have connected there:
 * the server knows, and closes if not, so only credentials are read on it. Pure but for the state it keeps.
 */
import type { Refusal, Verdict } from "../verdict.ts";
import { ENGINE_MESSAGE, readSocketPacket } from "./socket-packet.ts";
import { checkCredential, findCredential, refusalPackets, type SocketRules } from "./socket-token.ts";

/** An editor's token is some KiB; its configuration may carry more. */
export const CONNECT_LIMIT_CHARACTERS = 256 * 1024;
/** CONNECT, a retry after a refusal, heartbeats: nobody needs more before being let in. */
export const FRAMES_BEFORE_CONNECT = 16;

export type Step =
	| { readonly do: "pass" }
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
	rules: SocketRules,
	continues: boolean,
	onVerdict: (verdict: Verdict) => void,
): SocketGate {
	let open = continues;

	const checked = async (text: string, nowSeconds: number, otherwise: Step): Promise<Step> => {
		const credential = findCredential(text);
		if (credential === undefined) return otherwise;
		const verdict = await checkCredential(credential, rules, nowSeconds);
		onVerdict(verdict);
		if (verdict.ok) open = true;
		return verdict.ok ? PASS : answer(credential.asks, verdict);
	};

	const beforeConnect = async (frame: string | ArrayBuffer, nowSeconds: number): Promise<Step> => {
		if (typeof frame !== "string" || frame.length > CONNECT_LIMIT_CHARACTERS) return CLOSE;
		if (!frame.startsWith(ENGINE_MESSAGE)) return ENGINE_PACKET_BEFORE_CONNECT.test(frame) ? PASS : CLOSE;
		const text = frame.slice(ENGINE_MESSAGE.length);
		const packet = readSocketPacket(text);
		if (packet?.kind === "connect") return checked(text, nowSeconds, PASS);
		// The server waits for the attachments before it closes.
		return packet?.kind === "event" && packet.hasAttachments ? DROP : CLOSE;
	};

	return {
		isOpen: () => open,
		judge: (frame, nowSeconds) => {
			if (!open) return beforeConnect(frame, nowSeconds);
			const isMessage = typeof frame === "string" && frame.startsWith(ENGINE_MESSAGE);
			return isMessage ? checked(frame.slice(ENGINE_MESSAGE.length), nowSeconds, PASS) : PASSED;
		},
	};
}

const PASS: Step = { do: "pass" };
const DROP: Step = { do: "drop" };
const CLOSE: Step = { do: "close" };
const PASSED = Promise.resolve(PASS);
/** close, pong, upgrade, noop. A ping from a client, or anything else, makes the server close. */
const ENGINE_PACKET_BEFORE_CONNECT = /^[1356]/;

function answer(asks: "connect" | "auth", refusal: Refusal): Step {
	return { do: "answer", packets: refusalPackets(asks, refusal), close: asks === "auth" };
}
