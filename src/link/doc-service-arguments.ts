/**
 * Drops every argument of a link that the server itself does not write, for the files that DocService serves.
 *
 * The server looks for the file's name in its whole URL, arguments included. A slash in an argument would choose
 * another file than the signed one. Sources: the server's `storage-base.js` getSignedUrl, `routes/static.js`
 * createCacheMiddleware.
 */
import { decodeComponent } from "../encoding/percent.ts";

const WRITTEN_BY_SERVER = ["md5", "expires", "filename", "shardkey", "WOPISrc"];
/** The edge verifies the link by these two. A lenient reader could take them from another spelling, such as `md5[]`. */
const VERIFIED = ["md5", "expires"];

/**
 * @param query without `?`
 * @returns the arguments to forward; `undefined` if an argument of the server's comes twice or with a slash, or if
 * `md5` or `expires` comes in another spelling
 */
export function keepServersArguments(query: string): string | undefined {
	const kept = new Map<string, string>();
	for (const part of query.split("&")) {
		const name = part.split("=", 1)[0] ?? "";
		if (WRITTEN_BY_SERVER.includes(name)) {
			if (kept.has(name) || /[/\\]/.test(part)) return undefined;
			kept.set(name, part);
		} else if (VERIFIED.includes(readLeniently(name))) return undefined;
	}
	return [...kept.values()].join("&");
}

/**
 * Reads a name as the most lenient reader would: in lower case, `+` as a space, without the brackets that `qs` drops.
 */
function readLeniently(name: string): string {
	const spaced = name.replaceAll("+", " ");
	return (decodeComponent(spaced) ?? spaced)
		.replace(/^\[/, "")
		.replace(/[[\] ].*$/s, "")
		.toLowerCase();
}
