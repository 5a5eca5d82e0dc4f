/**
 * Headers that replace the path or the method. Protects against a judged request that the server behind the edge takes for
 * another one, and against a harmless header that is taken for such a header.
 */
import { describe, expect, it } from "vitest";
import { overridesMethod, overridesPath } from "../../../src/request/override-headers.ts";

const NONE = ["original-url", "x-original", "ax-original-url", "x-original-urls", "x-url", "x--original-url"];

describe("the path", () => {
	it.each([
		["X-Original-URL", true],
		["X-Rewrite-URL", true],
		["X.Original_Url", true],
		...NONE.map((name) => [name, false] as const),
		["x-http-method", false],
	] as const)("%s: %s", (name, overrides) => {
		expect(overridesPath(new Headers({ Accept: "*/*", [name]: "/x", "X-Z": "1" }))).toBe(overrides);
	});
});

describe("the method", () => {
	it.each([
		["X-HTTP-Method", true],
		["X-HTTP-Method-Override", true],
		["X-Method-Override", true],
		["X_Http.Method_Override", true],
		["ax-http-method", false],
		["x-http-methods", false],
		["x-method", false],
		["x-method-override-2", false],
		["x-original-url", false],
	] as const)("%s: %s", (name, overrides) => {
		expect(overridesMethod(new Headers({ Accept: "*/*", [name]: "PUT", "X-Z": "1" }))).toBe(overrides);
	});
});
