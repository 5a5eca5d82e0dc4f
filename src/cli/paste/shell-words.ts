/**
 * Splits a command line into words, as bash, cmd or PowerShell would. A variable keeps its name: `$TOKEN`.
 */
import { parse } from "shell-quote";

export function shellWords(line: string): string[] {
	const plain = isCmd(line) ? fromCmd(line) : isPowerShell(line) ? fromPowerShell(line) : line;
	const joined = plain
		.replace(/\\\r?\n/g, " ")
		.replace(/\$'((?:[^'\\]|\\.)*)'/gs, (_, text: string) => quote(ansi(text)));
	return parsed(joined).flatMap((word) => {
		if (typeof word === "string") return [word];
		// shell-quote takes `?`, `*` and `&` outside of quotes for operators; people paste URLs without quotes.
		return "pattern" in word ? [word.pattern] : [];
	});
}

function parsed(line: string): ReturnType<typeof parse> {
	try {
		return parse(line, (name) => `$${name}`);
	} catch {
		// The error of shell-quote repeats the line, and the line holds credentials.
		throw new Error("that command line has a variable in braces that no shell can read");
	}
}

/** Chrome writes `^"` around each argument for cmd, and ends lines with `^`. */
const isCmd = (line: string): boolean => /\^"|\^\r?\n/.test(line);
const fromCmd = (line: string): string =>
	line
		.replace(/\^\r?\n/g, " ")
		.replace(/\^(.)/gs, "$1")
		.replace(/%%/g, "%");

const isPowerShell = (line: string): boolean => /`\r?\n/.test(line) || /^curl\.exe\s/i.test(line);
/** A backtick escapes one character and joins lines; two single quotes in single quotes are one. */
const fromPowerShell = (line: string): string =>
	line
		.replace(/`\r?\n/g, " ")
		.replace(/'((?:[^']|'')*)'/g, (_, text: string) => quote(text.replaceAll("''", "'")))
		.replace(/`(.)/g, "\\$1");

/** bash's `$'…'`, which browsers write for control characters and letters that are not ASCII. */
const ansi = (text: string): string =>
	text.replace(/\\(?:u([\da-f]{1,4})|x([\da-f]{1,2})|(.))/gis, (_, unicode, hex, letter: string) => {
		if (unicode ?? hex) return String.fromCharCode(Number.parseInt(unicode ?? hex, 16));
		return ({ n: "\n", r: "\r", t: "\t" } as Readonly<Record<string, string>>)[letter] ?? letter;
	});

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
