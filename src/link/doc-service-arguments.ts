/**
 * The arguments of a link to a file that DocService serves: only those that the server itself writes are forwarded.
 *
 * The server looks for the file's name in its whole URL, arguments included. A slash in an argument would choose
 * another file than the signed one. Sources: the server's `storage-base.js` getSignedUrl, `routes/static.js`
 * createCacheMiddleware.
 */
import { decodeComponent } from "../encoding/percent.ts";

const WRITTEN_BY_SERVER = ["md5", "expires", "filename", "shardkey", "WOPISrc"];
/** The link is verified by these. A reader could take another spelling of them instead. */
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

/** Reads a name as the most lenient reader: without case, `+` as a space, without the brackets that `qs` drops. */
function readLeniently(name: string): string {
	const spaced = name.replaceAll("+", " ");
	return (decodeComponent(spaced) ?? spaced)
		.replace(/^\[/, "")
		.replace(/[[\] ].*$/s, "")
		.toLowerCase();
}
