/**
 * Reads paths as Express 4 does, with its default settings: no case, one optional slash at the end, parameters decoded
 * after the match. The tests' machine has no Express.
 *
 * Sources: `path-to-regexp` 0.1.12, Express 4.21.2 `lib/router/index.js` and `layer.js`, `parseurl` 1.3.3.
 */
import * as nodeUrl from "node:url";

/** @param isMount whether the path also covers everything below it (`app.use`) */
export function compilePath(path: string, isMount = false): RegExp {
	const source = path
		.replaceAll(".", "\\.")
		.replace(
			/\/:\w+(\*)?(\?)?/g,
			(_, star = "", optional = "") => `(?:/([^/]+?)${star && "((?:/.+?)?)"})${optional}`,
		);
	return new RegExp(`^${source}/?${isMount ? "(?=/|$)" : "$"}`, "i");
}

/** @returns `undefined` if a parameter does not decode: Express then answers 400 */
export function readParameters(match: RegExpExecArray): readonly (string | undefined)[] | undefined {
	try {
		return match.slice(1).map((value) => value && decodeURIComponent(value));
	} catch {
		return undefined;
	}
}

/** Node's old URL parser. `url.parse` would print a warning. */
const LegacyUrl = (nodeUrl as unknown as { Url: new () => LegacyUrl }).Url;
interface LegacyUrl {
	readonly pathname: string | null;
	readonly query: string | null;
	readonly parse: (text: string) => void;
}

/** @param target of the request line */
export function readUrl(target: string): { readonly pathname: string; readonly query: string } {
	const needsParser = !target.startsWith("/") || /[\t\n\f\r #\xa0\ufeff]/.test(target);
	if (needsParser) {
		const url = new LegacyUrl();
		url.parse(target);
		return { pathname: url.pathname ?? "", query: url.query ?? "" };
	}
	const mark = target.indexOf("?");
	return mark === -1
		? { pathname: target, query: "" }
		: { pathname: target.slice(0, mark), query: target.slice(mark + 1) };
}
