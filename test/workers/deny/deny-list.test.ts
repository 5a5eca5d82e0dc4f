/**
 * The format of a deny list. Protects against a list that is half read, against a typing error that denies nothing
 * without a word, and against a problem that repeats what the operator keeps to himself.
 */
import { describe, expect, it } from "vitest";
import { readDenyList } from "../../../src/config/deny/deny-list.ts";
import { createNetworks, isNetwork } from "../../../src/config/deny/networks.ts";

const EXAMPLE = {
	keys: { nextcloud: { issuedBefore: "2026-11-20T00:00:00Z" }, moodle: true },
	documents: ["k1"],
	hosts: ["A.example"],
	purposes: ["builder"],
	networks: ["203.0.113.0/24"],
	lockdown: false,
	allowNetworks: ["192.0.2.0/24"],
};

it("reads every rule, from text and from an object", () => {
	for (const value of [EXAMPLE, JSON.stringify(EXAMPLE)]) {
		const list = readDenyList(value);
		if (Array.isArray(list)) throw new Error(list.join());
		expect(list).toMatchObject({
			keys: new Map([
				["nextcloud", Date.parse("2026-11-20T00:00:00Z") / 1000],
				["moodle", Number.POSITIVE_INFINITY],
			]),
			documents: ["k1"],
			hosts: new Set(["a.example"]),
			purposes: new Set(["builder"]),
			lockdown: false,
		});
	}
});

describe("a wrong entry makes the list invalid, and is named without its value", () => {
	it.each<[string, unknown, string]>([
		["no JSON", "{", "is no JSON object of rules"],
		["a list", "[]", "is no JSON object of rules"],
		["a rule that does not exist", { document: ["s3cret"] }, "has a member that is none of keys, documents"],
		["keys as a list", { keys: ["s3cret"] }, "keys is no object of names"],
		["false", { keys: { a: false } }, 'keys.a is neither true nor {"issuedBefore"'],
		["a time without a zone", { keys: { a: { issuedBefore: "2026-11-20T00:00:00" } } }, "keys.a is neither"],
		["a day that does not exist", { keys: { a: { issuedBefore: "2026-13-40" } } }, "keys.a is neither"],
		["seconds", { keys: { a: { issuedBefore: 1_795_219_200 } } }, "keys.a is neither"],
		["a misspelled member", { keys: { a: { issuedbefore: "2026-11-20" } } }, "keys.a is neither"],
		["one member too many", { keys: { a: { issuedBefore: "2026-11-20", all: true } } }, "keys.a is neither"],
		["a name that no key has", { keys: { "s3cret\n": true } }, "keys has a name that no key can have"],
		["a number as a document", { documents: ["k", 7] }, "documents[1] is not a document's key"],
		["an empty document", { documents: [""] }, "documents[0] is not a document's key"],
		["a text instead of a list", { documents: "s3cret" }, "documents is no list"],
		["a URL as a host", { hosts: ["https://s3cret/"] }, "hosts[0] is not a hostname or a tenant"],
		["an unknown purpose", { purposes: ["builder", "s3cret"] }, "purposes[1] is not one of command"],
		["a prefix that is too long", { networks: ["203.0.113.0/33"] }, "networks[0] is not a network like"],
		["a prefix with a zero in front", { networks: ["203.0.113.0/08"] }, "networks[0] is not a network like"],
		["a host as a network", { allowNetworks: ["s3cret.example"] }, "allowNetworks[0] is not a network like"],
		["a word as a switch", { lockdown: "true" }, "lockdown is neither true nor false"],
		["more than a thousand entries", { documents: Array(1001).fill("k") }, "documents has more than 1000"],
		["a list without end", `{"documents":["${"x".repeat(300_000)}"]}`, "is longer than 262144 characters"],
	])("%s", (_, value, problem) => {
		for (const form of typeof value === "string" ? [value] : [value, JSON.stringify(value)]) {
			const problems = readDenyList(form);
			expect(problems).toEqual([expect.stringContaining(problem)]);
			expect(JSON.stringify(problems)).not.toContain("s3cret");
		}
	});

	it("all problems are told at once", () => {
		expect(readDenyList({ hosts: ["/"], lockdown: 1, networks: ["x"] })).toHaveLength(3);
	});
});

describe("networks", () => {
	it.each([
		["203.0.113.0/24", "203.0.113.255", true],
		["203.0.113.0/24", "203.0.114.0", false],
		["203.0.113.77/24", "203.0.113.1", true],
		["203.0.113.7", "203.0.113.7", true],
		["203.0.113.7", "203.0.113.8", false],
		["0.0.0.0/0", "198.51.100.1", true],
		["0.0.0.0/0", "2001:db8::1", false],
		["203.0.113.0/24", "::ffff:203.0.113.9", true],
		["2001:db8::/32", "2001:db8:ffff::1", true],
		["2001:db8::/32", "2001:db9::1", false],
		["2001:DB8::1", "2001:db8:0:0::1", true],
		["::/0", "2001:db8::1", true],
		["203.0.113.0/24", "::ffff:cb00:7109", true],
		["::ffff:203.0.113.0/120", "203.0.113.9", true],
		["::ffff:203.0.113.0/120", "203.0.114.9", false],
		["0:0:0:0:0:ffff:203.0.113.9", "::ffff:203.0.113.9", true],
		["0:0:0:0:0:ffff:203.0.113.9", "2001:db8::1", false],
		["::1.2.3.4", "::1", false],
		["0.0.0.0/0", "", false],
		["0.0.0.0/0", "unknown", false],
	])("%s holds %s: %s", (network, address, expected) => {
		expect(isNetwork(network)).toBe(true);
		expect(createNetworks([network]).include(address)).toBe(expected);
	});
	it.each([
		"",
		"/24",
		"1.2.3",
		"1.2.3.4/",
		"1.2.3.4/-1",
		"1.2.3.4/24/24",
		"::/129",
		"::ffff:203.0.113.0/95",
		"fe80::1%eth0",
		"01.2.3.4",
	])("%j is none", (text) => expect(isNetwork(text)).toBe(false));
});
