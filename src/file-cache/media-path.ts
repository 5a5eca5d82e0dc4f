/**
 * Decides which files never change under their path: the pictures, sounds and films of a document. Only these files are
 * served without asking the origin. A wrong "yes" shows users an old file. A wrong "no" costs one 304.
 *
 * Layout: `/cache/files/<folder>/[<tenant>/]<document>/media/<name>/<title>`. nginx's `alias …$1` in
 * `ds-docservice.conf` drops the last segment: it is only a title. Sources: the server's `storage-base.js`
 * (getSignedUrl, getStoragePath), `fileuploaderservice.js`, `canvasservice.js`.
 */

/** An uploaded or pasted picture. The server puts 16 random bytes in front, so no two pictures share a name. */
const RANDOM_NAME = /^[0-9a-f]{32}(?:_(?:display\d+)?[a-z]+\d+)?\.\w+$/;
/**
 * A picture that the converter unpacked from the document: `image1.png`. The number is required: with tenants, the
 * folder of a document with the key `media` looks like a media folder. Its `Editor.bin`, `origin.docx` and
 * `output.docx` change.
 */
const NUMBERED_NAME = /^(?:display\d+)?[a-z]+\d+\.\w+$/;
/**
 * The suffix of a saved or inserted file. The server picks it at random and may pick it again (`addRandomKey`), so the
 * folder may later hold other pictures.
 */
const SAVE_FOLDER = /_\d{1,5}$/;

/** @param uri nginx's `$uri`, one character per byte */
export function isMediaPath(uri: string): boolean {
	// `.` in nginx's pattern does not match a line feed, so nginx would split this path elsewhere.
	if (!uri.startsWith("/cache/files/") || uri.includes("\n")) return false;
	const [, ...segments] = uri.slice("/cache/files/".length).split("/");
	const [media, name = ""] = segments.slice(-3, -1);
	const owner = segments.slice(0, -3);
	// The owner is a document, or a tenant and a document.
	if (media !== "media" || owner.length < 1 || owner.length > 2) return false;
	return (
		RANDOM_NAME.test(name) ||
		(NUMBERED_NAME.test(name) && !owner.some((segment) => SAVE_FOLDER.test(segment)))
	);
}
