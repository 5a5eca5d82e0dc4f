/**
 * The paths that a path may become on its way: proxies and application servers decode again, drop
 * parameters, read `\` as `/`, cut at a NUL, trim dots. A protected path must not have a spelling that only
 * one of them knows.
 */

/** Nobody encodes more often; each layer costs a pass over the path. */
const LAYERS_LIMIT = 8;
const ESCAPE = /%u([\da-f]{4})|%([\da-f]{2})/gi;

/**
 * @param path as sent
 * @returns each of them once; `undefined` for a path that is encoded more often than anybody does
 */
export function lenientPaths(path: string): readonly string[] | undefined {
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

function variantsOf(text: string): string[] {
	// Some cut at these, some drop control characters, some take all of it for the path.
	const ends = [text, text.replace(/[?#\0].*$/s, ""), text.replace(/[^ -~\x80-\uffff]/g, "")];
	// Java drops `;parameters`.
	const paths = ends.flatMap((end) => [end, end.replace(/;[^/\\]*/g, "")]);
	return paths.flatMap((one) => (/[\x80-\uffff]/.test(one) ? [one, compatible(one)] : [one])).map(resolve);
}

/** Some fold letters that look alike: a full-width `ｔ`, the long `ſ`. One character is a byte here. */
function compatible(bytes: string): string {
	return UTF8.decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0))).normalize("NFKC");
}

const UTF8 = new TextDecoder();

/**
 * Slashes merged, dot segments resolved, none of them above the root. To Windows `\` is a slash, and a name
 * has no dots and spaces at its end.
 */
function resolve(path: string): string {
	const resolved: string[] = [];
	const segments = path.split(/[/\\]/);
	for (const segment of segments) {
		if (segment === "..") resolved.pop();
		else if (segment !== "" && segment !== ".") resolved.push(segment.replace(/[. ]{1,100}$/, ""));
	}
	const last = segments.at(-1);
	const isFolder = last === "" || last === "." || last === "..";
	return `/${resolved.join("/")}${isFolder && resolved.length > 0 ? "/" : ""}`;
}
