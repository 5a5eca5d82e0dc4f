/**
 * Finds the segment of a path that holds the document's key, or the name of a folder of that document.
 */
const DOCUMENT = /^\/(?:doc|downloadas|downloadfile|savefile|upload|printfile)\/([^/]+)/i;
const FILE = /^\/(?:storage-)?cache\/files\/[^/]+\/([^/].*)$/is;

/** @returns percent-encoded as in the path; "" for a path that names no document */
export const documentSegment = (path: string): string => documentSegments(path)[0] ?? "";

/**
 * All segments that may hold it: with several tenants, the server puts the tenant before the document
 * (`/cache/files/data/acme/key/…`).
 */
export function documentSegments(path: string): readonly string[] {
	const files = FILE.exec(path)?.[1];
	if (files !== undefined) return files.split("/", SEGMENTS_LIMIT);
	const segment = DOCUMENT.exec(path)?.[1];
	return segment === undefined ? [] : [segment];
}

/** No file of the server lies deeper. */
const SEGMENTS_LIMIT = 16;
