/**
 * Changes of `src/routes` that no test can notice.
 */
import type { Justification } from "../justified.ts";

export const ROUTES: readonly Justification[] = [
	{
		file: "src/routes/find-by-exposure.ts",
		at: ": [path, uri, docService.path, canonical",
		changes: ['[] → ["Stryker was here"]'],
		why: "A text that does not begin with a slash is covered by no row.",
	},
	{
		file: "src/routes/find-route.ts",
		at: "if (docService.path === canonical) return atDocService;",
		changes: ["docService.path === canonical → false"],
		why: "The same path leads to the same row. The comparison saves the search.",
	},
	{
		file: "src/routes/find-route.ts",
		at: "const DOT_SEGMENT",
		changes: ["/(?:^|\\/)\\.\\.?(?:\\/|$)/ → /(?:\\/)\\.\\.?(?:\\/|$)/"],
		why: "Every path begins with a slash.",
	},
	{
		file: "src/routes/integration-routes.ts",
		at: "sessions: readonly string[] = []",
		changes: ['[] → ["Stryker was here"]'],
		why: "Every listed path begins with a slash, so none is this text.",
	},
];
