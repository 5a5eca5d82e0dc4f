/**
 * Replaces one string inside a JSON text and leaves every other byte of it as it is.
 *
 * Finds the value that `JSON.parse` would give for a path: of a repeated name the last (RFC 8259 §4).
 */

/** @param text valid JSON; @param path names of members, and indexes of elements @returns `undefined` if no string is there */
export function replaceJsonString(
	text: string,
	path: readonly (string | number)[],
	replacement: string,
): string | undefined {
	const span = findValue(text, skipSpace(text, 0), path);
	if (span === undefined || text[span.start] !== '"') return undefined;
	return text.slice(0, span.start) + JSON.stringify(replacement) + text.slice(span.end);
}

interface Span {
	readonly start: number;
	readonly end: number;
}

function findValue(text: string, start: number, path: readonly (string | number)[]): Span | undefined {
	const [step, ...rest] = path;
	if (step === undefined) return { start, end: endOfValue(text, start) };
	let found: Span | undefined;
	for (const member of membersOf(text, start)) {
		if (member.name === step) found = findValue(text, member.start, rest);
	}
	return found;
}

/** Where each value of an object or array begins, and its name or index. */
function* membersOf(text: string, start: number): Generator<{ name: string | number; start: number }> {
	const isObject = text[start] === "{";
	if (!isObject && text[start] !== "[") return;
	let at = skipSpace(text, start + 1);
	for (let index = 0; at < text.length && text[at] !== "}" && text[at] !== "]"; index++) {
		let name: string | number = index;
		if (isObject) {
			const end = endOfValue(text, at);
			name = JSON.parse(text.slice(at, end)) as string;
			at = skipSpace(text, skipSpace(text, end) + ":".length);
		}
		yield { name, start: at };
		at = skipSpace(text, endOfValue(text, at));
		if (text[at] === ",") at = skipSpace(text, at + 1);
	}
}

const SPACE = /[\t\n\r ]*/y;
const STRING = /"(?:[^"\\]|\\.)*"/sy;
const SCALAR = /[^\t\n\r ,\]}]*/y;

const skipSpace = (text: string, at: number) => endOf(SPACE, text, at);

function endOf(pattern: RegExp, text: string, at: number): number {
	pattern.lastIndex = at;
	return pattern.test(text) ? pattern.lastIndex : at;
}

/** Brackets are counted rather than followed, so that depth costs nothing. */
function endOfValue(text: string, start: number): number {
	let depth = 0;
	let at = start;
	do {
		const character = text[at];
		if (character === '"') at = endOf(STRING, text, at);
		else if (character === "{" || character === "[") [depth, at] = [depth + 1, at + 1];
		else if (character === "}" || character === "]") [depth, at] = [depth - 1, at + 1];
		else if (depth === 0) at = endOf(SCALAR, text, at);
		else at++;
	} while (depth > 0 && at < text.length);
	return at;
}
