/**
 * Changes of `src/request` that no test can notice.
 */
import type { Justification } from "../justified.ts";

export const REQUEST: readonly Justification[] = [
	{
		file: "src/request/body-pieces.ts",
		at: "if (length <= limitBytes) take",
		changes: ["length <= limitBytes → true"],
		why: "A piece beyond the limit is dropped with the refusal.",
	},
	{
		file: "src/request/body.ts",
		at: "if (request.body === null) return new Uint8Array();",
		changes: ["request.body === null → false"],
		why: "A request without a body is read to the same empty bytes. The comparison saves the read.",
	},
	{
		file: "src/request/body.ts",
		at: "if (keep) await read.body?.cancel();",
		changes: ["keep → false"],
		why: "The verdict is the same. The copy would hold the rest of the body in memory.",
	},
	{
		file: "src/request/client-address.ts",
		at: "const [, high, low]",
		changes: ['"" → "Stryker was here!"', '[] → ["Stryker was here"]'],
		why: "The first element is not used. An IPv6 address that the URL parser refuses has no groups.",
	},
	{
		file: "src/request/client-address.ts",
		at: 'const [head = "", tail]',
		changes: ['"" → "Stryker was here!"'],
		why: "A text that is split has a first part. The compiler asks for the default, which never runs.",
	},
	{
		file: "src/request/client-address.ts",
		at: "const groups = tail === undefined",
		changes: ["tail === undefined → false"],
		why: "An address without `::` has eight groups, so no zeros are added.",
	},
	{
		file: "src/request/document-segments.ts",
		at: "const FILE",
		changes: [
			"/^\\/(?:storage-)?cache\\/files\\/[^/]+\\/([^/].*)$/is → /^\\/(?:storage-)?cache\\/files\\/[^/]+\\/([^/].*)/is",
		],
		why: "Without the end, the pattern still takes all that follows.",
	},
	{
		file: "src/request/lenient-paths.ts",
		at: "lenientPaths(path)?.concat",
		changes: ['[] → ["Stryker was here"]'],
		why: "The canonical path has no more layers than the path, whose layers were counted before.",
	},
	{
		file: "src/request/lenient-paths.ts",
		at: "const ends = new Set",
		changes: ["/[?#\\0].*$/s → /[?#\\0].*/s"],
		why: "Without the end, the pattern still takes all that follows.",
	},
	{
		file: "src/request/lenient-paths.ts",
		at: "const folded =",
		changes: ["/[\\x80-\\uffff]/ → /[^\\x80-\\uffff]/"],
		why: "Every path has a slash, so all are folded. ASCII folds to itself: only time is lost.",
	},
	{
		file: "src/request/lenient-paths.ts",
		at: "while (end > 0",
		changes: ["end > 0 → true", "end > 0 → end >= 0"],
		why: "Before the first character there is neither a dot nor a space.",
	},
	{
		file: "src/request/lenient-paths.ts",
		at: "return end === segment.length",
		changes: ["end === segment.length → false"],
		why: "A slice of the whole length is the same text.",
	},
	{
		file: "src/request/nginx-arg.ts",
		at: "for (let start = 0, end: number;",
		changes: ["start < args.length → start <= args.length"],
		why: "Behind the last character there is no argument.",
	},
	{
		file: "src/request/nginx-uri.ts",
		at: "return String.fromCharCode",
		changes: ['"0" → ""'],
		why: "The path is refused, whatever this character is.",
	},
	{
		file: "src/request/target.ts",
		at: "const UNCHANGED_BY_PARSER",
		changes: [
			"/^(https?:\\/\\/[\\w.:-]{1,260})((?:\\/(?!\\.|%2e)[\\w.~%-]*)+)(?:\\?([\\w.~%&=+-]+))?$/i → /^(https:\\/\\/[\\w.:-]{1,260})((?:\\/(?!\\.|%2e)[\\w.~%-]*)+)(?:\\?([\\w.~%&=+-]+))?$/i",
			"/^(https?:\\/\\/[\\w.:-]{1,260})((?:\\/(?!\\.|%2e)[\\w.~%-]*)+)(?:\\?([\\w.~%&=+-]+))?$/i → /^(https?:\\/\\/[\\w.:-])((?:\\/(?!\\.|%2e)[\\w.~%-]*)+)(?:\\?([\\w.~%&=+-]+))?$/i",
			"/^(https?:\\/\\/[\\w.:-]{1,260})((?:\\/(?!\\.|%2e)[\\w.~%-]*)+)(?:\\?([\\w.~%&=+-]+))?$/i → /^(https?:\\/\\/[\\w.:-]{1,260})((?:\\/(?!\\.|%2e)[\\w.~%-]*))(?:\\?([\\w.~%&=+-]+))?$/i",
			"/^(https?:\\/\\/[\\w.:-]{1,260})((?:\\/(?!\\.|%2e)[\\w.~%-]*)+)(?:\\?([\\w.~%&=+-]+))?$/i → /^(https?:\\/\\/[\\w.:-]{1,260})((?:\\/(?!\\.|%2e)[\\w.~%-])+)(?:\\?([\\w.~%&=+-]+))?$/i",
			"/^(https?:\\/\\/[\\w.:-]{1,260})((?:\\/(?!\\.|%2e)[\\w.~%-]*)+)(?:\\?([\\w.~%&=+-]+))?$/i → /^(https?:\\/\\/[\\w.:-]{1,260})((?:\\/(?!\\.|%2e)[\\w.~%-]*)+)(?:\\?([\\w.~%&=+-]+))$/i",
			"/^(https?:\\/\\/[\\w.:-]{1,260})((?:\\/(?!\\.|%2e)[\\w.~%-]*)+)(?:\\?([\\w.~%&=+-]+))?$/i → /^(https?:\\/\\/[\\w.:-]{1,260})((?:\\/(?!\\.|%2e)[\\w.~%-]*)+)(?:\\?([\\w.~%&=+-]))?$/i",
		],
		why: "The pattern finds fewer URLs. The URL parser reads the others, to the same result.",
	},
	{
		file: "src/request/target.ts",
		at: "const read = readTarget",
		changes: ['args === "" → false', '"" → "Stryker was here!"'],
		why: "A `?` without a query is none.",
	},
	{
		file: "src/request/target.ts",
		at: 'const [, siteUrl = "", path = "", args = ""]',
		changes: ['"" → "Stryker was here!"'],
		why: "Where the pattern matched, site and path are there. The compiler asks for the defaults.",
	},
	{
		file: "src/request/target.ts",
		at: "if (site && SITES.size",
		changes: [
			"SITES.size < SITES_LIMIT → SITES.size <= SITES_LIMIT",
			"SITES.size < SITES_LIMIT → SITES.size >= SITES_LIMIT",
		],
		why: "A site that is not kept is parsed again. Only time is lost, or one more site is kept.",
	},
	{
		file: "src/request/target.ts",
		at: "const trimmed =",
		changes: ['"" → "Stryker was here!"'],
		why: "A text that is split has a first part. The compiler asks for the default, which never runs.",
	},
];
