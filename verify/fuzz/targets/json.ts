/**
 * `scanJson` and `replaceJsonString`. The other reading is `JSON.parse`: both accept the same texts, find the same values,
 * and a replaced string changes nothing else.
 *
 * For the splice, the first line of an input is the path, with spaces between its steps, and the rest is the text.
 */
import { isDeepStrictEqual } from "node:util";
import { parseJson } from "../../../src/encoding/json.ts";
import { isTruthyAt, scanJson, stringOrTruth, valueAt } from "../../../src/encoding/json-scan.ts";
import { replaceJsonString } from "../../../src/rewrite/json-splice.ts";
import { type FuzzTarget, hold } from "../target.ts";
import { vectorBodies } from "../vectors.ts";

const NAMES = ["token", "key", "session", "", "__proto__", 0, 1] as const;
const REPLACEMENT = 'ey"\\\u2028.é';
/** Comparing deeper values would need more stack than there is. Only the comparison leaves them out. */
const COMPARED_DEPTH = 300;
/** A longer path would only measure how this file splits it. */
const MOST_PATH_CHARACTERS = 200;

// biome-ignore format: a list
const WORDS = [
	"{", "}", "[", "]", ",", ":", '"', "\\", '\\"', "\\u0074", "\\ud800", "\\udc00", "\\u", "\\x", "\\/",
	"\\b", "true", "false", "null", "tru", "0", "-0", "00", "1e5", "1E+5", "1e-400", "1e400", "0.0", "-",
	".5", "5.", "+1", "Infinity", "NaN", "//", "/*", '"token":', '"key":', '"session":', '"":',
	'"__proto__":', '{"a":', "[[", "]]", " ", "\t", "\n", "\r", "\x0c", "\xa0", "\ufeff", "\u2028",
];
const SEEDS = [
	'{"token":"a.b.c","key":"k"}',
	' [ {"token" : "a" , "token":false} , "session" ] ',
	'{"\\u0074oken":"x\\n\\u00e9\\ud83d\\ude00","":null,"__proto__":{"token":1}}',
	'[0,-1,1.5e+3,1E-2,"",true,false,null,{},[]]',
	'{"token":{"token":["token"]}}',
	`${"[".repeat(70)}1${"]".repeat(70)}`,
];

export const jsonScanTarget: FuzzTarget = {
	name: "json-scan",
	seeds: () => [...vectorBodies(), ...SEEDS],
	words: WORDS,
	longest: 60_000,
	bound: { constant: 100_000, perCharacter: 60 },
	call: (input) => scanJson(input, 0, NAMES),
	check: (input) => {
		const scanned = scanJson(input, 0, NAMES);
		const parsed = parseJson(input);
		hold("the scanner accepts what JSON.parse accepts", (scanned === undefined) === (parsed === undefined));
		if (scanned === undefined) return "invalid";
		hold("the span is the whole value", isDeepEqual(valueAt(input, scanned), parsed, input));
		hold("truth is JavaScript's", isTruthyAt(input, scanned) === Boolean(parsed));
		for (const name of NAMES) {
			const span = scanned.members.get(name);
			const isMember = typeof parsed === "object" && parsed !== null && Object.hasOwn(parsed, name);
			const isNamed = isMember && Array.isArray(parsed) === (typeof name === "number");
			hold("a member is found if it is there", (span !== undefined) === isNamed);
			if (span === undefined) continue;
			const value = (parsed as Record<string | number, unknown>)[name];
			hold("a member is the last one of its name", isDeepEqual(valueAt(input, span), value, input));
			const short = stringOrTruth(input, span);
			hold(
				"a string is itself, any other value its truth",
				short === (typeof value === "string" ? value : Boolean(value)),
			);
		}
		return `${Array.isArray(parsed) ? "array" : typeof parsed} ${[...scanned.members.keys()].join()}`;
	},
};

export const jsonSpliceTarget: FuzzTarget = {
	name: "json-splice",
	seeds: () => [
		...vectorBodies().map((body) => `token\n${body}`),
		...SEEDS.flatMap((text) => [`token\n${text}`, `0 token\n${text}`]),
		'1 jwtOpen\n["message",{"type":"auth","jwtOpen":"a.b.c"}]',
		'token token 0\n{"token":{"token":["token"]}}',
		'\n"x"',
	],
	words: [...WORDS, "token ", "0 ", "1 ", "\n", "1 jwtOpen\n"],
	longest: 60_000,
	bound: { constant: 100_000, perCharacter: 400 },
	call: (input) => {
		const { text, path } = split(input);
		return replaceJsonString(text, path, REPLACEMENT);
	},
	check: (input) => {
		const { text, path } = split(input);
		const spliced = replaceJsonString(text, path, REPLACEMENT);
		const parsed = parseJson(text);
		const old = valueIn(parsed, path);
		hold("a string is replaced if it is there", (spliced !== undefined) === (typeof old === "string"));
		if (spliced === undefined) return typeof old;
		const expected = withValue(parsed, path);
		hold("nothing else is replaced", isDeepEqual(parseJson(spliced), expected, text));
		hold("the old string comes back", spliced.length - text.length === lengthOf(spliced, text));
		return `replaced ${Math.min(4, path.length)} ${/\\/.test(text)}`;
	},
};

/** The longest common beginning and end leave only the replaced string. */
function lengthOf(spliced: string, text: string): number {
	let start = 0;
	while (start < text.length && spliced[start] === text[start]) start++;
	let end = 0;
	while (end < text.length - start && spliced.at(-1 - end) === text.at(-1 - end)) end++;
	return spliced.length - start - end - (text.length - start - end);
}

function split(input: string): { text: string; path: (string | number)[] } {
	const lineFeed = input.indexOf("\n");
	const steps = input
		.slice(0, Math.min(MOST_PATH_CHARACTERS, Math.max(0, lineFeed)))
		.split(" ")
		.filter(Boolean);
	return {
		text: input.slice(lineFeed + 1),
		path: steps.slice(0, 8).map((step) => (/^\d{1,4}$/.test(step) ? Number(step) : step)),
	};
}

function valueIn(value: unknown, path: readonly (string | number)[]): unknown {
	const [step, ...rest] = path;
	if (step === undefined) return value;
	const isArray = Array.isArray(value);
	if (typeof value !== "object" || value === null || isArray !== (typeof step === "number")) return undefined;
	return Object.hasOwn(value, step)
		? valueIn((value as Record<string | number, unknown>)[step], rest)
		: undefined;
}

function withValue(value: unknown, path: readonly (string | number)[]): unknown {
	const [step, ...rest] = path;
	if (step === undefined) return REPLACEMENT;
	const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<
		string | number,
		unknown
	>;
	const changed = withValue(copy[step], rest);
	// A plain assignment to `__proto__` would set the prototype.
	return Object.defineProperty(copy, step, {
		value: changed,
		enumerable: true,
		writable: true,
		configurable: true,
	});
}

function isDeepEqual(a: unknown, b: unknown, text: string): boolean {
	const depth = text.match(/[[{]/g)?.length ?? 0;
	return depth > COMPARED_DEPTH || isDeepStrictEqual(a, b);
}
