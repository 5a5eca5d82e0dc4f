/**
 * Finds the segment of a path that holds the document's key, or the name of a folder of that document.
 */
const DOCUMENT =
	/^\/(?:doc|(?:storage-)?cache\/files\/[^/]+|downloadas|downloadfile|savefile|upload|printfile)\/([^/]+)/i;

/** @returns percent-encoded as in the path; "" for a path that names no document */
export const documentSegment = (path: string): string => DOCUMENT.exec(path)?.[1] ?? "";
