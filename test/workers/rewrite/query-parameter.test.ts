/**
 * Replaces one parameter of a query. Protects every other byte of the query, and refuses parameters that the server's
 * parser builds from several parts: only one of them would be re-signed.
 */
import { describe, expect, it } from "vitest";
import { replaceParameter } from "../../../src/rewrite/query-parameter.ts";

const replaced = (query: string, name = "token") => {
	const outcome = replaceParameter(query, name, (value) => `<${value}>`);
	return "ok" in outcome ? outcome.reason : outcome.query;
};
const BRACKETED = encodeURIComponent("<a>");

describe("one part", () => {
	it.each([
		["token=a", `token=${BRACKETED}`],
		["x=%20+&token=a&y", `x=%20+&token=${BRACKETED}&y`],
		["%74oken=a", `%74oken=${BRACKETED}`],
		["[token]=a", `[token]=${BRACKETED}`],
		["&&token=a&", `&&token=${BRACKETED}&`],
		["token=", `token=${encodeURIComponent("<>")}`],
		["token=a+b%20c", `token=${encodeURIComponent("<a b c>")}`],
		["token=%zz", `token=${encodeURIComponent("<%zz>")}`],
		["token=a=b", `token=${encodeURIComponent("<a=b>")}`],
	])("%s: %s", (query, expected) => expect(replaced(query)).toBe(expected));
});

describe("no single part with a value", () => {
	it.each([
		[""],
		["x=1"],
		["token"],
		["tokens=a"],
		["token=a&token=b"],
		["token=a&token[]=b"],
		["token=a&token[toString]=b"],
		["token=a&token[hasOwnProperty]=b"],
		["token=x]=a"],
	])("%s is refused", (query) => expect(replaced(query)).toBe("token_malformed"));
	it("a part behind the parts that the server reads does not count", () => {
		const first = Array(1000).fill("x=1").join("&");
		expect(replaced(`${first}&token=a`)).toBe("token_malformed");
		const second = Array(999).fill("x=1").join("&");
		expect(replaced(`${second}&token=a`)).toBe(`${second}&token=${BRACKETED}`);
		expect(replaced(`token=a&${second}&token=b`)).toBe(`token=${BRACKETED}&${second}&token=b`);
	});
});
