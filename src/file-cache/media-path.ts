/**
 * Which cached files never change under their path: the pictures, sounds and films of a document. Only these
 * are served without asking the origin. A wrong yes shows users an old document; a wrong no costs one 304.
 *
 * Layout: `/cache/files/<folder>/[<tenant>/]<document>/media/<name>/<title>`. Sources: the server's
 * `storage-base.js` (getSignedUrl, getStoragePath), `fileuploaderservice.js`, `canvasservice.js`; nginx's
 * `alias …$1` in `ds-docservice.conf`, for which the last segment is only a title.
 */

/** Uploaded or pasted: the server puts 16 random bytes in front, so no two pictures share a name. */
const RANDOM_NAME = /^[0-9a-f]{32}(?:_(?:display\d+)?[a-z]+\d+)?\.\w+$/;
/**
 * Unpacked from the document by the converter: `image1.png`. The number is required. With tenants, the folder
 * of a document with the key `media` looks like a media folder, and holds `Editor.bin`, `origin.docx`, `output.docx`.
 */
const NUMBERED_NAME = /^(?:display\d+)?[a-z]+\d+\.\w+$/;
/** The server picks such a suffix at random for a saved or inserted file, and may pick it again later (`addRandomKey`). */
const SAVE_FOLDER = /_\d{1,5}$/;

/** @param uri nginx's `$uri`, one character per byte */
export function isMediaPath(uri: string): boolean {
	// nginx's `.` stops at a line feed, so it would cut the path elsewhere.
	if (!uri.startsWith("/cache/files/") || uri.includes("\n")) return false;
	const [, ...segments] = uri.slice("/cache/files/".length).split("/");
	const [media, name = ""] = segments.slice(-3, -1);
	const owner = segments.slice(0, -3);
	// A document, or a tenant and a document.
	if (media !== "media" || owner.length < 1 || owner.length > 2) return false;
	return RANDOM_NAME.test(name) || (NUMBERED_NAME.test(name) && !owner.some((one) => SAVE_FOLDER.test(one)));
}
