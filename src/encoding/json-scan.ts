/**
 * Reads a JSON text without building what it describes: a stranger's body of a mebibyte holds hundreds of
 * thousands of values, and each would become an object before its token is even looked at.
 *
 * Says yes and no to a text exactly as `JSON.parse` does, and tells where the members of its outermost value
 * stand. Work is linear in the text; memory is one byte for each open bracket. Source: RFC 8259.
 */
import { endOfScalar, endOfString, skipSpace } from "./json-token.ts";

/** Where a value stands in the text: `end` is behind it. */
export interface Span {
	readonly start: number;
	readonly end: number;
}

export interface ScannedJson extends Span {
	/** The members that were asked for and are there. Of a repeated name the last counts, as for `JSON.parse`. */
	readonly members: ReadonlyMap<string | number, Span>;
}

const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const OPEN_OBJECT = 0x7b;
/** From `[` to `]`, and from `{` to `}`. */
const TO_CLOSING = 2;
/** Most texts are not as deep; the stack doubles for one that is. */
const USUAL_DEPTH = 64;

/**
 * @param from where the value, or white space before it, begins; the value has to reach to the end of the text
 * @param names members to find: names of an object, indexes of an array
 * @returns `undefined` for what is not JSON
 */
export function scanJson(
	text: string,
	from: number,
	names: readonly (string | number)[],
): ScannedJson | undefined {
	const members = new Map<string | number, Span>();
	/** The brackets that are open. */
	let stack = new Uint8Array(USUAL_DEPTH);
	let depth = 0;
	let index = 0;
	let member: string | number | undefined;
	let memberStart = 0;
	const start = skipSpace(text, from);
	for (let at = start; ; at = skipSpace(text, at + 1)) {
		if (depth > 0 && stack[depth - 1] === OPEN_OBJECT) {
			const nameEnd = endOfString(text, at);
			if (nameEnd === -1) return undefined;
			if (depth === 1) member = nameIn(text, at, nameEnd, names);
			at = skipSpace(text, nameEnd);
			if (text.charCodeAt(at) !== COLON) return undefined;
			at = skipSpace(text, at + 1);
		} else if (depth === 1) {
			member = names.includes(index) ? index : undefined;
			index++;
		}
		if (depth === 1) memberStart = at;
		const code = text.charCodeAt(at);
		if (code === OPEN_OBJECT || code === OPEN_ARRAY) {
			const inside = skipSpace(text, at + 1);
			if (text.charCodeAt(inside) !== code + TO_CLOSING) {
				if (depth === stack.length) stack = doubled(stack);
				stack[depth++] = code;
				// The loop goes on behind a character; here that is the bracket, or the space behind it.
				at = inside - 1;
				continue;
			}
			at = inside + 1;
		} else {
			at = endOfScalar(text, at);
			if (at === -1) return undefined;
		}
		// A value has ended: brackets close behind it, until a comma leads to the next one.
		for (;;) {
			if (depth === 1 && member !== undefined) members.set(member, { start: memberStart, end: at });
			const end = at;
			at = skipSpace(text, at);
			if (depth === 0) return at === text.length ? { start, end, members } : undefined;
			const next = text.charCodeAt(at);
			if (next === COMMA) break;
			if (next !== (stack[depth - 1] ?? 0) + TO_CLOSING) return undefined;
			depth--;
			at++;
		}
	}
}

/** What `JSON.parse` gives for a value that was found; its cost is that of the span. */
export const valueAt = (text: string, { start, end }: Span): unknown => JSON.parse(text.slice(start, end));

/** Whether that value is true in a condition, which needs no more of it than its text. */
export function isTruthyAt(text: string, { start, end }: Span): boolean {
	const scalar = text.slice(start, Math.min(end, start + LONGEST_FALSY));
	if (/^[{["t]/.test(scalar)) return scalar !== '""';
	return scalar !== "false" && scalar !== "null" && Number(text.slice(start, end)) !== 0;
}

/** The string that stands there; else whether what stands there is true in a condition. */
export const stringOrTruth = (text: string, span: Span): unknown =>
	text[span.start] === '"' ? valueAt(text, span) : isTruthyAt(text, span);

/** `false`; a longer value is a number, an object, a string or an array. */
const LONGEST_FALSY = 6;

function nameIn(text: string, start: number, end: number, names: readonly (string | number)[]) {
	const written = text.slice(start + 1, end - 1);
	const name = written.includes("\\") ? (JSON.parse(`"${written}"`) as string) : written;
	return names.includes(name) ? name : undefined;
}

function doubled(stack: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
	const larger = new Uint8Array(stack.length * 2);
	larger.set(stack);
	return larger;
}
