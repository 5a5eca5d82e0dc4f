/**
 * Changes of `src/token` that no test can notice.
 */
import type { Justification } from "../justified.ts";

export const TOKEN: readonly Justification[] = [
	{
		file: "src/token/find-token.ts",
		at: 'const body = parts.body === ""',
		changes: ['parts.body === "" → false', '"" → "Stryker was here!"'],
		why: "The scanner finds no JSON in an empty text. The comparison saves the call.",
	},
	{
		file: "src/token/find-token.ts",
		at: 'return query === ""',
		changes: ['query === "" → false', '"" → "Stryker was here!"'],
		why: "The parser of an empty query returns no parameters. The comparison saves the call.",
	},
	{
		file: "src/token/sign-for-origin.ts",
		at: 'const [encodedHeader = "", encodedPayload = ""]',
		changes: ['"" → "Stryker was here!"'],
		why: "A verified token has three parts. The compiler asks for the defaults, which never run.",
	},
	{
		file: "src/token/sign-for-origin.ts",
		at: "const payload = bytesOf",
		changes: ['"" → "Stryker was here!"'],
		why: "The payload of a verified token decodes. The compiler asks for the default, which never runs.",
	},
	{
		file: "src/token/verify-token.ts",
		at: "HS256:",
		changes: [
			"/^[\\w-]{42}[AEIMQUYcgkosw048]$/ → /[\\w-]{42}[AEIMQUYcgkosw048]$/",
			"/^[\\w-]{42}[AEIMQUYcgkosw048]$/ → /^[\\w-]{42}[AEIMQUYcgkosw048]/",
		],
		why: "A longer signature has more than 32 bytes, which no key confirms: the same refusal.",
	},
	{
		file: "src/token/verify-token.ts",
		at: "HS512:",
		changes: ["/^[\\w-]{85}[AQgw]$/ → /[\\w-]{85}[AQgw]$/", "/^[\\w-]{85}[AQgw]$/ → /^[\\w-]{85}[AQgw]/"],
		why: "A longer signature has more than 64 bytes, which no key confirms: the same refusal.",
	},
	{
		file: "src/token/verify-token.ts",
		at: 'const [encodedHeader = "", encodedPayload = "", signature = ""] = parts',
		changes: ['"" → "Stryker was here!"'],
		why: "A token with fewer than three parts is refused in the next line.",
	},
	{
		file: "src/token/verify-token.ts",
		at: "const claimed = bytesOf",
		changes: ['"" → "Stryker was here!"'],
		why: "A signature of this form decodes. The compiler asks for the default, which never runs.",
	},
	{
		file: "src/token/verify-token.ts",
		at: "const NOT_ASCII",
		changes: ["/[^\\0-\\x7f]/ → /[\\0-\\x7f]/"],
		why: "Plain ASCII decodes to itself. A payload without any ASCII is no JSON, and a text has no claims.",
	},
];
