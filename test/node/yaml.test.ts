/**
 * The reader of workflows and of compose.yaml. Protects a check against a file that it reads in another way than GitHub
 * or Docker: what the reader does not know has to throw.
 */
import { describe, expect, it } from "vitest";
import { parseYaml } from "../../local/yaml.ts";
import type { Yaml } from "../../local/yaml-scalar.ts";

describe("reads", () => {
	it.each<[string, Yaml]>([
		["", null],
		["# only a comment\n", null],
		["a: 1\nb: two\nc: true\nd: ~\ne:\n", { a: 1, b: "two", c: true, d: null, e: null }],
		["a: 0123\nb: 1.5\nc: -3\nd: 9.3.1\ne: 0x1f", { a: "0123", b: 1.5, c: -3, d: "9.3.1", e: "0x1f" }],
		[
			"a: x # comment\nb: x#y\nc: 'it''s # here'\nd: \"q\\\"\\n#\"",
			{ a: "x", b: "x#y", c: "it's # here", d: 'q"\n#' },
		],
		['on:\n  push:\n    branches: [main, "v*"]\n', { on: { push: { branches: ["main", "v*"] } } }],
		["a: { b: c, d: [1, {}] }\ne: []", { a: { b: "c", d: [1, {}] }, e: [] }],
		["a:\n- 1\n- 2\nb: 3", { a: [1, 2], b: 3 }],
		[
			"a:\n  - b: 1\n    c: 2\n  -\n    b: 3\n  - - x\n    - y\n",
			{ a: [{ b: 1, c: 2 }, { b: 3 }, ["x", "y"]] },
		],
		["- a\n-\n- 'b: c'\n", ["a", null, "b: c"]],
		["run: |\n  one # kept\n\n    two\nnext: |-\n  x\n", { run: "one # kept\n\n  two\n", next: "x" }],
		["- run: |\n    x\n  name: y", [{ run: "x\n", name: "y" }]],
		["a: https://example.com:80/x\nb: $A-{c:d}", { a: "https://example.com:80/x", b: "$A-{c:d}" }],
		["a: echo 'b # c'\nb: # d\n  - e # f", { a: "echo 'b", b: ["e"] }],
		["'a b': 1\n\"c\": 2", { "a b": 1, c: 2 }],
	])("%j", (text, value) => expect(parseYaml(text)).toEqual(value));
});

describe("throws for", () => {
	it.each([
		["an anchor", "a: &x 1"],
		["an alias", "a: *x"],
		["a merge key", "<<: *x"],
		["a tag", "a: !!str 1"],
		["a folded block", "a: >\n  x"],
		["a kept block", "a: |+\n  x"],
		["a plain scalar of two lines", "a: x\n  y"],
		["a mapping in a plain scalar", "a: b: c"],
		["a second document", "a: 1\n---\na: 2"],
		["a key twice", "a: 1\na: 2"],
		["a tab as indentation", "a:\n\tb: 1"],
		["a wrong indentation", "a:\n    b: 1\n  c: 2"],
		["an open quote", 'a: "x'],
		["an open collection", "a: [1, 2"],
		["a collection of two lines", "a: [1,\n  2]"],
		["words behind a value", 'a: "x" y'],
		["a flow mapping without a value", "a: { b }"],
	])("%s", (_, text) => expect(() => parseYaml(text)).toThrow(/^line \d/));
});
