/**
 * The scalars of the YAML reader, and the flow collections that stand on one line.
 */
export type Yaml = null | boolean | number | string | readonly Yaml[] | { readonly [key: string]: Yaml };

/** A quote holds a `#` only where the value begins with it, or inside of a collection. */
export function withoutComment(text: string): string {
	if (text.startsWith("#")) return "";
	const quoted = /^(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|(?!\s#).)*/;
	const [kept = ""] = (/^["'[{]/.test(text) ? quoted : /^(?:(?!\s#).)*/).exec(text) ?? [];
	return kept.trimEnd();
}

/** @throws for what is neither a scalar nor a flow collection, with the end of a sentence about the line */
export function readScalar(text: string): Yaml {
	let at = 0;
	const skipSpace = () => {
		while (text[at] === " ") at++;
	};
	const take = (pattern: RegExp): string => {
		const [taken = ""] = pattern.exec(text.slice(at)) ?? [];
		at += taken.length;
		return taken;
	};
	const value = (plain: RegExp): Yaml => {
		skipSpace();
		if (text[at] === "[") return collection("]", () => value(PLAIN_IN_FLOW));
		if (text[at] === "{") return Object.fromEntries(collection("}", pair));
		if (text[at] === '"') return JSON.parse(take(/^"(?:[^"\\]|\\.)*"/) || fail("has an open quote"));
		if (text[at] === "'")
			return (take(/^'(?:[^']|'')*'/) || fail("has an open quote")).slice(1, -1).replaceAll("''", "'");
		return plainScalar(take(plain).trim());
	};
	const pair = (): [string, Yaml] => {
		const key = String(value(/^[^,:[\]{}]*/));
		if (take(/^\s*:\s/) === "") fail("has a flow mapping without a value");
		return [key, value(PLAIN_IN_FLOW)];
	};
	const collection = <Item>(end: string, item: () => Item): Item[] => {
		const items: Item[] = [];
		at++;
		for (skipSpace(); text[at] !== end; skipSpace()) {
			items.push(item());
			skipSpace();
			if (text[at] === ",") at++;
			else if (text[at] !== end) fail(`has a collection without its ${end}`);
		}
		at++;
		return items;
	};
	const whole = value(/^.*/);
	if (text.slice(at).trim() !== "") fail("goes on behind a value");
	return whole;
}

const PLAIN_IN_FLOW = /^[^,[\]{}]*/;

function plainScalar(text: string): Yaml {
	if (/^[&*!|>%@`]|: |:$|^---$/.test(text)) fail("has YAML that this reader does not know");
	if (text === "true" || text === "false") return text === "true";
	if (text === "" || text === "~" || text === "null") return null;
	return /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(text) ? Number(text) : text;
}

function fail(why: string): never {
	throw new Error(why);
}
