/**
 * Changes of `src/claims` that no test can notice.
 */
import type { Justification } from "../justified.ts";

export const CLAIMS: readonly Justification[] = [
	{
		file: "src/claims/download-url.ts",
		at: "const sentAs =",
		changes: ['"" → "Stryker was here!"'],
		why: "The called URL parses. The compiler asks for the other case, which never runs.",
	},
	{
		file: "src/claims/merged-claims.ts",
		at: "if (!claims.payload && !claims.query)",
		changes: ["!claims.payload && !claims.query → false"],
		why: "Nothing is merged, into a copy. The line saves the copy.",
	},
	{
		file: "src/claims/url-hosts.ts",
		at: "const IPV4",
		changes: ["/^\\d+\\.\\d+\\.\\d+\\.\\d+$/ → /\\d+\\.\\d+\\.\\d+\\.\\d+$/"],
		why: "A name that ends in a number is no host of a URL, unless all of it is an address (WHATWG URL, ends-in-a-number checker).",
	},
	{
		file: "src/claims/url-hosts.ts",
		at: 'if (url.port !== ""',
		changes: ['hostname.startsWith("[") → hostname.endsWith("[")'],
		why: "An IPv6 address has no dot, and every wildcard begins with one.",
	},
	{
		file: "src/claims/callback-host.ts",
		at: "return url &&",
		changes: ["/^https?:$/ → /^https?:/"],
		why: "A protocol has one colon, at its end.",
	},
	{
		file: "src/claims/url-hosts.ts",
		at: "if (url === null",
		changes: ["/^https?:$/ → /^https?:/"],
		why: "A protocol has one colon, at its end.",
	},
];
