/**
 * Generates the packets of an editor's socket as engine.io writes them: CONNECT and `auth` with tokens of every kind,
 * events with escapes, acknowledgements and attachments, other namespaces, and packets that do not parse.
 */
import fc from "fast-check";
import { weighted } from "./edits.ts";
import { GOOD, GOOD_SESSION, json, member, ofMembers, TOKEN } from "./socket-tokens.ts";

/** Text, or bytes of an attachment. */
export type Packet = string | Uint8Array;

const AUTH_OBJECT = fc.oneof(
	{ weight: 16, arbitrary: fc.constantFrom(`{"token":"${GOOD}"}`, `{"session":"${GOOD_SESSION}"}`) },
	{ weight: 10, arbitrary: member("token", TOKEN).map((text) => `{${text}}`) },
	{ weight: 4, arbitrary: member("session", TOKEN).map((text) => `{${text}}`) },
	{ weight: 4, arbitrary: ofMembers(member("token", TOKEN), member("session", TOKEN)) },
	{
		weight: 2,
		arbitrary: ofMembers(member("token", TOKEN), member("token", TOKEN), fc.constant('"x":[{"token":1}]')),
	},
	{
		weight: 1,
		arbitrary: ofMembers(
			member(
				"__proto__",
				TOKEN.map((text) => `{"token":${text}}`),
			),
		),
	},
	{
		weight: 2,
		arbitrary: fc.constantFrom(
			"",
			"{}",
			"[]",
			"null",
			'"x"',
			"5",
			"{",
			'{"token":}',
			'{"token":"x"} x',
			"{}{}",
		),
	},
);
const NAMESPACES = weighted(
	[20, ""],
	[2, "/,"],
	[1, "/"],
	[1, "/admin,"],
	[1, "/admin"],
	[1, "//,"],
	[1, "/?a=b,"],
	[1, "/.edge/ask,"],
);
const IDS = weighted([20, ""], [1, "0"], [1, "17"], [1, " 5"], [1, "\t"], [1, "99999999999999999999"]);
const TYPES = weighted([20, "0"], [1, ""], [1, " "], [1, "00"]);

export const connects: fc.Arbitrary<string> = fc
	.tuple(TYPES, NAMESPACES, IDS, AUTH_OBJECT)
	.map((parts) => `4${parts.join("")}`);

const USERS = json([
	[12, '{"id":"u"}'],
	[1, '""'],
	[1, "null"],
	[1, "0"],
	[1, "[]"],
	[1, '"x"'],
]);
const AUTH_DATA = fc.oneof(
	{
		weight: 8,
		arbitrary: ofMembers(
			member(
				"type",
				json([
					[12, '"auth"'],
					[1, '"Auth"'],
					[1, '["auth"]'],
					[1, '"auth "'],
				]),
			),
			member("token", USERS),
			member("user", USERS),
			member("jwtOpen", TOKEN),
			member("jwtSession", TOKEN),
		),
	},
	{
		weight: 8,
		arbitrary: fc
			.tuple(fc.constantFrom("jwtOpen", "jwtSession"), TOKEN)
			.map(([place, token]) => `{"type":"auth","token":"x","user":{"id":"u"},"${place}":${token}}`),
	},
	{
		weight: 2,
		arbitrary: fc.constantFrom('{"type":"auth"}', '{"type":"auth","token":1,"user":1}', '"auth"', "null"),
	},
);
const EVENT_NAMES = json([
	[16, '"message"'],
	[1, '"Message"'],
	[1, '"other"'],
	[1, '"disconnect"'],
	[1, "5"],
]);
const message = (data: fc.Arbitrary<string>) =>
	fc.tuple(EVENT_NAMES, data).map(([event, text]) => `[${event},${text}]`);

export const auths: fc.Arbitrary<string> = fc
	.tuple(weighted([20, "2"], [1, "50-"], [1, "5-"], [1, "50.0-"]), NAMESPACES, IDS, message(AUTH_DATA))
	.map((parts) => `4${parts.join("")}`);

const ECHO = fc.nat(99).map((n) => `{"type":"echo","data":${n}}`);
export const events: fc.Arbitrary<string> = fc
	.tuple(
		NAMESPACES,
		IDS,
		message(fc.oneof(ECHO, ECHO, fc.constantFrom('{"type":"auth "}', '"\u00e9\ud83d\ude00"', "{}"))),
	)
	.map((parts) => `42${parts.join("")}`);

/** An event with one attachment, complete or not. */
export const attachments: fc.Arbitrary<readonly Packet[]> = fc
	.tuple(
		fc.constantFrom("51-", "52-", "61-7", "51-/admin,"),
		fc.constantFrom(
			'["message",{"type":"echo","data":{"_placeholder":true,"num":0}}]',
			'["message",{"_placeholder":true}]',
		),
		fc.array(fc.uint8Array({ maxLength: 4 }), { maxLength: 2 }),
	)
	.map(([type, text, bytes]) => [`4${type}${text}`, ...bytes]);

// biome-ignore format: a table
const OTHERS = [
	"3", "3probe", "6", "5", "2", "2probe", "1", "7", "", "x", "41", "41/,", "41/admin,", "43[]", "430[1]", "44{}", "4zzz", "42",
	"42[]", "42{}", '42["message"', "451-", "45-[]", "47", "4-1", '42["message"]', "bAAAA", "b",
];
/** Packets of engine.io itself, and texts that are no packet. */
export const others: fc.Arbitrary<string> = fc.constantFrom(...OTHERS);
