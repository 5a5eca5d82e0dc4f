/**
 * Generates other spellings of a path: encodings, slashes, dots, prefixes, endings. Some reader between the client and a
 * handler may take each for the path itself.
 */
import fc from "fast-check";

type Respell = (path: string) => string;

const hex = (byte: number) => byte.toString(16).padStart(2, "0");
/** Replaces the character at this place. */
const characterAt = (
	path: string,
	at: number,
	write: (code: number, character: string) => string,
): string => {
	const index = at % path.length;
	const character = path.charAt(index);
	return path.slice(0, index) + write(character.charCodeAt(0), character) + path.slice(index + 1);
};
/** Replaces one slash of the path. */
const slashAt = (path: string, at: number, text: string): string => {
	const slashes = [...path.matchAll(/\//g)].map(({ index }) => index);
	const index = slashes[at % slashes.length] ?? 0;
	return path.slice(0, index) + text + path.slice(index + 1);
};

const OF_CHARACTERS: readonly ((code: number, character: string) => string)[] = [
	(code) => `%${hex(code)}`,
	(code) => `%${hex(code).toUpperCase()}`,
	(code) => `%25${hex(code)}`,
	(code) => `%25%32%35${hex(code)}`,
	(code) => `%u00${hex(code)}`,
	// Overlong UTF-8 in two and in three bytes.
	(code) => `%${hex(0xc0 | (code >> 6))}%${hex(0x80 | (code & 0x3f))}`,
	(code) => `%e0%${hex(0x80 | (code >> 6))}%${hex(0x80 | (code & 0x3f))}`,
	// Full width: U+FF01 to U+FF5E.
	(code) => encodeURIComponent(String.fromCharCode(code + 0xfee0)),
	(_, character) =>
		character === character.toLowerCase() ? character.toUpperCase() : character.toLowerCase(),
	(_, character) => (/s/i.test(character) ? "%c5%bf" : /k/i.test(character) ? "%e2%84%aa" : character),
	(_, character) => `${character}%00`,
	(_, character) => `${character}\t`,
	(_, character) => `${character}%0a`,
];

// biome-ignore format: a table
const FOR_SLASHES = [
	"//", "///", "/./", "/x/../", "/%2e/", "/x/%2e%2e/", "/x%2f..%2f", "%2f", "%2F", "/%2f", "%2f%2f", "\\", "/\\", "%5c",
	"%5C", "/;x/", ";/", ";x=y/", "/.;/", "/..;/", "%252f", "%c0%af", "%e2%88%95", "%ef%bc%8f", "/%20/", "/%00/", "/ /",
	"/.%2e/", "/x/.%2e/", "/x/..\\", "/\t/", "%3f/", "%23/",
];
// biome-ignore format: a table
const ENDINGS = [
	"/", "//", "/.", "/./", "/..", "/x/..", "/x", "%2f", "%2F", "%5c", "\\", ";", ";x", ";x=/y", "%00", "%00.js", "%20", "%09",
	"%0a", "%0d", "%0d%0a", "#", "#x", "%23", "%23x", ".", "%2e", "..", "?", "??", "%3f", "%3fx", "%3ftoken=x", "%3Fmd5=x",
	".json", "%ff", "%a0", "%c2%a0", "%ef%bb%bf", "&x", "+", "/%2e%2e/x", "/web-apps/x.js", ".css", "%3b", "%26x=1",
];
// biome-ignore format: a table
const BEGINNINGS = [
	"/7.2.0-204", "/%37.2.0-204", "/7.2.0%2d204", "/7.2.0|204", "/7.2.0.204", "//7.2.0-204", "/x/../7.2.0-204",
	"/7.2.0-204/7.2.0-204", "/7.2.0-204/.", "/7.2.0-204//", "/7.2.0-204%2f..", "/7.2.0-", "/07.2.0-0", "/7.2.0-204/x/..",
	"/7.2.0-204/web-apps/..", "/7.2.0-204/web-apps%2f..", "/web-apps/..", "/web-apps/x/%2e%2e/..", "/web-apps/..%2f.",
	"/cache/files/..%2f..", "/cache/files/x/../../..", "/healthcheck/..", "/doc/..", "/doc/x/..%2f..", "/doc/%2e%2e",
	"/sdkjs%2f..", "/.", "/%2e", "/x/..", "/x%2f..", "/..", "/%2e%2e", "/", "//", "/\\", "/%5c", "/;x", "/.edge/..",
	"/.edge/health/../..", "/.edge%2f..", "/ds", "/ds-vpath", "/%20", "/example/..", "/hosting/discovery/../..",
];

const RESPELLINGS: fc.Arbitrary<Respell> = fc.oneof(
	{
		weight: 5,
		arbitrary: fc.tuple(fc.constantFrom(...OF_CHARACTERS), fc.nat(60)).map(
			([write, at]): Respell =>
				(path) =>
					characterAt(path, at, write),
		),
	},
	{
		weight: 4,
		arbitrary: fc.tuple(fc.constantFrom(...FOR_SLASHES), fc.nat(6)).map(
			([text, at]): Respell =>
				(path) =>
					slashAt(path, at, text),
		),
	},
	{
		weight: 3,
		arbitrary: fc.constantFrom(...ENDINGS).map(
			(text): Respell =>
				(path) =>
					path + text,
		),
	},
	{
		weight: 4,
		arbitrary: fc.constantFrom(...BEGINNINGS).map(
			(text): Respell =>
				(path) =>
					text + path,
		),
	},
);

/** Up to three respellings, one after the other. */
export const respellings: fc.Arbitrary<Respell> = fc
	.oneof(
		{ weight: 3, arbitrary: fc.constant([]) },
		{ weight: 5, arbitrary: fc.array(RESPELLINGS, { minLength: 1, maxLength: 3, size: "max" }) },
	)
	.map(
		(list): Respell =>
			(path) =>
				list.reduce((text, respell) => respell(text), path),
	);
