/**
 * A polling body packet by packet: its limits, and what replaces a refused packet. Protects against a refusal that reaches
 * the client although the server would have closed, and against a stranger whose packets cost more than the limits allow.
 */
import { describe, expect, it } from "vitest";
import type { Limits } from "../../../src/config/limits.ts";
import { readHost } from "../../../src/config/read-host.ts";
import { checkPollingBody, restoreRefusal, restoreRefusals } from "../../../src/socket/polling-body.ts";
import { encode, NOW_SECONDS } from "../support/keys.ts";
import { GOOD_TOKEN, SOCKET_BINDINGS, SOCKET_HOST } from "../support/socket-host.ts";

const GOOD = `40{"token":"${GOOD_TOKEN}"}`;
const CONNECT = '40{"token":"bad"}';
const AUTH = '42["message",{"type":"auth","token":"x","user":{},"jwtOpen":"bad"}]';
const SEPARATOR = "\x1e";
const [CONNECT_REFUSED, AUTH_REFUSED] = [
	"40/.edge/connect/jwt%20malformed,",
	"40/.edge/auth/jwt%20malformed,",
];

const checkBytes = (bytes: Uint8Array<ArrayBuffer>, limits: Partial<Limits> = {}, host = SOCKET_HOST) =>
	checkPollingBody(bytes, { ...host, limits: { ...host.limits, ...limits } }, NOW_SECONDS);
/** @returns the packets for the origin, or the reason */
async function check(packets: readonly string[], limits?: Partial<Limits>) {
	const checked = await checkBytes(encode(packets.join(SEPARATOR)), limits);
	return "ok" in checked ? checked.reason : new TextDecoder().decode(checked.bytes).split(SEPARATOR);
}

describe("limits", () => {
	const message = '42["x"]';
	it.each([
		["as many packets as allowed", ["3", "3", "3"], { pollingPackets: 3 }, ["3", "3", "3"]],
		["one packet more", ["3", "3", "3", ""], { pollingPackets: 3 }, "socket_packets"],
		["as many credentials as allowed", [GOOD, GOOD], { pollingCredentials: 2 }, [GOOD, GOOD]],
		["one credential more", [GOOD, GOOD, GOOD], { pollingCredentials: 2 }, "socket_packets"],
		[
			"packets without credentials do not count as such",
			[GOOD, "3", message, message],
			{ pollingCredentials: 1 },
			[GOOD, "3", message, message],
		],
		[
			"as many bytes of credentials as allowed",
			[GOOD, GOOD, message],
			{ packetBytes: GOOD.length * 2 },
			[GOOD, GOOD, message],
		],
		["one byte more", [GOOD, GOOD], { packetBytes: GOOD.length * 2 - 1 }, "socket_packet_size"],
		["a packet that is too long", [GOOD], { packetBytes: GOOD.length - 2 }, "socket_packet_size"],
	])("%s", async (_, packets, limits, expected) => expect(await check(packets, limits)).toEqual(expected));
});

describe("what stays as it is", () => {
	it("a body without credentials is the same buffer", async () => {
		const body = encode("3");
		expect(await checkBytes(body)).toEqual({ bytes: body, verdicts: [] });
		const checked = await checkBytes(body);
		expect("ok" in checked ? undefined : checked.bytes).toBe(body);
	});
	it("so is one whose credentials are all accepted", async () => {
		const body = encode(GOOD);
		const checked = await checkBytes(body);
		expect("ok" in checked ? undefined : checked.bytes).toBe(body);
	});
	it("bytes that are no UTF-8 stay, beside a packet that is replaced", async () => {
		const other = [0x34, 0x32, 0xff, 0xfe, 0x80];
		const checked = await checkBytes(Uint8Array.from([...other, 0x1e, ...encode(CONNECT)]));
		expect("ok" in checked ? undefined : [...checked.bytes]).toEqual([
			...other,
			0x1e,
			...encode(CONNECT_REFUSED),
		]);
	});
	it("a token is re-signed in its packet if the origin holds another secret", async () => {
		const host = readHost({ ...SOCKET_BINDINGS, ORIGIN_JWT_SECRET: "what the origin holds" }, NOW_SECONDS);
		const checked = await checkBytes(encode(`3${SEPARATOR}${GOOD}`), {}, host);
		const [first, second] = "ok" in checked ? [] : new TextDecoder().decode(checked.bytes).split(SEPARATOR);
		expect([first, second]).toEqual(["3", expect.stringMatching(/^40\{"token":"[\w-]+\.[\w-]+\.[\w-]+"\}$/)]);
		expect(second).not.toBe(GOOD);
	});
	it("a re-signed packet is no refused one: it stays, although the server closes behind it", async () => {
		const host = readHost({ ...SOCKET_BINDINGS, ORIGIN_JWT_SECRET: "what the origin holds" }, NOW_SECONDS);
		const checked = await checkBytes(encode(`${GOOD}${SEPARATOR}2`), {}, host);
		const text = "ok" in checked ? "" : new TextDecoder().decode(checked.bytes);
		expect(text).toMatch(/^40\{"token":/);
	});
});

describe("after a refused CONNECT the server closes on every other packet but a CONNECT, and answers nothing", () => {
	it.each([
		["3", false],
		["5", false],
		["6", false],
		["3probe", false],
		["40/admin,", false],
		["4 /admin,", false],
		["4\t/admin,", false],
		["", true],
		["1", true],
		["2", true],
		["7", true],
		["b40", true],
		["x3", true],
		["41", true],
		["42[]", true],
		["43[]", true],
		["4é", true],
		["4x0", true],
		["40[", true],
		["40{", true],
	])("%s: %s", async (packet, closes) => {
		expect(await check([CONNECT, packet])).toEqual([closes ? "6" : CONNECT_REFUSED, packet]);
	});
	it("only packets behind it matter", async () => {
		expect(await check(["42[]", CONNECT])).toEqual(["42[]", CONNECT_REFUSED]);
		expect(await check([CONNECT, "42[]", CONNECT])).toEqual(["6", "42[]", CONNECT_REFUSED]);
		expect(await check([CONNECT, "3", CONNECT])).toEqual([CONNECT_REFUSED, "3", CONNECT_REFUSED]);
	});
	it("a message without text is a CONNECT without a token", async () => {
		expect(await check([CONNECT, "4"])).toEqual([
			CONNECT_REFUSED,
			"40/.edge/connect/jwt%20must%20be%20provided,",
		]);
	});
});

describe("after a refused auth message the server closes on a second CONNECT, and on what it cannot parse", () => {
	it.each([
		["3", false],
		["40/admin,", false],
		["41", false],
		["42[]", false],
		["43[]", false],
		[GOOD, true],
		["2", true],
		["", true],
		["42[", true],
		["40[", true],
		["48", true],
	])("%s: %s", async (packet, closes) => {
		expect(await check([AUTH, packet])).toEqual([closes ? "6" : AUTH_REFUSED, packet]);
	});
	it("each kind of refusal has its own rule", async () => {
		expect(await check([CONNECT, AUTH, "3"])).toEqual(["6", AUTH_REFUSED, "3"]);
		expect(await check([AUTH, CONNECT, "3"])).toEqual(["6", CONNECT_REFUSED, "3"]);
		expect(await check([AUTH, GOOD, AUTH])).toEqual(["6", GOOD, AUTH_REFUSED]);
	});
});

describe("packets are read from the end of the body, up to a limit of bytes", () => {
	const LIMIT = 200;
	/** The server cannot parse it, and would close. */
	const broken = (bytes: number) => `42[${"x".repeat(bytes - 3)}`;
	const fine = (bytes: number) => `42["${"x".repeat(bytes - 6)}"]`;
	it("after a refused CONNECT, the type of a message is enough: its length does not matter", async () => {
		const packets = [fine(LIMIT + 1), "3"];
		expect(await check([CONNECT, ...packets], { packetBytes: LIMIT })).toEqual(["6", ...packets]);
	});
	it.each([
		["of exactly the limit", [broken(LIMIT)], "6"],
		["over it", [broken(LIMIT + 1)], AUTH_REFUSED],
		["together with later ones of exactly the limit", [broken(50), fine(LIMIT - 50)], "6"],
		["together with later ones over it", [broken(50), fine(LIMIT - 49)], AUTH_REFUSED],
		["with earlier ones over it", [fine(LIMIT), broken(50)], "6"],
	])("a packet %s", async (_, packets, expected) => {
		expect(await check([AUTH, ...packets], { packetBytes: LIMIT })).toEqual([expected, ...packets]);
	});
});

describe("the server's errors turn back into refusals", () => {
	const error = '{"message":"Invalid namespace"}';
	const refusal = (code: number | null, description: string | null) =>
		`44${JSON.stringify({ message: "not authorized", data: { code, description } })}`;
	it.each([
		[`44/.edge/connect/-,${error}`, [refusal(null, null)]],
		[`44/.edge/connect/jwt%20expired,${error}`, [refusal(4005, "token:jwt expired")]],
		[
			`44/.edge/auth/-,${error}`,
			['42["message",{"type":"disconnectReason","code":null,"description":null}]', "41"],
		],
	])("%s", (packet, expected) => {
		expect(restoreRefusal(packet)).toEqual(expected);
		expect(restoreRefusals(`3${SEPARATOR}${packet}`)).toBe(["3", ...expected].join(SEPARATOR));
	});
	it.each([
		["another carrier", `44/.edge/ask/-,${error}`],
		["a text that is no message", `44/.edge/connect/hello,${error}`],
		["a message that is not encoded", `44/.edge/connect/jwt expired,${error}`],
		["no comma", "44/.edge/connect/-"],
		["a longer namespace", `44/.edge/connect/-/x,${error}`],
		["text before it", `x44/.edge/connect/-,${error}`],
		["no message at all", `44/.edge/connect/,${error}`],
	])("%s stays: %s", (_, packet) => {
		expect(restoreRefusal(packet)).toEqual([packet]);
		expect(restoreRefusals(packet)).toBe(packet);
	});
});
