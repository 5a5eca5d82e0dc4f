/**
 * Changes of `src/file-cache` that no test can notice.
 */
import type { Justification } from "../justified.ts";

export const FILE_CACHE: readonly Justification[] = [
	{
		file: "src/file-cache/conditional-response.ts",
		at: 'if (!hasCondition && method === "GET") return respond',
		changes: ['!hasCondition && method === "GET" → false', '"GET" → ""'],
		why: "Without a condition, the rest of the function sends the whole file too. The line saves the reading of the date.",
	},
	{
		file: "src/file-cache/conditional-response.ts",
		at: "const modified = parseHttpTime",
		changes: ['"" → "Stryker was here!"'],
		why: "Neither text is a date.",
	},
	{
		file: "src/file-cache/file-part.ts",
		at: "const [, start, end, suffix]",
		changes: ['[] → ["Stryker was here"]'],
		why: "The first element is not used.",
	},
	{
		file: "src/file-cache/freshness.ts",
		at: "if (isForbidden || readDirectives",
		changes: ['"" → "Stryker was here!"'],
		why: "Neither text has the directive.",
	},
	{
		file: "src/file-cache/freshness.ts",
		at: "const controls = CONTROLS",
		changes: ['"" → "Stryker was here!"'],
		why: "Neither text has a directive that counts.",
	},
	{
		file: "src/file-cache/freshness.ts",
		at: "const date = parseHttpTime",
		changes: ['"" → "Stryker was here!"'],
		why: "Neither text is a date.",
	},
	{
		file: "src/file-cache/freshness.ts",
		at: 'const [ageText = ""]',
		changes: ['"" → "Stryker was here!"'],
		why: "Neither text is a number.",
	},
	{
		file: "src/file-cache/freshness.ts",
		at: 'const directives = readDirectives(headers.get("Cache-Control") ?? "")',
		changes: ['"" → "Stryker was here!"'],
		why: "Neither text has a directive that counts.",
	},
	{
		file: "src/file-cache/freshness.ts",
		at: 'for (const [, name = ""',
		changes: ['"" → "Stryker was here!"'],
		why: "A match has a name. The compiler asks for the default, which never runs.",
	},
	{
		file: "src/file-cache/freshness.ts",
		at: "const [, at, digits]",
		changes: ['"" → "Stryker was here!"', '[] → ["Stryker was here"]'],
		why: "Neither text is a number, and the first element is not used.",
	},
	{
		file: "src/file-cache/http-time.ts",
		at: "const month = monthOf",
		changes: ['"" → "Stryker was here!"'],
		why: "Each form has a month. The compiler asks for the default, which never runs.",
	},
	{
		file: "src/file-cache/http-time.ts",
		at: "const isLeapDay =",
		changes: ["month === 1 → true"],
		why: "No other month ends before its 29th day.",
	},
	{
		file: "src/file-cache/http-time.ts",
		at: "function monthOf",
		changes: ['"" → "Stryker was here!"'],
		why: "A month has three letters. The compiler asks for the default, which never runs.",
	},
	{
		file: "src/file-cache/media-path.ts",
		at: 'const [media, name = ""]',
		changes: ['"" → "Stryker was here!"'],
		why: "Neither text is the name of a picture.",
	},
	{
		file: "src/file-cache/memory.ts",
		at: "while (heldBytes > limitBytes",
		changes: ["files.size > 0 → true", "files.size > 0 → files.size >= 0"],
		why: "An empty memory holds no bytes, so the first comparison ends the loop.",
	},
	{
		file: "src/file-cache/platform-cache.ts",
		at: "} catch {",
		changes: ["{ return undefined; } → {}"],
		why: "The function returns `undefined` at its end too.",
	},
];
