/**
 * Reads the YAML of this project's workflows, of compose.yaml and of dependabot.yml: block mappings and sequences, literal
 * blocks, one-line flow collections, plain and quoted scalars (YAML 1.2, core schema).
 *
 * Anchors, tags, folded blocks and scalars of several lines throw. A check on a workflow must not pass because a reader
 * skipped what it did not know.
 */
import { readScalar, withoutComment, type Yaml } from "./yaml-scalar.ts";

interface Reader {
	readonly lines: string[];
	at: number;
}

const KEY = /^([\w./-]+|"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'):(?:\s+(.*))?$/;

/** @throws for YAML outside of the subset, with the number of the line */
export function parseYaml(text: string): Yaml {
	const reader = { lines: text.split(/\r?\n/), at: 0 };
	const first = current(reader);
	if (first === undefined) return null;
	const value = readBlock(reader, indentOf(first));
	if (current(reader) !== undefined) fail(reader, "has another indentation than the lines before it");
	return value;
}

/** The next line that is neither blank nor a comment. */
function current(reader: Reader): string | undefined {
	while (/^\s*(?:#.*)?$/.test(reader.lines[reader.at] ?? "x")) reader.at++;
	const line = reader.lines[reader.at];
	if (line !== undefined && /^ *\t/.test(line)) fail(reader, "is indented with a tab");
	return line;
}

const indentOf = (line: string) => line.length - line.trimStart().length;

function fail(reader: Reader, why: string): never {
	throw new Error(`line ${reader.at + 1} ${why}`);
}

function readBlock(reader: Reader, indent: number): Yaml {
	const text = (current(reader) ?? "").slice(indent);
	if (/^-(?:\s|$)/.test(text)) return readSequence(reader, indent);
	if (KEY.test(text)) return readMapping(reader, indent);
	const value = scalarAt(reader, withoutComment(text));
	reader.at++;
	return value;
}

function readSequence(reader: Reader, indent: number): readonly Yaml[] {
	const items: Yaml[] = [];
	for (let line = current(reader); line !== undefined && indentOf(line) === indent; line = current(reader)) {
		const [, gap = "", rest = ""] = /^-(\s*)(.*)$/.exec(line.slice(indent)) ?? [];
		if (!line.slice(indent).startsWith("-")) break;
		if (withoutComment(rest) === "") {
			reader.at++;
			items.push(readNested(reader, indent, false));
			continue;
		}
		// The rest of the line is the first line of a block of its own.
		const inner = indent + 1 + gap.length;
		reader.lines[reader.at] = " ".repeat(inner) + rest;
		items.push(readBlock(reader, inner));
	}
	return items;
}

function readMapping(reader: Reader, indent: number): Yaml {
	const members = new Map<string, Yaml>();
	for (let line = current(reader); line !== undefined && indentOf(line) === indent; line = current(reader)) {
		const [, name = "", behind = ""] = KEY.exec(line.slice(indent)) ?? [];
		const rest = withoutComment(behind);
		if (name === "") fail(reader, "is neither a key nor a value that this reader knows");
		const key = String(scalarAt(reader, name));
		if (members.has(key)) fail(reader, `has the key ${key} again`);
		if (/^\|-?$/.test(rest)) {
			members.set(key, readLiteral(reader, indent, rest));
			continue;
		}
		const value = rest === "" ? undefined : scalarAt(reader, rest);
		reader.at++;
		members.set(key, value === undefined ? readNested(reader, indent, true) : value);
	}
	return Object.fromEntries(members);
}

/** @param isKey the items of a sequence may stand at the indentation of its key */
function readNested(reader: Reader, indent: number, isKey: boolean): Yaml {
	const line = current(reader);
	if (line === undefined || indentOf(line) < indent) return null;
	if (indentOf(line) > indent) return readBlock(reader, indentOf(line));
	return isKey && /^-(?:\s|$)/.test(line.slice(indent)) ? readSequence(reader, indent) : null;
}

function readLiteral(reader: Reader, indent: number, style: string): string {
	const begin = ++reader.at;
	const isInside = (line = "x") => line.trim() === "" || indentOf(line) > indent;
	while (isInside(reader.lines[reader.at])) reader.at++;
	const lines = reader.lines.slice(begin, reader.at);
	const inner = indentOf(lines.find((line) => line.trim() !== "") ?? "");
	const text = lines.map((line) => line.slice(inner)).join("\n");
	return text.trimEnd() + (style === "|" ? "\n" : "");
}

/** Adds the number of the line to what the scalar's reader says. */
function scalarAt(reader: Reader, text: string): Yaml {
	try {
		return readScalar(text);
	} catch (error) {
		return fail(reader, error instanceof Error ? error.message : String(error));
	}
}
