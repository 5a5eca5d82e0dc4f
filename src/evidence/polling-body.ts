/**
 * The polling side of the editor's socket: packets in the body of a POST.
 *
 * A polling session lives in many requests and, at the edge, in many isolates. Its state is kept where it
 * is anyway, at the server: a refused packet is replaced by one that the server answers in its turn and
 * that lets nobody in, a CONNECT to a namespace that does not exist. The namespace carries the refusal, so
 * the server's `44/…,{"message":"Invalid namespace"}` comes back with the client's next GET, where
 * {@link restoreRefusals} turns it into the refusal that the server would have given.
 */
import { type Refusal, TOKEN_MESSAGES } from "../verdict.ts";
import { ENGINE_MESSAGE, PACKET_SEPARATOR } from "./socket-packet.ts";
import {
	type Credential,
	checkCredential,
	findCredential,
	refusalPackets,
	type SocketRules,
} from "./socket-token.ts";

export interface PollingBody {
	/** What goes to the origin in place of the body. */
	readonly text: string;
	readonly refusals: readonly Refusal[];
}

export async function checkPollingBody(
	text: string,
	rules: SocketRules,
	nowSeconds: number,
): Promise<PollingBody> {
	const refusals: Refusal[] = [];
	const packets = text.split(PACKET_SEPARATOR);
	for (const [index, packet] of packets.entries()) {
		if (!packet.startsWith(ENGINE_MESSAGE)) continue;
		const credential = findCredential(packet.slice(ENGINE_MESSAGE.length));
		if (credential === undefined) continue;
		const verdict = await checkCredential(credential, rules, nowSeconds);
		if (verdict.ok) continue;
		refusals.push(verdict);
		packets[index] = placeholder(credential.asks, verdict);
	}
	return { text: packets.join(PACKET_SEPARATOR), refusals };
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
