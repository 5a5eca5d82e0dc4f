/**
 * `readMessage` and `findCredential`. The other reading is socket.io's own parser: a message that it reads as CONNECT or
 * as an event is read alike here, and one that it accepts is never called malformed.
 */
import { isDeepStrictEqual } from "node:util";
import { Decoder, type Packet, PacketType } from "socket.io-parser";
import { type ScannedJson, valueAt } from "../../../src/encoding/json-scan.ts";
import { findCredential } from "../../../src/socket/credential.ts";
import { readMessage } from "../../../src/socket/message.ts";
import { type FuzzTarget, hold } from "../target.ts";
import { vectorPackets } from "../vectors.ts";

const LIMIT_BYTES = 1_048_576;
/** `decodeString` is what the parser does with a text, before it waits for attachments. */
const decoder = new Decoder({ maxAttachments: 1e9 }) as unknown as { decodeString: (text: string) => Packet };

// biome-ignore format: a list
export const PACKET_WORDS: readonly string[] = [
	"0", "1", "2", "3", "4", "5", "6", "0{", "2[", "51-", "50-", "61-", "/,", "/", "/admin,", "/?token=x,",
	",", " ", "\t", "\xa0", "\ufeff", '{"token":"', '{"session":"', '"token":', '"session":',
	'["message",', '{"type":"auth",', '"type":', '"auth"', '"\\u0061uth"', '"jwtOpen":', '"jwtSession":',
	'"user":{}', '"docid":"k"', '"user":', "{}", "[]", "null", "true", "0", '""', "12", "]", "}", '"', ":",
];

export const packetTarget: FuzzTarget = {
	name: "packet",
	seeds: () => [
		...vectorPackets().map((packet) => packet.slice(1)),
		'0{"token":"a.b.c"}',
		'0/,{"session":"a.b.c","token":"d.e.f"}',
		'2["message",{"type":"auth","token":"t","user":{"id":"u"},"docid":"k","jwtOpen":"a.b.c"}]',
		'51-/,7["message",{"type":"\\u0061uth","token":1,"user":1,"jwtSession":"a.b.c"}]',
		" {}",
		"",
	],
	words: PACKET_WORDS,
	longest: 60_000,
	bound: { constant: 200_000, perCharacter: 250 },
	call: (input) => [readMessage(input), findCredential(input, LIMIT_BYTES)],
	check: (input) => {
		const message = readMessage(input);
		const packet = decode(input);
		const credential = findCredential(input, LIMIT_BYTES);
		if (packet === undefined)
			return `server refuses, ${message?.kind} ${credential && "carrier" in credential}`;
		hold("a message that the server reads is read", message !== undefined);
		if (packet.type === PacketType.CONNECT) {
			hold("CONNECT is read as CONNECT", message?.kind === "connect");
			if (message?.kind !== "connect") return "";
			hold("CONNECT has the server's namespace", message.namespace === packet.nsp);
			for (const name of ["token", "session"] as const)
				hold("CONNECT has the server's tokens", isSame(input, message.auth, name, Object(packet.data)[name]));
			const isOfServer = packet.nsp === "/";
			hold(
				"every CONNECT to the server's namespace needs a token",
				(credential !== undefined) === isOfServer,
			);
		}
		const isEvent = packet.type === PacketType.EVENT || packet.type === PacketType.BINARY_EVENT;
		if (isEvent) checkEvent(input, packet, message, credential);
		const found = credential && "carrier" in credential ? `${credential.carrier} ${credential.secret}` : "";
		return `${packet.type} ${message?.kind} ${found} ${typeof packet.id}`;
	},
};

function decode(text: string): Packet | undefined {
	try {
		return decoder.decodeString(text);
	} catch {
		return undefined;
	}
}

function checkEvent(
	input: string,
	{ data }: Packet,
	message: ReturnType<typeof readMessage>,
	credential: ReturnType<typeof findCredential>,
): void {
	// An event without data cannot be dispatched: the server's own code fails on it.
	if (!Array.isArray(data)) return;
	hold("an event is read as an event", message?.kind === "event");
	if (message?.kind !== "event") return;
	for (const at of [0, 1])
		hold("an event has the server's arguments", isSame(input, message.args, at, data[at]));
	const [event, argument] = data;
	const { type, token, user, jwtSession, jwtOpen } = Object(argument);
	const isOwn = Object(argument) === argument && !Array.isArray(argument);
	if (event !== "message" || !isOwn || type !== "auth" || !token || !user) return;
	hold("an `auth` message needs a token", credential !== undefined && "carrier" in credential);
	if (credential === undefined || !("carrier" in credential)) return;
	const expected = jwtSession || jwtOpen;
	const isToken =
		typeof expected === "string" ? credential.token === expected : !expected === !credential.token;
	hold("an `auth` message has the server's token", isToken);
}

function isSame(
	input: string,
	members: ScannedJson["members"],
	name: string | number,
	value: unknown,
): boolean {
	const span = members.get(name);
	return isDeepStrictEqual(span && valueAt(input, span), value);
}
