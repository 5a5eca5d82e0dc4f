/**
 * The JSON scanner beside `JSON.parse`: both accept the same texts, and find the same member if a name comes twice.
 * Protects against a text that shows the edge one token and the server another.
 */
import { describe, expect, it } from "vitest";
import {
	isTruthyAt,
	type ScannedJson,
	scanJson,
	stringOrTruth,
	valueAt,
} from "../../../src/encoding/json-scan.ts";
import { pick, seeded } from "../../random.ts";

const NAMES = ["token", "key", 0, 1];

/** @returns `undefined` if `JSON.parse` throws */
function parse(text: string): { readonly value: unknown } | undefined {
	try {
		return { value: JSON.parse(text) };
	} catch {
		return undefined;
	}
}

/** The members that the scanner finds, as values. */
const found = (text: string, scanned: ScannedJson | undefined) =>
	scanned && Object.fromEntries([...scanned.members].map(([name, span]) => [name, valueAt(text, span)]));

/** The members of the same names that the parser has. */
function expected(text: string): object | undefined {
	const parsed = parse(text);
	if (parsed === undefined) return undefined;
	const { value } = parsed;
	if (typeof value !== "object" || value === null) return {};
	const names = NAMES.filter((name) => Array.isArray(value) === (typeof name === "number"));
	const own = names.filter((name) => Object.hasOwn(value, name));
	return Object.fromEntries(own.map((name) => [name, (value as Record<string | number, unknown>)[name]]));
}

describe("accepts the texts that JSON.parse accepts, and finds the same members", () => {
	it.each([
		'{"token":"a"}',
		'{"token":"a","token":"b"}',
		'{"token":"a","\\u0074oken":"b"}',
		'{"a":{"token":"inner"},"token":"outer"}',
		'{"a":[{"token":"inner"}]}',
		'{"token":{"token":1}}',
		'[{"token":"a"},"b"]',
		'{"__proto__":{"token":"a"}}',
		' \t\n\r{ "token" : "a" } \t\n\r',
		'{"token":"\\ud800"}',
		'{"to\\u006ben":null}',
		'"token"',
		"5",
		"-0",
		"1e5",
		"1E+5",
		"0.5e-3",
		"true",
		"null",
		"[]",
		"{}",
		"[[],[]]",
	])("JSON: %s", (text) => {
		expect(scanJson(text, 0, NAMES)).toBeDefined();
		expect(found(text, scanJson(text, 0, NAMES))).toEqual(expected(text));
	});
	it.each([
		"",
		" ",
		"\ufeff{}",
		"{}x",
		"{} {}",
		"[1,]",
		'{"a":1,}',
		"{a:1}",
		"{'a':1}",
		'{"a"}',
		'{"a":}',
		'{"a" 1}',
		"[1 2]",
		"[}",
		"{]",
		"[",
		"]",
		'"',
		'"\\',
		'"\\x"',
		'"\\u12g4"',
		'"\\u 123"',
		'"a\nb"',
		'"a\u0000b"',
		"01",
		"1.",
		".5",
		"+1",
		"-",
		"1e",
		"1e+",
		"NaN",
		"Infinity",
		"nul",
		"truex",
		"\u00a0{}",
		"//x\n{}",
		"[1]\u2028",
	])("not JSON: %j", (text) => {
		expect(parse(text)).toBeUndefined();
		expect(scanJson(text, 0, NAMES)).toBeUndefined();
	});

	const CASES = 200_000;
	const SEED = 20261121;
	const PIECES = [
		...["{", "}", "[", "]", ",", ":", ",", ":", '"token":', '"key":', '"\\u0074oken":'],
		...['"a"', '""', "1", "-1.5e3", "0", "true", "false", "null", " ", "\n", '"', "\\", "\\n", "e", "."],
	];
	it(`${CASES} random texts, seed ${SEED}`, () => {
		const random = seeded(SEED);
		let valid = 0;
		for (let n = 0; n < CASES; n++) {
			const text = Array.from({ length: 1 + Math.floor(random() * 11) }, () => pick(random, PIECES)).join("");
			const wanted = expected(text);
			if (wanted) valid++;
			expect([text, found(text, scanJson(text, 0, NAMES))]).toEqual([text, wanted]);
		}
		expect(valid).toBeGreaterThan(CASES / 50);
	});
	it("a depth at which a recursive parser would overflow its stack", () => {
		const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
		expect(scanJson(deep, 0, NAMES)?.members.get(0)).toEqual({ start: 1, end: deep.length - 1 });
		expect(scanJson(deep.slice(1), 0, NAMES)).toBeUndefined();
		expect(scanJson(`${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}`, 0, NAMES)?.members.size).toBe(0);
	});
	it("reads a value from a given offset", () => {
		expect(found('42{"token":"a"}', scanJson('42{"token":"a"}', 2, NAMES))).toEqual({ token: "a" });
	});
});

describe("the truth of a value, and its text if it is a string", () => {
	const FALSY = [
		'""',
		"0",
		"-0",
		"0.0",
		"0e9",
		"false",
		"null",
		`0.${"0".repeat(400)}`,
		`1e-${"9".repeat(9)}`,
	];
	const TRUTHY = [
		'"a"',
		'"0"',
		'" "',
		"1",
		"-1",
		"1e999",
		"true",
		"[]",
		"{}",
		"[0]",
		'{"a":null}',
		'"false"',
	];
	it.each([...FALSY, ...TRUTHY])("%s", (text) => {
		const span = { start: 0, end: text.length };
		expect(isTruthyAt(text, span)).toBe(Boolean(JSON.parse(text)));
		const isString = text.startsWith('"');
		expect(stringOrTruth(text, span)).toEqual(isString ? JSON.parse(text) : Boolean(JSON.parse(text)));
	});
});
