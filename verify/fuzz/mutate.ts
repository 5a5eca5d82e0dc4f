/**
 * Changes an input a little: characters, pieces, numbers, escapes, words of the target's format, pieces of other inputs.
 */
import { pick, type Random } from "../../test/random.ts";

export interface Material {
	readonly words: readonly string[];
	/** The inputs that were worth keeping. */
	readonly corpus: readonly string[];
	readonly longest: number;
}

type Mutation = (text: string, random: Random, material: Material) => string;

/** Characters that end, escape or begin something in some format, and the edges of the encodings. */
const CHARACTERS = [
	..."/\\.%?#&=;:@,+-_~*|'\"`<>()[]{}$^! \t\r\n0149afAFuxzZ",
	..."\0\x01\x0b\x0c\x1b\x1e\x1f\x7f\x80\xa0\xad\xbf\xc0\xe4\xff",
	..."\u0130\u0131\u017f\u2028\u2029\u212a\ufeff\uff0e\uff0f\uff41\ufffd\uffff",
	"\ud800",
	"\udc00",
	"\ud83d\ude00",
];
// biome-ignore format: a list
const NUMBERS = [
	"0", "-1", "1", "00", "01", "+1", "1.5", "1e3", "1e309", "-0", "0x10", "NaN", "Infinity", "255", "256",
	"4095", "65536", "2147483648", "4294967296", "9007199254740993", "9223372036854775807",
	"9223372036854775808", "99999999999999999999",
];
const MAY_REPEAT = 64;

const place = (text: string, random: Random): number => Math.floor(random() * (text.length + 1));

/** Short pieces are more likely: most formats have short tokens. */
function pieceOf(text: string, random: Random): readonly [start: number, end: number] {
	const start = place(text, random);
	const length = Math.floor((text.length - start + 1) * random() ** 3);
	return [start, start + length];
}

const replace = (text: string, start: number, end: number, by: string): string =>
	text.slice(0, start) + by + text.slice(end);

const anyCharacter = (random: Random): string =>
	random() < 0.7 ? pick(random, CHARACTERS) : String.fromCharCode(Math.floor(random() * 256));

const MUTATIONS: readonly Mutation[] = [
	function insertCharacter(text, random) {
		const at = place(text, random);
		return replace(text, at, at, anyCharacter(random));
	},
	function changeCharacter(text, random) {
		const at = place(text, random);
		return replace(text, at, at + 1, anyCharacter(random));
	},
	function flipBit(text, random) {
		const at = place(text, random);
		const flipped = String.fromCharCode((text.charCodeAt(at) || 0) ^ (1 << Math.floor(random() * 8)));
		return replace(text, at, at + 1, flipped);
	},
	function dropPiece(text, random) {
		const [start, end] = pieceOf(text, random);
		return replace(text, start, Math.max(end, start + 1), "");
	},
	function repeatPiece(text, random) {
		const [start, end] = pieceOf(text, random);
		const times = random() < 0.8 ? 2 : Math.ceil(random() * MAY_REPEAT);
		return replace(text, start, end, text.slice(start, end).repeat(times));
	},
	function movePiece(text, random) {
		const [start, end] = pieceOf(text, random);
		const without = replace(text, start, end, "");
		const at = place(without, random);
		return replace(without, at, at, text.slice(start, end));
	},
	function insertWord(text, random, { words }) {
		const at = place(text, random);
		return replace(text, at, at, words.length === 0 ? anyCharacter(random) : pick(random, words));
	},
	function replaceByWord(text, random, { words }) {
		const [start, end] = pieceOf(text, random);
		return replace(text, start, end, words.length === 0 ? "" : pick(random, words));
	},
	function replaceNumber(text, random) {
		const numbers = [...text.matchAll(/-?\d+/g)];
		if (numbers.length === 0) return text + pick(random, NUMBERS);
		const [digits, { index }] = ((found) => [found[0], found] as const)(pick(random, numbers));
		return replace(text, index, index + digits.length, pick(random, NUMBERS));
	},
	function escapePercent(text, random) {
		const at = place(text, random);
		const escaped = `%${(text.charCodeAt(at) & 0xff || 0x2f).toString(16).padStart(2, "0")}`;
		return replace(text, at, at + 1, escaped);
	},
	function escapeJson(text, random) {
		const at = place(text, random);
		const escaped = `\\u${(text.charCodeAt(at) || 0).toString(16).padStart(4, "0")}`;
		return replace(text, at, at + 1, escaped);
	},
	function changeCase(text, random) {
		const [start, end] = pieceOf(text, random);
		const piece = text.slice(start, end);
		return replace(text, start, end, random() < 0.5 ? piece.toUpperCase() : piece.toLowerCase());
	},
	function crossOver(text, random, { corpus }) {
		const other = corpus.length === 0 ? text : pick(random, corpus);
		return text.slice(0, place(text, random)) + other.slice(place(other, random));
	},
	function insertOther(text, random, { corpus }) {
		const other = corpus.length === 0 ? text : pick(random, corpus);
		const [start, end] = pieceOf(other, random);
		const at = place(text, random);
		return replace(text, at, at, other.slice(start, end));
	},
];

/** One to eight changes; one is the most likely. */
export function mutate(text: string, random: Random, material: Material): string {
	let changed = text;
	let changes = 1;
	while (changes < 8 && random() < 0.5) changes++;
	for (; changes > 0; changes--) changed = pick(random, MUTATIONS)(changed, random, material);
	return changed.slice(0, material.longest);
}
