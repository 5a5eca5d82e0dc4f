/**
 * Secrets: a single key, or a ring of named keys with dates. Protects against a wrong secret that passes unnoticed, and
 * against a problem or warning that shows its value.
 */
import { describe, expect, it } from "vitest";
import { readHost } from "../../../src/config/read-host.ts";
import { createKey, createRing } from "../../../src/config/secrets/key-ring.ts";
import { KEYS_LIMIT, readSecret } from "../../../src/config/secrets/secret.ts";
import { NOW_SECONDS } from "../support/keys.ts";

function read(value: unknown) {
	const problems: string[] = [];
	const keys = readSecret("JWT_SECRET", value, (problem) => problems.push(problem));
	return { names: keys.map(({ name }) => name), problems, keys };
}
const DAY = 86_400;
const dayOf = (seconds: number) => new Date(seconds * 1000).toISOString().slice(0, 10);

describe("forms", () => {
	it("a string is one key with the name of its binding", () => {
		expect(read("s")).toMatchObject({ names: ["JWT_SECRET"], problems: [] });
	});
	it("a JSON object, as text or as a binding, is a ring", () => {
		const ring = { "2026-11": "a", nextcloud: { secret: "b", notAfter: "2027-01-31" } };
		for (const value of [ring, JSON.stringify(ring), ` ${JSON.stringify(ring)}\n`]) {
			expect(read(value)).toMatchObject({ names: ["2026-11", "nextcloud"], problems: [] });
		}
	});
	it.each([
		['{"a":"x"', "is no JSON object"],
		["{}", "holds no key"],
		['{"a":""}', "key a is empty"],
		['{"a":{"secret":" "}}', "key a is empty"],
		['{"a":{"secret":"x","notAfter":"soon"}}', "key a has a date"],
		['{"a":{"secret":"x","notAfter":5}}', "key a has a date"],
		['{"a":{"secret":"x","until":"2027-01-31"}}', "key a has more than"],
		['{"not a name!":"x"}', "has a key whose name"],
		[
			JSON.stringify(Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`k${i}`, "x"]))),
			"more than 50",
		],
		["", "is empty"],
		["\0", "is empty"],
		[5, "is empty"],
	])("%j %s", (value, problem) => {
		const { problems } = read(value);
		expect(problems.length).toBe(1);
		expect(problems[0]).toContain(problem);
	});
	it("a good key beside a bad one closes the host, because the operator meant both", () => {
		const host = readHost(
			{ ORIGIN: "http://o", JWT_SECRET: '{"a":"x","b":""}', SECURE_LINK_SECRET: "l" },
			NOW_SECONDS,
		);
		expect(host.problems).toEqual([
			{ binding: "JWT_SECRET", problem: "key b is empty, blank or not a string" },
		]);
	});
});

describe("rings", () => {
	const names = (ring: ReturnType<typeof createRing>, now = NOW_SECONDS, kid?: string) =>
		ring.candidates(now, kid).map(({ name }) => name);
	it("try the named key first, then the last match, then the others", () => {
		const ring = createRing(["a", "b", "c"].map((name) => createKey(name, name)));
		expect(names(ring)).toEqual(["a", "b", "c"]);
		ring.remember(ring.keys[2] as never);
		expect(names(ring)).toEqual(["c", "a", "b"]);
		expect(names(ring, NOW_SECONDS, "b")).toEqual(["b", "c", "a"]);
		expect(names(ring, NOW_SECONDS, "unknown")).toEqual(["c", "a", "b"]);
	});
	it("a key is valid until the end of its last day in UTC", () => {
		const { keys } = read({
			a: { secret: "x", notAfter: "2026-11-21" },
			b: { secret: "y", notBefore: "2026-11-22" },
		});
		const ring = createRing(keys);
		expect(names(ring, NOW_SECONDS)).toEqual(["a"]);
		expect(names(ring, NOW_SECONDS + DAY - 1)).toEqual(["a"]);
		expect(names(ring, NOW_SECONDS + DAY)).toEqual(["b"]);
	});
	it("hold a limited number of keys, which bounds the cost of a refusal", () => {
		const many = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`k${i}`, "x"]));
		expect(read(many).keys.length).toBe(KEYS_LIMIT);
	});
});

describe("health", () => {
	const GOOD = "a secret of twenty-seven bytes";
	const warningsOf = (bindings: object) =>
		readHost(
			{ ORIGIN: "http://o", JWT_SECRET: GOOD, SECURE_LINK_SECRET: `${GOOD}!`, ...bindings },
			NOW_SECONDS,
		).warnings;
	it("has no warning about good secrets", () => expect(warningsOf({})).toEqual([]));
	it.each([
		[{ JWT_SECRET: "verysecretstring" }, "is a known sample"],
		[{ JWT_SECRET: "fifteen bytes.." }, "is shorter than 16 bytes"],
		[{ JWT_SECRET: `${GOOD}\n` }, "begins or ends with white space"],
		[{ SECURE_LINK_SECRET: GOOD }, "is the link secret too"],
		[{ JWT_SECRET: { JWT_SECRET: { secret: GOOD, notAfter: dayOf(NOW_SECONDS - DAY) } } }, "has expired"],
	])("%j %s", (bindings, warning) => {
		expect(warningsOf(bindings)).toContainEqual({ binding: "JWT_SECRET", key: "JWT_SECRET", warning });
	});
	it("gives each warning once, although a secret serves four purposes, and never the value", () => {
		const warnings = warningsOf({ JWT_SECRET: "canary" });
		expect(warnings.length).toBe(1);
		expect(JSON.stringify(warnings)).not.toContain("canary");
	});
});
