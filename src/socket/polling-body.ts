/**
 * The polling side of the editor's socket: packets in the body of a POST.
 *
 * A polling session lives in many requests and, at the edge, in many isolates. Its state is kept where it
 * is anyway, at the server: a refused packet is replaced by one that the server answers in its turn and
 * that lets nobody in, a CONNECT to a namespace that does not exist. The namespace carries the refusal, so
 * the server's `44/…,{"message":"Invalid namespace"}` comes back with the client's next GET, where
 * {@link restoreRefusals} turns it into the refusal that the server would have given.
 */
import { Buffer } from "node:buffer";
import type { Host } from "../config/host.ts";
import { type Refusal, refuse, TOKEN_MESSAGES, type Verdict } from "../verdict.ts";
import { type Credential, checkCredential, findCredential, refusalPackets } from "./credential.ts";
import { ENGINE_MESSAGE, PACKET_SEPARATOR, readMessage } from "./message.ts";

export interface PollingBody {
	/** What goes to the origin in place of the body; the body itself if nothing was refused or signed again. */
	readonly bytes: Uint8Array<ArrayBuffer>;
	/** Of each packet that needed a token. */
	readonly verdicts: readonly Verdict[];
}

/** @returns `socket_packets` for a body of more packets or credentials than anybody sends */
export async function checkPollingBody(
	body: Uint8Array<ArrayBuffer>,
	host: Host,
	nowSeconds: number,
): Promise<PollingBody | Refusal> {
	const { pollingPackets, pollingCredentials, packetBytes } = host.limits;
	const packets = splitPackets(body, pollingPackets);
	if (packets === undefined) return refuse("socket_packets");
	const verdicts: Verdict[] = [];
	const sent: (Uint8Array | string)[] = [...packets];
	const refused: Record<Credential["asks"], number[]> = { connect: [], auth: [] };
	let isChanged = false;
	let credentialBytes = 0;
	for (const [index, bytes] of packets.entries()) {
		// Most are events; only their first two bytes are looked at, unless they may hold a credential.
		if (bytes[0] !== MESSAGE_BYTE) continue;
		const message = textOf(bytes).slice(ENGINE_MESSAGE.length);
		const credential = findCredential(message, packetBytes);
		if (credential === undefined) continue;
		if ("ok" in credential) return credential;
		if (verdicts.length === pollingCredentials) return refuse("socket_packets");
		credentialBytes += bytes.length;
		if (credentialBytes > packetBytes) return refuse("socket_packet_size");
		const checked = await checkCredential(message, credential, host, nowSeconds);
		verdicts.push(checked);
		if (checked.ok && checked.text === message) continue;
		isChanged = true;
		sent[index] = checked.ok ? ENGINE_MESSAGE + checked.text : placeholder(credential.asks, checked);
		if (!checked.ok) refused[credential.asks].push(index);
	}
	// The server checks a token while it reads on, and closes unanswered at what ends a session.
	for (const asks of ["connect", "auth"] as const) {
		const end = refused[asks].length > 0 ? lastEnd(packets, asks, packetBytes) : -1;
		for (const index of refused[asks]) if (index < end) sent[index] = NOOP;
	}
	return { bytes: isChanged ? join(sent) : body, verdicts };
}

const MESSAGE_BYTE = ENGINE_MESSAGE.charCodeAt(0);
const SEPARATOR_BYTE = PACKET_SEPARATOR.charCodeAt(0);

/** As Node reads a body that is a string: bad UTF-8 becomes U+FFFD, a byte order mark stays. */
const UTF8 = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });
const textOf = (bytes: Uint8Array): string => UTF8.decode(bytes);

/** @returns views of the body; `undefined` for more of them than the limit */
function splitPackets(body: Uint8Array, limit: number): readonly Uint8Array[] | undefined {
	const packets: Uint8Array[] = [];
	for (let start = 0, end: number; start <= body.length; start = end + 1) {
		if (packets.length === limit) return undefined;
		end = body.indexOf(SEPARATOR_BYTE, start);
		if (end === -1) end = body.length;
		packets.push(body.subarray(start, end));
	}
	return packets;
}

function join(packets: readonly (Uint8Array | string)[]): Uint8Array<ArrayBuffer> {
	const separator = Buffer.from(PACKET_SEPARATOR, "utf8");
	const parts = packets.flatMap((packet, index) => {
		const bytes = typeof packet === "string" ? Buffer.from(packet, "utf8") : packet;
		return index === 0 ? [bytes] : [separator, bytes];
	});
	const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
	let offset = 0;
	for (const part of parts) {
		joined.set(part, offset);
		offset += part.length;
	}
	return joined;
}

/** engine.io's packet that does nothing. */
const NOOP = "6";
/** Pong, upgrade, noop: all others of a client make engine.io close. */
const HARMLESS = /^[356]/;

/**
 * @param asks what was refused: until a CONNECT is accepted, only another CONNECT may follow
 * @param limitBytes of what is read for it, from the end
 * @returns index of the last packet at which the server closes; -1 for none
 */
function lastEnd(packets: readonly Uint8Array[], asks: Credential["asks"], limitBytes: number): number {
	let leftBytes = limitBytes;
	return packets.findLastIndex((bytes) => {
		const isMessage = bytes[0] === MESSAGE_BYTE;
		if (!isMessage) return !HARMLESS.test(textOf(bytes.subarray(0, 1)));
		// Anything but CONNECT, whatever else it is.
		if (asks === "connect" && !MAY_CONNECT.test(textOf(bytes.subarray(1, 2)))) return true;
		leftBytes -= bytes.length;
		if (leftBytes < 0) return false;
		const packet = readMessage(textOf(bytes).slice(ENGINE_MESSAGE.length));
		if (packet === undefined) return true;
		const isConnect = packet.kind === "connect";
		return asks === "connect" ? !isConnect : isConnect && packet.namespace === "/";
	});
}

/** A blank type is CONNECT too. A byte of a longer character is read as U+FFFD, and is none. */
const MAY_CONNECT = /^(?:[0\s]|$)/;

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
