/**
 * Which document a path names. The server keeps what belongs to a document under its key, or under its key,
 * `_` and a number of up to five digits. Source: the server's `taskresult.js` addRandomKey.
 */
export const DOCUMENT_SUFFIX = /^_\d{1,5}$/;

/** Whether the name is this document's: a prefix alone is another document's (`doc` and `doctor`). */
export function isOfDocument(name: string, key: string): boolean {
	return name === key || (key !== "" && name.startsWith(key) && DOCUMENT_SUFFIX.test(name.slice(key.length)));
}

/** @param docid a segment of the path, percent-encoded @returns `undefined` where it does not decode */
export function decodeDocid(docid: string): string | undefined {
	try {
		return decodeURIComponent(docid);
	} catch {
		return undefined;
	}
}
