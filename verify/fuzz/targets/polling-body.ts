/**
 * `checkPollingBody` and `restoreRefusals`. The other reading is engine.io's own parser: every credential that it finds
 * has a verdict, every packet without one goes on as it came, and nothing that goes on would be refused at the origin.
 *
 * In an input, `$TOKEN`, `$SESSION` and `$OLD` stand for a good token, and an expired one.
 */
import { decodePayload } from "engine.io-parser";
import { checkCredential, findCredential } from "../../../src/socket/credential.ts";
import { checkPollingBody, restoreRefusals } from "../../../src/socket/polling-body.ts";
import { HOST, NOW_SECONDS, ORIGIN_HOST, RE_SIGNING_HOST } from "../hosts.ts";
import { type FuzzTarget, hold } from "../target.ts";
import { signedToken } from "../tokens.ts";
import { vectorPackets } from "../vectors.ts";
import { PACKET_WORDS } from "./packet.ts";

const SEPARATOR = "\x1e";
const LIMIT_BYTES = 1_048_576;
const TOKENS: Readonly<Record<string, string>> = {
	$TOKEN: signedToken({ document: { key: "k" }, editorConfig: {} }),
	$SESSION: signedToken({ document: { key: "k" }, iat: 1 }),
	$OLD: signedToken({ document: { key: "k" }, exp: 1 }),
};

export const pollingBodyTarget: FuzzTarget = {
	name: "polling body",
	seeds: () => [
		...vectorPackets(),
		'40{"token":"$TOKEN"}',
		`40{"token":"$OLD"}${SEPARATOR}3${SEPARATOR}42["message",{"type":"auth","token":"t","user":{},"jwtOpen":"$TOKEN"}]`,
		`40{"session":"$SESSION"}${SEPARATOR}bAQID${SEPARATOR}6`,
		`40{"token":"bad"}${SEPARATOR}1${SEPARATOR}40/other,{}`,
		'44/.edge/connect/jwt%20expired,{"message":"Invalid namespace"}',
		`44/.edge/auth/-,{}${SEPARATOR}42["x"]`,
	],
	// biome-ignore format: a list
	words: [
		...PACKET_WORDS, SEPARATOR, "4", "40", "42", "41", "45", "3", "5", "6", "b", "40{}", "$TOKEN",
		"$SESSION", "$OLD", '40{"token":"$TOKEN"}', '40{"token":"$OLD"}', "44/.edge/connect/",
		"44/.edge/auth/", "invalid%20token,", "-,", "\xef\xbb\xbf", "\xc3",
	],
	longest: 60_000,
	bound: { constant: 1_000_000, perCharacter: 600 },
	call: (input) => {
		restoreRefusals(input);
		return checkPollingBody(bytesOf(input), HOST, NOW_SECONDS);
	},
	check: async (input) => {
		const text = withTokens(input);
		hold("a response without an echo stays", text.includes("44/.edge/") || restoreRefusals(text) === text);
		const bytes = bytesOf(text);
		const checked = await checkPollingBody(bytes, HOST, NOW_SECONDS);
		if ("ok" in checked) return checked.reason;
		const packets = packetsOf(bytes);
		const credentials = packets.filter(needsToken).length;
		hold("every packet with a credential has a verdict", checked.verdicts.length === credentials);
		hold("without a credential the body stays", credentials > 0 || checked.bytes === bytes);
		const refused = checked.verdicts.filter(({ ok }) => !ok).length;
		hold("without a refusal the body stays", refused > 0 || checked.bytes === bytes);
		hold("the packets without a credential stay", isKept(bytes, checked.bytes));

		const reSigned = await checkPollingBody(bytes, RE_SIGNING_HOST, NOW_SECONDS);
		if (!("ok" in reSigned)) await checkForwarded(reSigned.bytes);
		return `${Math.min(4, packets.length)} ${Math.min(4, credentials)} ${Math.min(4, refused)}`;
	},
};

const withTokens = (input: string): string =>
	input.replace(/\$(?:TOKEN|SESSION|OLD)/g, (name) => TOKENS[name] ?? "");

/** One character of an input is one byte. */
const bytesOf = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(text, "latin1"));

const packetsOf = (bytes: Uint8Array): string[] =>
	new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes).split(SEPARATOR);

/**
 * The server closes at the first packet that it cannot read. The edge looks at the later ones too, and reads an empty
 * message as a CONNECT without a token.
 */
function needsToken(packet: string): boolean {
	const [decoded] = decodePayload(packet, "nodebuffer");
	if (decoded?.type !== "message" || Buffer.isBuffer(decoded.data)) return false;
	return findCredential(decoded.data ?? "", LIMIT_BYTES) !== undefined;
}

function isKept(received: Uint8Array, forwarded: Uint8Array): boolean {
	if (received === forwarded) return true;
	const [before, after] = [received, forwarded].map((bytes) =>
		Buffer.from(bytes).toString("latin1").split(SEPARATOR),
	);
	const texts = packetsOf(received);
	if (before === undefined || after === undefined || before.length !== after.length) return false;
	return before.every((packet, at) => packet === after[at] || needsToken(texts[at] ?? ""));
}

async function checkForwarded(bytes: Uint8Array): Promise<void> {
	for (const packet of packetsOf(bytes).filter(needsToken)) {
		const message = packet.slice(1);
		const credential = findCredential(message, LIMIT_BYTES);
		if (credential === undefined || "ok" in credential) continue;
		const atOrigin = await checkCredential(message, credential, ORIGIN_HOST, NOW_SECONDS);
		hold("what is forwarded is good at the origin", atOrigin.ok);
	}
}
