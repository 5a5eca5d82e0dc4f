/**
 * Checks the packets that an editor sends by polling, in the body of a POST. It also restores refusals in the packets
 * that the server sends back.
 *
 * The requests of one polling session reach many isolates, so the edge keeps no state of the session. A refused packet
 * is replaced by a CONNECT to a namespace that does not exist, and the name of the namespace holds the refusal. The
 * server answers with an error, `44/…,{"message":"Invalid namespace"}`, in the response to the client's next GET. There
 * {@link restoreRefusals} turns the error into the refusal that the server would have sent.
 */
import { Buffer } from "node:buffer";
import type { Host } from "../config/host.ts";
import { joinPieces } from "../request/body-pieces.ts";
import { type Refusal, refuse, TOKEN_MESSAGES, type Verdict } from "../verdict.ts";
import { type Credential, checkCredential, findCredential, refusalPackets } from "./credential.ts";
import { ENGINE_MESSAGE, PACKET_SEPARATOR, readMessage } from "./message.ts";

export interface PollingBody {
	/** The body for the origin. The received body stays if no token was refused or re-signed. */
	readonly bytes: Uint8Array<ArrayBuffer>;
	/** The verdict on each packet that needs a token. */
	readonly verdicts: readonly Verdict[];
}

/** @returns `socket_packets` for more packets or credentials than real editors send */
export async function checkPollingBody(
	body: Uint8Array<ArrayBuffer>,
	host: Host,
	nowSeconds: number,
): Promise<PollingBody | Refusal> {
	const { pollingPackets, pollingCredentials, packetBytes } = host.limits;
	const packets = splitPackets(body, pollingPackets);
	if (packets === undefined) return refuse("socket_packets");
	const verdicts: Verdict[] = [];
	const forwarded: (Uint8Array | string)[] = [...packets];
	const refused: Record<Credential["carrier"], number[]> = { connect: [], auth: [] };
	let isChanged = false;
	let credentialBytes = 0;
	for (const [index, bytes] of packets.entries()) {
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
		forwarded[index] = checked.ok ? ENGINE_MESSAGE + checked.text : placeholder(credential.carrier, checked);
		if (!checked.ok) refused[credential.carrier].push(index);
	}
	// The server reads the later packets while it verifies a token. If a later packet makes the server close, the server
	// never sends the refusal. Then the refused packet becomes a noop, because a placeholder would bring a refusal back.
	for (const carrier of ["connect", "auth"] as const) {
		const closing = refused[carrier].length > 0 ? lastClosingPacket(packets, carrier, packetBytes) : -1;
		for (const index of refused[carrier]) if (index < closing) forwarded[index] = NOOP;
	}
	return { bytes: isChanged ? joinPackets(forwarded) : body, verdicts };
}

const MESSAGE_BYTE = ENGINE_MESSAGE.charCodeAt(0);
const SEPARATOR_BYTE = PACKET_SEPARATOR.charCodeAt(0);

/** Decodes as Node decodes a body: bad UTF-8 becomes U+FFFD, a byte order mark stays. */
const UTF8 = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });
const textOf = (bytes: Uint8Array): string => UTF8.decode(bytes);

/** @returns views of the body; `undefined` for more packets than the limit */
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

function joinPackets(packets: readonly (Uint8Array | string)[]): Uint8Array<ArrayBuffer> {
	const separator = Buffer.from(PACKET_SEPARATOR, "utf8");
	const pieces = packets.flatMap((packet, index) => {
		const bytes = typeof packet === "string" ? Buffer.from(packet, "utf8") : packet;
		return index === 0 ? [bytes] : [separator, bytes];
	});
	return joinPieces(
		pieces,
		pieces.reduce((length, piece) => length + piece.length, 0),
	);
}

/** The engine.io packet that does nothing. */
const NOOP = "6";
/** Pong, upgrade, noop. engine.io closes on every other packet of a client, except messages. */
const HARMLESS = /^[356]/;

/**
 * @param carrier of the refused credential: until a CONNECT is accepted, only another CONNECT may follow
 * @param limitBytes limit of all messages that are read, from the end of the body
 * @returns index of the last packet on which the server closes; -1 for none
 */
function lastClosingPacket(
	packets: readonly Uint8Array[],
	carrier: Credential["carrier"],
	limitBytes: number,
): number {
	let leftBytes = limitBytes;
	return packets.findLastIndex((bytes) => {
		const isMessage = bytes[0] === MESSAGE_BYTE;
		if (!isMessage) return !HARMLESS.test(textOf(bytes.subarray(0, 1)));
		// The type alone shows that this is no CONNECT, so the rest is not read.
		if (carrier === "connect" && !MAY_CONNECT.test(textOf(bytes.subarray(1, 2)))) return true;
		leftBytes -= bytes.length;
		if (leftBytes < 0) return false;
		const message = readMessage(textOf(bytes).slice(ENGINE_MESSAGE.length));
		if (message === undefined) return true;
		const isConnect = message.kind === "connect";
		return carrier === "connect" ? !isConnect : isConnect && message.namespace === "/";
	});
}

/** A blank type is CONNECT too. The first byte of a longer character is read as U+FFFD, which is no CONNECT. */
const MAY_CONNECT = /^(?:[0\s]|$)/;

const NO_TOKEN_MESSAGE = "-";
const ECHO = /^44\/\.edge\/(connect|auth)\/([^,]*),/;

function placeholder(carrier: Credential["carrier"], { message }: Refusal): string {
	return `40/.edge/${carrier}/${encodeURIComponent(message ?? NO_TOKEN_MESSAGE)},`;
}

/** @returns the packets of a response to a polling GET, with the refusals in place of the server's errors */
export function restoreRefusals(packets: string): string {
	if (!packets.includes(ECHO_START)) return packets;
	return packets.split(PACKET_SEPARATOR).flatMap(restoreRefusal).join(PACKET_SEPARATOR);
}

const ECHO_START = "44/.edge/";

/**
 * A client may send a CONNECT to such a namespace itself. So only token messages of a closed list are restored, and no
 * text of the client's comes back as if the server had written it.
 *
 * @param packet a packet of the server
 * @returns the packets of the refusal that the packet echoes, else the packet itself
 */
export function restoreRefusal(packet: string): string[] {
	const [, carrier, encoded] = ECHO.exec(packet) ?? [];
	if (carrier !== "connect" && carrier !== "auth") return [packet];
	const message = TOKEN_MESSAGES.find((known) => encodeURIComponent(known) === encoded);
	if (message === undefined && encoded !== NO_TOKEN_MESSAGE) return [packet];
	return refusalPackets(carrier, message === undefined ? {} : { message });
}
