/**
 * Only what never changes under its path may be served without asking the origin. Each "no" here protects a
 * user from an old document; each "yes" is a picture that the origin is spared.
 */
import { describe, expect, it } from "vitest";
import { isMediaPath } from "../../../src/file-cache/media-path.ts";

const RANDOM = "0123456789abcdef0123456789abcdef";

describe("media", () => {
	it.each([
		["of a document", "/cache/files/data/key/media/image1.png/image1.png"],
		["under any title", "/cache/files/data/key/media/image1.png/\xd0\x9b %2f .png"],
		["under no title", "/cache/files/data/key/media/image1.png/"],
		["of a document with each allowed character", "/cache/files/data/0-9.aZ_=/media/image12.svg/a"],
		["of a document with the key `media`", "/cache/files/data/media/media/image1.png/a"],
		["of a document with the key `data`", "/cache/files/data/data/media/image1.png/a"],
		["of a tenant", "/cache/files/data/docs.example.com/key/media/image1.png/a"],
		["in another folder than `data`", "/cache/files/other/key/media/image1.png/a"],
		["a film", "/cache/files/data/key/media/media1.mp4/a"],
		["a preview", "/cache/files/data/key/media/display1image1.emf/a"],
		["uploaded", `/cache/files/data/key/media/${RANDOM}.png/a`],
		["pasted", `/cache/files/data/key/media/${RANDOM}_image1.png/a`],
		["pasted, with a preview", `/cache/files/data/key/media/${RANDOM}_display8image1.wmf/a`],
		[
			"uploaded, of a document that ends as a save folder",
			`/cache/files/data/key_12345/media/${RANDOM}.png/a`,
		],
	])("%s", (_, uri) => expect(isMediaPath(uri)).toBe(true));
});

describe("what may change", () => {
	it.each([
		["a document", "/cache/files/data/key/Editor.bin/Editor.bin"],
		["a document with the key `media`", "/cache/files/data/media/Editor.bin/a"],
		["its origin", "/cache/files/data/media/origin.docx/a"],
		["such a document of a tenant", "/cache/files/data/tenant/media/Editor.bin/a"],
		["its result", "/cache/files/data/tenant/media/output.docx/a"],
		["of a tenant `media`", "/cache/files/data/media/key/Editor.bin/a"],
		["of tenant and key `media`", "/cache/files/data/media/media/Editor.bin/a"],
		["of a document in a folder `media`", "/cache/files/media/key/Editor.bin/a"],
		["of a folder `media`, named as a picture", "/cache/files/media/key/image1.png/a"],
		["a title `media`", "/cache/files/data/key/Editor.bin/media"],
		["a title with an encoded slash", "/cache/files/data/key/Editor.bin/media%2fimage1.png"],
		["a picture that is the folder's own", "/cache/files/data/media/image1.png"],
		["a picture under no document", "/cache/files/data/media/image1.png/a"],
		["a document below media", "/cache/files/data/key/media/Editor.bin/a"],
		["a folder below media", "/cache/files/data/key/media/more/image1.png/a"],
		["too deep", "/cache/files/data/a/b/c/media/image1.png/a"],
		["of a save folder", "/cache/files/data/key_1/media/image1.png/a"],
		["of a tenant's save folder", "/cache/files/data/tenant/key_10000/media/image1.png/a"],
		["media in capitals", "/cache/files/data/key/MEDIA/image1.png/a"],
		["another path in capitals", "/Cache/Files/data/key/media/image1.png/a"],
		["files with more behind", "/cache/files2/data/key/media/image1.png/a"],
		["a line feed in the title", "/cache/files/data/key/Editor.bin/x\n/media/image1.png/a"],
		["a line feed before", "/cache/files/data/\n/media/image1.png/a"],
		["15 random bytes", `/cache/files/data/key_1/media/${RANDOM.slice(2)}.png/a`],
		["17 random bytes", `/cache/files/data/key_1/media/00${RANDOM}.png/a`],
		["a name without an ending", "/cache/files/data/key/media/image1/a"],
		["a name without a number", "/cache/files/data/key/media/image.png/a"],
		["nothing at all", "/cache/files/"],
	])("%s", (_, uri) => expect(isMediaPath(uri)).toBe(false));
});
