/**
 * Changes of `src/rewrite` that no test can notice.
 */
import type { Justification } from "../justified.ts";

export const REWRITE: readonly Justification[] = [
	{
		file: "src/rewrite/json-splice.ts",
		at: "const value = scanJson",
		changes: ['[] → ["Stryker was here"]'],
		why: "Members are found that nobody asks for.",
	},
	{
		file: "src/rewrite/query-parameter.ts",
		at: 'part !== "" &&',
		changes: ['part !== "" → true', '"" → "Stryker was here!"'],
		why: "The parser finds no parameter in an empty part. The comparison saves the call.",
	},
	{
		file: "src/rewrite/query-parameter.ts",
		at: "const part = parts[at]",
		changes: ['"" → "Stryker was here!"'],
		why: "Without a holder, the parameter is refused two lines below.",
	},
	{
		file: "src/rewrite/request-target.ts",
		at: "const path = uri.split",
		changes: ['"" → "Stryker was here!"'],
		why: "A text that is split has a first part. The compiler asks for the default, which never runs.",
	},
];
