/**
 * Lists all paths that other software may read in one path. Proxies and application servers decode again, drop
 * parameters, read `\` as `/`, cut at a NUL, trim dots. A path that is protected in only one of these spellings would
 * be reachable by the others.
 */
import type { Target } from "./target.ts";

/** Real paths are encoded once or twice. Each layer costs a pass over the path. */
const LAYERS_LIMIT = 8;
const ESCAPE = /%u([\da-f]{4})|%([\da-f]{2})/gi;

/**
 * @param path not decoded
 * @returns each path once; `undefined` for more than eight layers of encoding
 */
export function lenientPaths(path: string): string[] | undefined {
	const found = new Set<string>();
	let text = path;
	for (let layer = 0; layer <= LAYERS_LIMIT; layer++) {
		for (const variant of variantsOf(text)) found.add(variant);
		const decoded = text.replace(ESCAPE, (_, wide: string | undefined, narrow: string) =>
			String.fromCharCode(Number.parseInt(wide ?? narrow, 16)),
		);
		if (decoded === text) return [...found];
		text = decoded;
	}
	return undefined;
}

/** @returns the lenient paths of the whole path and, behind a version prefix, of the rest; `undefined` as above */
export const lenientReadings = ({ path, canonical }: Pick<Target, "path" | "canonical">) =>
	lenientPaths(path)?.concat(lenientPaths(canonical) ?? []);

/** Most variants of an ordinary path are the same text. Each is resolved once, as a long path has thousands of segments. */
function variantsOf(text: string): string[] {
	// Some servers cut at `?`, `#` or NUL, some drop control characters, some keep all characters.
	const ends = new Set([text, text.replace(/[?#\0].*$/s, ""), text.replace(/[^ -~\x80-\uffff]/g, "")]);
	// Java servers drop `;parameters`.
	const paths = new Set([...ends, ...[...ends].map((end) => end.replace(/;[^/\\]*/g, ""))]);
	const folded = [...paths].flatMap((one) => (/[\x80-\uffff]/.test(one) ? [compatible(one)] : []));
	return [...new Set([...paths, ...folded])].map(resolve);
}

/** Some servers fold letters that look alike: a full-width `ｔ`, the long `ſ`. In `bytes` one character is one byte. */
function compatible(bytes: string): string {
	const array = new Uint8Array(bytes.length);
	let length = 0;
	for (const byte of bytes) array[length++] = byte.charCodeAt(0);
	return UTF8.decode(array.subarray(0, length)).normalize("NFKC");
}

const UTF8 = new TextDecoder();

/**
 * Merges slashes and resolves dot segments; `..` never leads above the root. Windows reads `\` as a slash, and drops
 * dots and spaces at the end of a name.
 */
function resolve(path: string): string {
	const resolved: string[] = [];
	const segments = path.split(/[/\\]/);
	for (const segment of segments) {
		if (segment === "..") resolved.pop();
		else if (segment !== "" && segment !== ".") resolved.push(withoutTrailing(segment));
	}
	const last = segments.at(-1);
	const isFolder = last === "" || last === "." || last === "..";
	return `/${resolved.join("/")}${isFolder && resolved.length > 0 ? "/" : ""}`;
}

/** Longer rows of dots and spaces stay, so that a path costs no more than its length. */
const TRIMMED_CHARACTERS = 100;

function withoutTrailing(segment: string): string {
	const least = segment.length - TRIMMED_CHARACTERS;
	let end = segment.length;
	while (end > 0 && end > least && (segment[end - 1] === "." || segment[end - 1] === " ")) end--;
	return end === segment.length ? segment : segment.slice(0, end);
}
