/**
 * What the registry says of a release, and what a check makes of it. Protects against a success that nobody has checked:
 * without an answer the question was not asked.
 */
import parseQuery from "qs/lib/parse.js";
import { describe, expect, it } from "vitest";
import { checkAudit, checkSignatures } from "../../../local/release/checks/registry.ts";
import { isWithoutNetwork, npmError } from "../../../local/release/npm-answer.ts";
import { bad, good, notAsked, passes, tableLines } from "../../../local/release/outcome.ts";

const ran = (answer: unknown, stderr = "") => ({
	code: 1,
	stdout: typeof answer === "string" ? answer : JSON.stringify(answer),
	stderr,
});
const NO_NAME = { error: { code: "ENOTFOUND", summary: "request to https://tuf.example failed\nmore" } };
const REFUSED = {
	message: "405 Method Not Allowed - POST https://npm.example",
	error: { summary: "", detail: "" },
};

describe("signatures", () => {
	it.each([
		[{ invalid: [], missing: [] }, "good", []],
		[{ invalid: [{ name: "a", version: "1.0.0" }], missing: [] }, "bad", ["a@1.0.0: its signature is wrong"]],
		[{ invalid: [], missing: [{ name: "a", version: "1.0.0" }] }, "bad", ["a@1.0.0: it has no signature"]],
	])("%j", (answer, mark, more) => expect(checkSignatures(ran(answer))).toMatchObject({ mark, more }));
	it.each<[unknown, string]>([
		[NO_NAME, "not asked: ENOTFOUND, request to https://tuf.example failed"],
		[{}, "not asked: npm said nothing"],
		["", "not asked: npm said nothing"],
		["[]", "not asked: npm said nothing"],
		[{ invalid: 0, missing: 0 }, "not asked: npm said nothing"],
	])("%j", (answer, text) =>
		expect(checkSignatures(ran(answer))).toEqual({ mark: "not asked", text, more: [] }),
	);
});

describe("known holes", () => {
	const URL_OF = "https://github.com/advisories/";
	const report = (...via: readonly unknown[]) => ({
		auditReportVersion: 2,
		vulnerabilities: via.length === 0 ? {} : { qs: { name: "qs", via } },
	});
	const via = (id: string) => ({ name: "qs", severity: "low", url: URL_OF + id });
	const check = (answer: unknown) => checkAudit(ran(answer), { "GHSA-known": "it does not matter" });
	it.each([
		[report(), "good", []],
		[report(via("GHSA-new")), "bad", [`qs: low, ${URL_OF}GHSA-new`]],
		[report(via("GHSA-known"), via("GHSA-new")), "bad", [`qs: low, ${URL_OF}GHSA-new`]],
		[report(via("GHSA-known"), "another"), "good", ["accepted: GHSA-known: it does not matter"]],
		[report(via("toString")), "bad", [`qs: low, ${URL_OF}toString`]],
		[{ auditReportVersion: 2, vulnerabilities: { a: { name: "a" } } }, "bad", ["a: npm named no advisory"]],
		[REFUSED, "not asked", []],
		[NO_NAME, "not asked", []],
		[{ vulnerabilities: {} }, "not asked", []],
		["<html>", "not asked", []],
	])("%j", (answer, mark, more) => expect(check(answer)).toMatchObject({ mark, more }));
	it("says what the registry said", () => {
		expect(check(REFUSED).text).toBe("not asked: 405 Method Not Allowed - POST https://npm.example");
	});
	it("are accepted for what is true of the parser", () => {
		const options = { allowPrototypes: true };
		for (const name of ["a", "a[]"]) {
			const { a } = parseQuery(`${name}=x&`.repeat(5000), options);
			expect(Object.keys(Object(a)).length).toBe(1000);
		}
		expect(parseQuery("a=1,2&b[]=1,2", options)).toEqual({ a: "1,2", b: ["1,2"] });
	});
});

describe("a failed installation", () => {
	it.each<[string, string, boolean]>([
		['{"error":{"code":"EAI_AGAIN"}}', "", true],
		["", "npm error code ECONNREFUSED\nnpm error connect refused", true],
		["", "npm error code EINTEGRITY\nnpm error sha512-… integrity checksum failed", false],
		['{"error":{"code":"EUSAGE","summary":"the lock file differs"}}', "", false],
		["", "", false],
	])("%s%s: a lack of network is %s", (stdout, stderr, expected) => {
		expect(isWithoutNetwork(npmError(ran(stdout, stderr)))).toBe(expected);
	});
});

describe("the table", () => {
	it.each([
		[good("fine"), true, true],
		[notAsked("no network"), true, false],
		[bad("wrong"), false, false],
	])("%j passes: %s, with --all: %s", (outcome, some, all) => {
		expect([passes(outcome, false), passes(outcome, true)]).toEqual([some, all]);
	});
	it("has a mark, the name, and each fault on its line", () => {
		expect(tableLines("audit", bad("holes", ["a", "b"]), 8)).toEqual([
			"✗ audit     holes",
			"            a",
			"            b",
		]);
		expect(tableLines("audit", notAsked("x"), 5)).toEqual(["– audit  not asked: x"]);
	});
});
