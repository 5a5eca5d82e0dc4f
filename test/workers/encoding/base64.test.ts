/**
 * base64url beside Node's Buffer, which the server uses. Protects against a credential that the edge and the server decode
 * to different bytes.
 */
import { Buffer } from "node:buffer";
import { describe, expect, it } from "vitest";
import { bytesOf, decodeBase64Url } from "../../../src/encoding/base64.ts";
import { pick, seeded } from "../../random.ts";

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

describe("decodes every text of its letters as Buffer does", () => {
	it.each([...Array(70).keys(), 1000, 1001, 1002, 1003, 70_001])("%d characters", (length) => {
		const random = seeded(length + 1);
		for (let n = 0; n < 50; n++) {
			const text = Array.from({ length }, () => LETTERS[Math.floor(random() * 64)]).join("");
			const decoded = decodeBase64Url(text);
			expect(bytesOf(decoded ?? "none")).toEqual(new Uint8Array(Buffer.from(text, "base64url")));
		}
	});
});

describe("refuses every other character, wherever it stands", () => {
	const others = [
		"+",
		"/",
		"=",
		" ",
		"\t",
		"\n",
		"\f",
		"\r",
		"\v",
		"\0",
		".",
		",",
		"é",
		"\u{2028}",
		"Ā",
		"😀",
	];
	it.each(others.map((other) => [JSON.stringify(other), other]))("%s", (_, other) => {
		const random = seeded(7);
		for (let length = 0; length < 40; length++) {
			const text = Array.from({ length }, () => pick(random, [...LETTERS])).join("");
			for (const at of [0, Math.floor(length / 2), length - 1, length])
				for (const inserted of [other, other + other])
					expect(
						decodeBase64Url(text.slice(0, Math.max(at, 0)) + inserted + text.slice(Math.max(at, 0))),
					).toBe(undefined);
		}
	});
});
