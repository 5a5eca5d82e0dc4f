/**
 * The arguments of a file that DocService serves itself: those that the server writes into its links, and no
 * others.
 *
 * The server looks for the file's name in its whole URL, arguments included, so a slash in an argument would
 * choose another file than the one that was signed. Sources: the server's `storage-base.js` getSignedUrl,
 * `routes/static.js` createCacheMiddleware.
 */

const WRITTEN_BY_SERVER = ["md5", "expires", "filename", "shardkey", "WOPISrc"];
/** What the link is judged by: another spelling of these may be the one that a reader takes. */
const JUDGED = ["md5", "expires"];

/**
 * @param query without `?`
 * @returns what may go on; `undefined` where an argument of the server's comes twice or with a slash, or one
 * that is judged comes in another spelling
 */
export function keepServersArguments(query: string): string | undefined {
	const kept = new Map<string, string>();
	for (const part of query.split("&")) {
		const name = part.split("=", 1)[0] ?? "";
		if (WRITTEN_BY_SERVER.includes(name)) {
			if (kept.has(name) || /[/\\]/.test(part)) return undefined;
			kept.set(name, part);
		} else if (JUDGED.includes(decodeName(name))) return undefined;
	}
	return [...kept.values()].join("&");
}

/** As leniently as any reader: without case, `+` is a space, and `qs` drops brackets. */
function decodeName(name: string): string {
	const spaced = name.replaceAll("+", " ");
	const lenient = (text: string) =>
		text
			.replace(/^\[/, "")
			.replace(/[[\] ].*$/s, "")
			.toLowerCase();
	try {
		return lenient(decodeURIComponent(spaced));
	} catch {
		return lenient(spaced);
	}
}
