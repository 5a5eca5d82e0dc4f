/**
 * Compares document keys. The server keeps the files of a document under its key, or under its key, `_` and a number
 * of up to five digits. Source: the server's `taskresult.js` addRandomKey.
 */
export const DOCUMENT_SUFFIX = /^_\d{1,5}$/;

/** A common beginning is not enough: `doc` and `doctor` are two documents. */
export function isOfDocument(name: string, documentKey: string): boolean {
	if (name === documentKey) return true;
	const hasPrefix = documentKey !== "" && name.startsWith(documentKey);
	return hasPrefix && DOCUMENT_SUFFIX.test(name.slice(documentKey.length));
}
