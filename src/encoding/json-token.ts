/**
 * The tokens of a JSON text: white space, strings, numbers, `true`, `false` and `null`.
 *
 * Each function returns the index behind its token, or -1. They read character by character: a regular expression that
 * repeats a group would need memory for each repetition. Source: RFC 8259 §2, §6, §7.
 */

const TAB = 0x09;
const LINE_FEED = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const PLUS = 0x2b;
const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const ONE = 0x31;
const NINE = 0x39;
const BACKSLASH = 0x5c;
const SMALL_E = 0x65;
const SMALL_U = 0x75;
/** The bit that differs between a capital and a small letter. */
const CASE_BIT = 0x20;
const UNICODE_DIGITS = /^[\da-fA-F]{4}$/;
const ESCAPES = '"\\/bfnrt';

export function skipSpace(text: string, from: number): number {
	let at = from;
	for (;;) {
		const code = text.charCodeAt(at);
		if (code !== SPACE && code !== LINE_FEED && code !== RETURN && code !== TAB) return at;
		at++;
	}
}

export function endOfScalar(text: string, start: number): number {
	switch (text.charCodeAt(start)) {
		case QUOTE:
			return endOfString(text, start);
		case 0x74:
			return text.startsWith("true", start) ? start + "true".length : -1;
		case 0x66:
			return text.startsWith("false", start) ? start + "false".length : -1;
		case 0x6e:
			return text.startsWith("null", start) ? start + "null".length : -1;
		default:
			return endOfNumber(text, start);
	}
}

export function endOfString(text: string, start: number): number {
	if (text.charCodeAt(start) !== QUOTE) return -1;
	let longFrom = start + SHORT_RUN;
	for (let at = start + 1; at < text.length; at++) {
		if (at === longFrom) at = endOfRun(text, at);
		const code = text.charCodeAt(at);
		if (code === QUOTE) return at + 1;
		if (!(code >= SPACE)) return -1;
		if (code !== BACKSLASH) continue;
		at++;
		if (text.charCodeAt(at) === SMALL_U) {
			if (!UNICODE_DIGITS.test(text.slice(at + 1, at + 5))) return -1;
			at += 4;
		} else if (at >= text.length || !ESCAPES.includes(text.charAt(at))) return -1;
		longFrom = at + SHORT_RUN;
	}
	return -1;
}

/** After this many ordinary characters a regular expression takes over: it is quicker on long runs only. */
const SHORT_RUN = 64;
/** Every character from space on, without `"` and `\`. */
const RUN = /[ !#-[\]-\uffff]*/y;

function endOfRun(text: string, from: number): number {
	RUN.lastIndex = from;
	return RUN.test(text) ? RUN.lastIndex : from;
}

function endOfNumber(text: string, start: number): number {
	let at = text.charCodeAt(start) === MINUS ? start + 1 : start;
	const first = text.charCodeAt(at);
	if (first === ZERO) at++;
	else if (first >= ONE && first <= NINE) at = endOfDigits(text, at);
	else return -1;
	if (text.charCodeAt(at) === DOT) {
		const fraction = at + 1;
		at = endOfDigits(text, fraction);
		if (at === fraction) return -1;
	}
	if ((text.charCodeAt(at) | CASE_BIT) !== SMALL_E) return at;
	const sign = text.charCodeAt(at + 1);
	const exponent = sign === PLUS || sign === MINUS ? at + 2 : at + 1;
	at = endOfDigits(text, exponent);
	return at === exponent ? -1 : at;
}

function endOfDigits(text: string, from: number): number {
	let at = from;
	for (;;) {
		const code = text.charCodeAt(at);
		if (!(code >= ZERO && code <= NINE)) return at;
		at++;
	}
}
