/**
 * Replaces one string of a JSON text. Protects every other byte of a body against a change when its token is re-signed.
 */
import { describe, expect, it } from "vitest";
import { replaceJsonString } from "../../../src/rewrite/json-splice.ts";
import { pick, type Random, seeded } from "../../random.ts";

it.each([
	['{"token":"a"}', ["token"], '{"token":"NEW"}'],
	[' {"x":"token", "token" : "a" ,"y":1}\n', ["token"], ' {"x":"token", "token" : "NEW" ,"y":1}\n'],
	['{"token":"a","token":"b"}', ["token"], '{"token":"a","token":"NEW"}'],
	['{"\\u0074oken":"a"}', ["token"], '{"\\u0074oken":"NEW"}'],
	[
		'{"a":{"token":"x"},"b":"\\"token\\":\\"y\\"","token":"\\u0061"}',
		["token"],
		'{"a":{"token":"x"},"b":"\\"token\\":\\"y\\"","token":"NEW"}',
	],
	['["message",{"jwtOpen":"a"}]', [1, "jwtOpen"], '["message",{"jwtOpen":"NEW"}]'],
	['{"token":5}', ["token"], undefined],
	['{"a":1}', ["token"], undefined],
	["[]", [1, "x"], undefined],
	["5", ["token"], undefined],
])("%s", (text, path, expected) => expect(replaceJsonString(text, path, "NEW")).toBe(expected));

describe("random JSON", () => {
	const SEED = 20261121;
	const STRINGS = ['"a"', '"token"', '"\\"token\\":\\"x\\""', '"{}[],:"', '"\\\\"', '"é\\u001e"', '""'];
	const space = (random: Random) => pick(random, ["", "", " ", "\n\t"]);
	function value(random: Random, depth: number): string {
		const kind = random();
		if (depth === 0 || kind < 0.4) return pick(random, [...STRINGS, "1", "-1.5e3", "true", "null"]);
		const items = Array.from({ length: Math.floor(random() * 4) }, () =>
			kind < 0.7
				? `${space(random)}${pick(random, [...STRINGS, '"token"'])}${space(random)}:${space(random)}${value(random, depth - 1)}${space(random)}`
				: `${space(random)}${value(random, depth - 1)}${space(random)}`,
		);
		return kind < 0.7 ? `{${items.join(",")}}` : `[${items.join(",")}]`;
	}
	it(`reads the same member as JSON.parse (5000 texts, seed ${SEED})`, () => {
		const random = seeded(SEED);
		let replaced = 0;
		for (let i = 0; i < 5000; i++) {
			const text = space(random) + value(random, 4) + space(random);
			const before = JSON.parse(text);
			const token = before !== null && typeof before === "object" ? before.token : undefined;
			const after = replaceJsonString(text, ["token"], "NEW");
			expect([text, after === undefined]).toEqual([text, typeof token !== "string" || Array.isArray(before)]);
			if (after === undefined) continue;
			replaced++;
			expect(JSON.parse(after)).toEqual({ ...before, token: "NEW" });
			expect(after.length - text.length).toBeLessThanOrEqual('"NEW"'.length);
		}
		expect(replaced).toBeGreaterThan(100);
	});
});
