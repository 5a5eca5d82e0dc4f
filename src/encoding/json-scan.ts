/**
 * Scans a JSON text without building objects. A stranger's body of one mebibyte can hold hundreds of thousands of
 * values. `JSON.parse` would turn each into an object before the token is checked.
 *
 * The scanner accepts exactly the texts that `JSON.parse` accepts, and tells where the members of the outermost value
 * stand. Work is linear in the text; memory is one byte for each open bracket. Source: RFC 8259.
 */
import { endOfScalar, endOfString, skipSpace } from "./json-token.ts";

/** The place of a value in the text; `end` is the index behind it. */
export interface Span {
	readonly start: number;
	readonly end: number;
}

export interface ScannedJson extends Span {
	/** The requested members that exist. The last member of a repeated name counts, as for `JSON.parse`. */
	readonly members: ReadonlyMap<string | number, Span>;
}

const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const OPEN_OBJECT = 0x7b;
/** From `[` to `]`, and from `{` to `}`. */
const TO_CLOSING = 2;
/** Deeper texts are rare; the stack doubles for them. */
const USUAL_DEPTH = 64;

/**
 * @param from index of the value, or of the white space before it; the value has to fill the rest of the text
 * @param names members to find: names of an object, indexes of an array
 * @returns `undefined` for invalid JSON
 */
export function scanJson(
	text: string,
	from: number,
	names: readonly (string | number)[],
): ScannedJson | undefined {
	const members = new Map<string | number, Span>();
	/** The open brackets. */
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
				// The loop continues behind `at`: behind the bracket, or behind the space after it.
				at = inside - 1;
				continue;
			}
			at = inside + 1;
		} else {
			at = endOfScalar(text, at);
			if (at === -1) return undefined;
		}
		// The value has ended. Brackets may close behind it, until a comma leads to the next value.
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

/** Parses a value that was found. Only the span is read. */
export const valueAt = (text: string, { start, end }: Span): unknown => JSON.parse(text.slice(start, end));

/** Whether the value is truthy in JavaScript. Its text tells, so nothing is parsed. */
export function isTruthyAt(text: string, { start, end }: Span): boolean {
	const scalar = text.slice(start, Math.min(end, start + LONGEST_FALSY));
	if (/^[{["t]/.test(scalar)) return scalar !== '""';
	return scalar !== "false" && scalar !== "null" && Number(text.slice(start, end)) !== 0;
}

/** The value itself if it is a string, else whether it is truthy. */
export const stringOrTruth = (text: string, span: Span): unknown =>
	text[span.start] === '"' ? stringAt(text, span) : isTruthyAt(text, span);

/** A scanned string without `\\` stands in the text as it is, and needs no parser. */
function stringAt(text: string, span: Span): string {
	const written = text.slice(span.start + 1, span.end - 1);
	return written.includes("\\") ? (valueAt(text, span) as string) : written;
}

/** `false` and one more character: a longer value is not falsy, or it is a number. */
const LONGEST_FALSY = 6;

function nameIn(text: string, start: number, end: number, names: readonly (string | number)[]) {
	const name = stringAt(text, { start, end });
	return names.includes(name) ? name : undefined;
}

function doubled(stack: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
	const larger = new Uint8Array(stack.length * 2);
	larger.set(stack);
	return larger;
}
