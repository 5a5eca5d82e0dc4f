/**
 * MD5 beside the platform's own digest. Protects against a wrong signature, and against a kept state whose shape is not
 * final: V8 would drop the optimised check of links at each full garbage collection.
 */
import { Buffer } from "node:buffer";
import { expect, it } from "vitest";
import { LARGE_WORDS, md5Base64Url } from "../../../src/link/md5.ts";

const platform = async (bytes: Uint8Array<ArrayBuffer>) => crypto.subtle.digest("MD5", bytes);

it.each([0, 1, 55, 56, 63, 64, 65, 119, 120, 1000])("%d bytes", async (length) => {
	const bytes = Uint8Array.from({ length }, (_, at) => at * 7);
	expect(md5Base64Url(bytes)).toBe(Buffer.from(new Uint8Array(await platform(bytes))).toString("base64url"));
});

it("all words of the kept state are larger than a small integer of V8", async () => {
	const words = [...new Int32Array(await platform(LARGE_WORDS))];
	expect(words.length).toBe(4);
	expect(words.filter((word) => word >= -(2 ** 30) && word < 2 ** 30)).toEqual([]);
});
