/**
 * The polling side of the editor's socket: packets in the body of a POST.
 *
 * A polling session lives in many requests and, at the edge, in many isolates. Its state is kept where it
 * is anyway, at the server: a refused packet is replaced by one that the server answers in its turn and
 * that lets nobody in, a CONNECT to a namespace that does not exist. The namespace carries the refusal, so
 * the server's `44/…,{"message":"Invalid namespace"}` comes back with the client's next GET, where
 * {@link restoreRefusals} turns it into the refusal that the server would have given.
 */
import type { Host } from "../config/host.ts";
import { type Refusal, refuse, TOKEN_MESSAGES, type Verdict } from "../verdict.ts";
import { ENGINE_MESSAGE, PACKET_SEPARATOR } from "./socket-packet.ts";
import { type Credential, checkCredential, findCredential, refusalPackets } from "./socket-token.ts";

export interface PollingBody {
	/** What goes to the origin in place of the body. */
	readonly text: string;
	/** Of each packet that needed a token. */
	readonly verdicts: readonly Verdict[];
}

/** Nobody connects more often in one body; each costs a verification. */
const CREDENTIALS_LIMIT = 16;

/** @returns `socket_request` for a body of more credentials than anybody sends */
export async function checkPollingBody(
	text: string,
	host: Host,
	nowSeconds: number,
): Promise<PollingBody | Refusal> {
	const verdicts: Verdict[] = [];
	const packets = text.split(PACKET_SEPARATOR);
	for (const [index, packet] of packets.entries()) {
		if (!packet.startsWith(ENGINE_MESSAGE)) continue;
		const message = packet.slice(ENGINE_MESSAGE.length);
		const credential = findCredential(message);
		if (credential === undefined) continue;
		if (verdicts.length === CREDENTIALS_LIMIT) return refuse("socket_request");
		const checked = await checkCredential(message, credential, host, nowSeconds);
		verdicts.push(checked);
		packets[index] = checked.ok ? ENGINE_MESSAGE + checked.text : placeholder(credential.asks, checked);
	}
	return { text: packets.join(PACKET_SEPARATOR), verdicts };
}

const NO_MESSAGE = "-";
const ECHO = /^44\/\.edge\/(connect|auth)\/([^,]*),/;

function placeholder(asks: Credential["asks"], { message }: Refusal): string {
	return `40/.edge/${asks}/${encodeURIComponent(message ?? NO_MESSAGE)},`;
}

/** The packets of an answer to a polling GET, with the refusals back in their place. */
export function restoreRefusals(packets: string): string {
	if (!packets.includes(ECHO_START)) return packets;
	return packets.split(PACKET_SEPARATOR).flatMap(restoreRefusal).join(PACKET_SEPARATOR);
}

const ECHO_START = "44/.edge/";

/**
 * What stands for one packet of the server: itself, or the refusal that it echoes. Messages are of a
 * closed list: a client that sends such a CONNECT itself gets no text of its own back.
 */
export function restoreRefusal(packet: string): string[] {
	const [, asks, encoded] = ECHO.exec(packet) ?? [];
	if (asks !== "connect" && asks !== "auth") return [packet];
	const message = TOKEN_MESSAGES.find((one) => encodeURIComponent(one) === encoded);
	if (message === undefined && encoded !== NO_MESSAGE) return [packet];
	return refusalPackets(asks, message === undefined ? {} : { message });
}
