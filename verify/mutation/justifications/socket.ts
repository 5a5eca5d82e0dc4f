/**
 * Changes of `src/socket` that no test can notice.
 */
import type { Justification } from "../justified.ts";

export const SOCKET: readonly Justification[] = [
	{
		file: "src/socket/close-socket.ts",
		at: "const registered = code >= 1000",
		changes: ["code !== NO_STATUS → true"],
		why: "The only caller has closed a socket with this code before it asks.",
	},
	{
		file: "src/socket/message.ts",
		at: "if (!Number.isInteger(type)",
		changes: ["type < CONNECT → false"],
		why: "One character is never a negative number.",
	},
	{
		file: "src/socket/message.ts",
		at: 'const payload = rest === ""',
		changes: ['rest === "" → false', '"" → "Stryker was here!"'],
		why: "The scanner finds no JSON in an empty text either, and the next line asks for the rest again.",
	},
	{
		file: "src/socket/polling-body.ts",
		at: "const closing = refused[carrier].length > 0",
		changes: [
			"refused[carrier].length > 0 → true",
			"refused[carrier].length > 0 → refused[carrier].length >= 0",
			"-1 → +1",
		],
		why: "Where no packet was refused, none is compared with the result. Only time is lost.",
	},
	{
		file: "src/socket/polling-body.ts",
		at: "for (const index of refused[carrier]) if (index < closing)",
		changes: ["index < closing → index <= closing"],
		why: "The server never closes on a refused packet: it is a CONNECT where one may come, or an event.",
	},
	{
		file: "src/socket/polling-body.ts",
		at: "const UTF8 = new TextDecoder",
		changes: ["true → false"],
		why: "Each decoded text begins with engine.io's `4` or has one byte, so none begins with a byte order mark.",
	},
	{
		file: "src/socket/polling-body.ts",
		at: "const HARMLESS",
		changes: ["/^[356]/ → /[356]/"],
		why: "The tested text is one byte long.",
	},
	{
		file: "src/socket/polling-body.ts",
		at: "const ECHO_START",
		changes: ['"44/.edge/" → ""'],
		why: "The search saves the split. Packets without this text are joined again as they were.",
	},
	{
		file: "src/socket/polling-body.ts",
		at: "const [, carrier, encoded]",
		changes: ['[] → ["Stryker was here"]'],
		why: "The first element is not used.",
	},
];
