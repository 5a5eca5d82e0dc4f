/**
 * Replaces the value of one query parameter, and leaves every other byte of the query.
 */
import parseQuery from "qs/lib/parse.js";
import { decodeComponent } from "../encoding/percent.ts";
import { type Refusal, refuse } from "../verdict.ts";

/** `qs` ignores all parts after these. */
const PARTS_LIMIT = 1000;

/**
 * @param query without `?`
 * @param name as the server's parser reads it
 * @param replace gets the decoded value
 * @returns the new query; `token_malformed` if the server's parser builds the parameter from several parts
 */
export function replaceParameter(
	query: string,
	name: string,
	replace: (value: string) => string,
): { readonly query: string } | Refusal {
	const parts = query.split("&");
	const holds = (part: string) =>
		part !== "" && Object.hasOwn(parseQuery(part, { allowPrototypes: true }), name);
	const holders = parts.slice(0, PARTS_LIMIT).flatMap((part, at) => (holds(part) ? [at] : []));
	const [at = 0] = holders;
	const part = parts[at] ?? "";
	const valueAt = part.indexOf("=") + 1;
	const isOnePart = holders.length === 1 && valueAt > 0 && !/\]=/.test(part.slice(valueAt));
	if (!isOnePart) return refuse("token_malformed", "invalid token");
	const spaced = part.slice(valueAt).replaceAll("+", " ");
	// `qs` keeps a value that does not decode.
	const value = decodeComponent(spaced) ?? spaced;
	parts[at] = part.slice(0, valueAt) + encodeURIComponent(replace(value));
	return { query: parts.join("&") };
}
