/**
 * Generates the header and the payload of a token as texts: duplicate members, claims of any type, times round the
 * tolerance, JSON in JSON, and texts that are no JSON object.
 */
import fc from "fast-check";
import { NOW_SECONDS } from "../token-verdicts.ts";
import { weighted } from "./edits.ts";

const ALGORITHMS = weighted(
	[20, '"HS256"'],
	[5, '"HS384"'],
	[5, '"HS512"'],
	...[
		'"none"',
		'"hs256"',
		'"RS256"',
		'"ES256"',
		'"HS256 "',
		'""',
		"null",
		"256",
		'["HS256"]',
		'"toString"',
	].map((json) => [1, json] as const),
);

/** @returns `"name":value` for one of the values, which are JSON */
const member = (name: string, ...values: readonly string[]): fc.Arbitrary<string> =>
	fc.constantFrom(...values).map((json) => `${JSON.stringify(name)}:${json}`);

const ALGORITHM = ALGORITHMS.map((json) => `"alg":${json}`);
const TYPE = member(
	"typ",
	'"JWT"',
	'"JWT"',
	'"JWT"',
	'"jwt"',
	'"at+jwt"',
	'" JWT"',
	'"\\u004aWT"',
	"5",
	"null",
	"[]",
);
const OTHER_MEMBER = fc.oneof(
	{ weight: 3, arbitrary: member("kid", '"key-0"', '"key-1"', '"other"', '""', "1", "null", "{}") },
	{ weight: 1, arbitrary: member("crit", '["exp"]', "[]", '"exp"', "null", '["b64"]', "false") },
	{ weight: 1, arbitrary: member("b64", "true", "false", '"false"') },
	{ weight: 1, arbitrary: member("cty", '"JWT"') },
	{ weight: 1, arbitrary: member("zip", '"DEF"') },
	{ weight: 1, arbitrary: member("__proto__", '{"crit":["exp"]}', '{"alg":"none"}') },
	{ weight: 1, arbitrary: member("x", '"\\ud800"', '"\u017f"', "1e999") },
);

export const headers: fc.Arbitrary<string> = fc.oneof(
	{
		weight: 20,
		arbitrary: fc
			.tuple(
				ALGORITHM,
				fc.array(
					fc.oneof(
						{ weight: 12, arbitrary: TYPE },
						{ weight: 6, arbitrary: OTHER_MEMBER },
						{ weight: 1, arbitrary: ALGORITHM },
					),
					{ maxLength: 4, size: "max" },
				),
				fc.boolean(),
			)
			.map(([algorithm, others, isLast]) => {
				const members = isLast ? [...others, algorithm] : [algorithm, ...others];
				return `{${members.join(",")}}`;
			}),
	},
	{
		weight: 1,
		arbitrary: fc.constantFrom(
			...["{}", "[]", "null", "5", '"HS256"', "", " ", '{"alg":"HS256"', '{"alg":"HS256"}x', '["HS256"]'],
			...['\ufeff{"alg":"HS256"}', ' {"alg" :\n"HS256"}\t', "{'alg':'HS256'}", '{"alg":"HS256",}'],
		),
	},
);

const SECONDS = [-3600, -61, -60.5, -60, -59, -1, 0, 1, 59, 60, 60.5, 61, 3600].map((offset) =>
	String(NOW_SECONDS + offset),
);
const TIMES = fc.oneof(
	{ weight: 4, arbitrary: fc.constantFrom(...SECONDS) },
	{
		weight: 1,
		arbitrary: fc.constantFrom(
			...[
				"0",
				"-0",
				"-1",
				"1.5",
				"1e300",
				"1e999",
				"-1e999",
				"1e9",
				"1795219200.0000001",
				"null",
				"true",
				"false",
			],
			...[
				"[]",
				"{}",
				'""',
				'"1"',
				`"${NOW_SECONDS + 3600}"`,
				'"2026-11-21T00:00:00Z"',
				'"Infinity"',
				"[4102444800]",
			],
		),
	},
);
const timeClaim = (name: string) => TIMES.map((json) => `${JSON.stringify(name)}:${json}`);
const CLAIM = fc.oneof(
	{ weight: 4, arbitrary: timeClaim("exp") },
	{ weight: 3, arbitrary: timeClaim("nbf") },
	{ weight: 3, arbitrary: timeClaim("iat") },
	{ weight: 1, arbitrary: timeClaim("\u0065xp ") },
	{ weight: 1, arbitrary: TIMES.map((json) => `"\\u0065xp":${json}`) },
	{ weight: 1, arbitrary: member("payload", '{"exp":1}', '"x"', "null", "[]") },
	{ weight: 1, arbitrary: member("__proto__", '{"exp":1}', "null") },
	{ weight: 1, arbitrary: member("c", '"version"', '"\\ud83d"', '"\ud83d\ude00"', '"\u00e9"') },
);
/** Longer than any buffer on the way, and shorter than the edge's limit. */
const LONG_TEXT = fc.integer({ min: 1000, max: 60_000 }).map((length) => `"x":"${"x".repeat(length)}"`);

const OBJECT = fc
	.oneof(
		{ weight: 60, arbitrary: fc.array(CLAIM, { maxLength: 4, size: "max" }) },
		{ weight: 1, arbitrary: fc.tuple(CLAIM, LONG_TEXT) },
	)
	.map((members) => `{${members.join(",")}}`);

/** JSON in a JSON string: the server parses it once more. */
const nested = (times: number): fc.Arbitrary<string> =>
	OBJECT.map((json) => {
		let text = json;
		for (let n = 0; n < times; n++) text = JSON.stringify(text);
		return text;
	});

export const payloads: fc.Arbitrary<string> = fc.oneof(
	{ weight: 24, arbitrary: OBJECT },
	{ weight: 2, arbitrary: nested(1) },
	{ weight: 1, arbitrary: nested(2) },
	{ weight: 1, arbitrary: OBJECT.map((json) => `[${json}]`) },
	{ weight: 1, arbitrary: OBJECT.map((json) => JSON.stringify(`[${json}]`)) },
	{
		weight: 2,
		arbitrary: fc
			.tuple(fc.constantFrom("", " ", "\n", "\ufeff", "\0"), OBJECT, fc.constantFrom("", " ", "\0", "x", ","))
			.map((parts) => parts.join("")),
	},
	{
		weight: 3,
		arbitrary: fc.constantFrom(
			...["[]", '"text"', "5", "true", "1e999", "0", "-0", "false", "null", '""', '" "', " ", "text", "NaN"],
			...['{"exp":1', '{"exp":1}{}', '"5"', '"null"', '"[]"', '"{\\"exp\\":1}"', "{'exp':1}", '{"a":1,}'],
		),
	},
);
