/**
 * Replaces one string inside a JSON text, and leaves every other byte of it.
 *
 * A path leads to the same value as after `JSON.parse`: the last member of a repeated name counts (RFC 8259 §4).
 */
import { type Span, scanJson } from "../encoding/json-scan.ts";

/**
 * @param path names of members, and indexes of elements, from the outermost value on
 * @returns `undefined` if no string is there
 */
export function replaceJsonString(
	text: string,
	path: readonly (string | number)[],
	replacement: string,
): string | undefined {
	const span = findValue(text, path);
	if (span === undefined || text[span.start] !== '"') return undefined;
	return text.slice(0, span.start) + JSON.stringify(replacement) + text.slice(span.end);
}

function findValue(text: string, path: readonly (string | number)[]): Span | undefined {
	const [step, ...rest] = path;
	const value = scanJson(text, 0, step === undefined ? [] : [step]);
	if (value === undefined || step === undefined) return value;
	const member = value.members.get(step);
	const found = member && findValue(text.slice(member.start, member.end), rest);
	return found && { start: member.start + found.start, end: member.start + found.end };
}
