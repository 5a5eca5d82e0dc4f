/**
 * What is read beside the token: the `key` that a refusal repeats, and how long a token may be before it is decoded.
 * Protects against a body that costs more than its bytes, and against a refusal that repeats megabytes.
 */
import { describe, expect, it } from "vitest";
import { findToken } from "../../../src/token/find-token.ts";

const HEADER = { name: "Authorization", prefix: "Bearer " };
const find = (body: string, { query = "", tokenLimit = 10 } = {}) =>
	findToken([["params", "inbox"]], { body, query, headers: new Headers(), tokenLimit }, HEADER);

describe("the key that a refusal repeats", () => {
	const ofSpan = (characters: number) => "k".repeat(characters - '""'.length);
	const members = '"c":"info","users":["a","b"],';
	it.each([
		["of the body", '{"key":"d"}', "d"],
		["of any type", '{"key":{"a":[1]}}', { a: [1] }],
		["at the longest", `{${members}"key":"${ofSpan(65_536)}"}`, ofSpan(65_536)],
		["longer", `{"key":"${ofSpan(65_537)}"}`, undefined],
		["behind much else", `{"x":"${"x".repeat(70_000)}","key":"d"}`, "d"],
		["none", '{"c":"info"}', undefined],
		["of a list", '["key"]', undefined],
	])("%s", (_, body, key) => expect(find(body)).toMatchObject({ place: "body", echoedKey: key }));
	it("of the query, if the body hides no parameters", () => {
		const query = "key=q";
		const keys = ["", "null", '{"key":"d"}'].map((body) => Object(find(body, { query })).echoedKey);
		expect(keys).toEqual(["q", "q", "d"]);
	});
});

describe("a token in a body is refused before it is decoded", () => {
	// Each of ten characters may be an escape of six.
	const ofSpan = (characters: number) => `"${"t".repeat(characters - '""'.length)}"`;
	const long = { ok: false, reason: "token_too_long", message: "invalid token" };
	it.each([
		["if it is longer than its escapes can be", `{"token":${ofSpan(61)}}`, long],
		["and not if it is as long", `{"token":${ofSpan(60)}}`, { token: "t".repeat(58) }],
		["wherever it stands", `{"x":"${"x".repeat(100)}","token":${ofSpan(60)}}`, { token: "t".repeat(58) }],
		["and not if it is no text", `{"token":[${ofSpan(61)}]}`, { place: "body" }],
	])("%s", (_, body, expected) => expect(find(body)).toMatchObject(expected));
});
