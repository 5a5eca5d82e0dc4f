/**
 * Only files that never change under their path are served without asking the origin. Each "no" protects users from an
 * old document. Each "yes" saves the origin a request for a picture.
 */
import { describe, expect, it } from "vitest";
import { isMediaPath } from "../../../src/file-cache/media-path.ts";

const RANDOM = "0123456789abcdef0123456789abcdef";

describe("media that never change", () => {
	it.each([
		["a picture of a document", "/cache/files/data/key/media/image1.png/image1.png"],
		["a picture under any title", "/cache/files/data/key/media/image1.png/\xd0\x9b %2f .png"],
		["a picture without a title", "/cache/files/data/key/media/image1.png/"],
		[
			"a picture of a document whose key has all allowed characters",
			"/cache/files/data/0-9.aZ_=/media/image12.svg/a",
		],
		["a picture of a document with the key `media`", "/cache/files/data/media/media/image1.png/a"],
		["a picture of a document with the key `data`", "/cache/files/data/data/media/image1.png/a"],
		["a picture of a tenant's document", "/cache/files/data/docs.example.com/key/media/image1.png/a"],
		["a picture in another folder than `data`", "/cache/files/other/key/media/image1.png/a"],
		["a film", "/cache/files/data/key/media/media1.mp4/a"],
		["a preview", "/cache/files/data/key/media/display1image1.emf/a"],
		["an uploaded picture", `/cache/files/data/key/media/${RANDOM}.png/a`],
		["a pasted picture", `/cache/files/data/key/media/${RANDOM}_image1.png/a`],
		["the preview of a pasted picture", `/cache/files/data/key/media/${RANDOM}_display8image1.wmf/a`],
		[
			"an uploaded picture of a document whose key ends like a save folder",
			`/cache/files/data/key_12345/media/${RANDOM}.png/a`,
		],
	])("%s", (_, uri) => expect(isMediaPath(uri)).toBe(true));
});

describe("files that may change", () => {
	it.each([
		["a document", "/cache/files/data/key/Editor.bin/Editor.bin"],
		["a document with the key `media`", "/cache/files/data/media/Editor.bin/a"],
		["`origin.docx` of a document with the key `media`", "/cache/files/data/media/origin.docx/a"],
		["a tenant's document with the key `media`", "/cache/files/data/tenant/media/Editor.bin/a"],
		[
			"`output.docx` of a tenant's document with the key `media`",
			"/cache/files/data/tenant/media/output.docx/a",
		],
		["a document of a tenant `media`", "/cache/files/data/media/key/Editor.bin/a"],
		["a document of a tenant `media`, with the key `media`", "/cache/files/data/media/media/Editor.bin/a"],
		["a document in a folder `media`", "/cache/files/media/key/Editor.bin/a"],
		["a file in a folder `media`, named as a picture", "/cache/files/media/key/image1.png/a"],
		["a title `media`", "/cache/files/data/key/Editor.bin/media"],
		["a title with an encoded slash", "/cache/files/data/key/Editor.bin/media%2fimage1.png"],
		[
			"a picture directly in the folder of a document with the key `media`",
			"/cache/files/data/media/image1.png",
		],
		["a media folder without a document", "/cache/files/data/media/image1.png/a"],
		["a document in a media folder", "/cache/files/data/key/media/Editor.bin/a"],
		["a folder in a media folder", "/cache/files/data/key/media/more/image1.png/a"],
		["a path with too many segments", "/cache/files/data/a/b/c/media/image1.png/a"],
		["a picture in a save folder", "/cache/files/data/key_1/media/image1.png/a"],
		["a picture in a tenant's save folder", "/cache/files/data/tenant/key_10000/media/image1.png/a"],
		["media in capitals", "/cache/files/data/key/MEDIA/image1.png/a"],
		["another path in capitals", "/Cache/Files/data/key/media/image1.png/a"],
		["a path that only begins like `/cache/files`", "/cache/files2/data/key/media/image1.png/a"],
		["a line feed in the title", "/cache/files/data/key/Editor.bin/x\n/media/image1.png/a"],
		["a line feed before the media folder", "/cache/files/data/\n/media/image1.png/a"],
		["a name with 15 random bytes", `/cache/files/data/key_1/media/${RANDOM.slice(2)}.png/a`],
		["a name with 17 random bytes", `/cache/files/data/key_1/media/00${RANDOM}.png/a`],
		["a name without an extension", "/cache/files/data/key/media/image1/a"],
		["a name without a number", "/cache/files/data/key/media/image.png/a"],
		["no file at all", "/cache/files/"],
	])("%s", (_, uri) => expect(isMediaPath(uri)).toBe(false));
});

it.each([
	["k", `${"0a".repeat(16)}.png`, true],
	["k", `${"0a".repeat(16)}_display12image34.png`, true],
	["k", `${"0a".repeat(16)}.png.x`, false],
	["k", "display12image34.png", true],
	["k", "1image1.png", false],
	["k", "image1.png.x", false],
	["k_1", "image1.png", false],
	["k_1x", "image1.png", true],
])("of document %s, the picture %s never changes: %s", (document, name, isMedia) => {
	expect(isMediaPath(`/cache/files/data/${document}/media/${name}/title`)).toBe(isMedia);
});
