/**
 * The whole verdict on a token: the reason and the message of the first check that fails, in the server's order, and what
 * an accepted token tells. Protects against a refusal that names another fault, and against claims that are not the token's.
 */
import { Buffer } from "node:buffer";
import { createHmac } from "node:crypto";
import { describe, expect, it, vi } from "vitest";
import { verifyToken } from "../../../src/token/verify-token.ts";
import { NOW_SECONDS, ring } from "../support/keys.ts";

const RULES = {
	nowSeconds: NOW_SECONDS,
	toleranceSeconds: 60,
	requireExp: false,
	maxAgeSeconds: 0,
	maxBytes: 4096,
};
const encode = (value: unknown) => Buffer.from(JSON.stringify(value), "utf8").toString("base64url");
function sign(payload: unknown, { secret = "secret", header = {} } = {}): string {
	const signed = `${encode({ alg: "HS256", typ: "JWT", ...header })}.${encode(payload)}`;
	return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
}
const GOOD = sign({ c: "version" });
const [HEADER = "", PAYLOAD = "", SIGNATURE = ""] = GOOD.split(".");
describe("a refused token names its first fault", () => {
	it.each([
		["nothing", undefined, "token_missing", "jwt must be provided"],
		["an empty text", "", "token_missing", "jwt must be provided"],
		["an object", { a: 1 }, "token_malformed", "jwt must be a string"],
		["one character too many", "x".repeat(4097), "token_too_long", "invalid token"],
		["a text of the greatest length", "x".repeat(4096), "token_malformed", "jwt malformed"],
		["one part", HEADER, "token_malformed", "jwt malformed"],
		["two parts", `${HEADER}.${PAYLOAD}`, "token_malformed", "jwt malformed"],
		["four parts", `${GOOD}.`, "token_malformed", "jwt malformed"],
		["no header", `.${PAYLOAD}.${SIGNATURE}`, "token_malformed", "invalid token"],
		["no payload", `${HEADER}..${SIGNATURE}`, "token_malformed", "invalid token"],
		["no signature", `${HEADER}.${PAYLOAD}.`, "token_malformed", "jwt signature is required"],
		["no signature and no payload", `${HEADER}..`, "token_malformed", "invalid token"],
		["+ before the signature", `${HEADER}.${PAYLOAD}.+${SIGNATURE}`, "token_malformed", "invalid token"],
		["+ after the signature", `${GOOD}+`, "token_malformed", "invalid token"],
		[
			"a character before the signature",
			`${HEADER}.${PAYLOAD}.A${SIGNATURE}`,
			"token_signature",
			"invalid signature",
		],
		["a character after the signature", `${GOOD}A`, "token_signature", "invalid signature"],
		["an unknown algorithm", sign({}, { header: { alg: "HS257" } }), "token_algorithm", "invalid algorithm"],
		[
			"the name of an object's method",
			sign({}, { header: { alg: "toString" } }),
			"token_algorithm",
			"invalid algorithm",
		],
		["an extension", sign({}, { header: { crit: ["exp"] } }), "token_malformed", "invalid token"],
		["another secret", sign({}, { secret: "other" }), "token_signature", "invalid signature"],
		["nbf as text", sign({ nbf: "1" }), "token_claims", "invalid nbf value"],
		["exp as text", sign({ exp: "1" }), "token_claims", "invalid exp value"],
		["null as payload", sign(null), "token_claims", undefined],
	])("%s", async (_, token, reason, message) => {
		const refusal = { ok: false, reason, ...(message && { message }) };
		expect(await verifyToken(token, ring("secret"), RULES)).toEqual(refusal);
	});
	it.each([60, 61, 86_400])("expired for %d seconds", async (seconds) => {
		const token = sign({ exp: NOW_SECONDS - seconds });
		expect(await verifyToken(token, ring("secret"), RULES)).toEqual({
			ok: false,
			reason: "token_expired",
			message: "jwt expired",
			expiredBySeconds: seconds,
		});
	});
});

describe("an accepted token tells its key, its claims and its time", () => {
	it.each([
		["claims", { c: "version" }, { c: "version" }, undefined],
		["the time of its making", { iat: 5 }, { iat: 5 }, 5],
		["a time of another type", { iat: "5" }, { iat: "5" }, undefined],
		["a text without claims", "text", {}, undefined],
		["a number without claims", 5, {}, undefined],
		["a text that holds an object", '{"iat":5}', { iat: 5 }, 5],
		["a list that holds such a text", ['{"exp":1}'], ['{"exp":1}'], undefined],
	])("%s", async (_, payload, claims, issuedAt) => {
		expect(await verifyToken(sign(payload), ring("secret"), RULES)).toEqual({
			ok: true,
			keyName: "key-0",
			claims,
			...(issuedAt && { issuedAt }),
		});
	});
	it("its key is tried first for the next token", async () => {
		const keys = ring("first", "secret");
		await verifyToken(GOOD, keys, RULES);
		expect(keys.candidates(NOW_SECONDS).map(({ name }) => name)).toEqual(["key-1", "key-0"]);
	});
});

describe("with LOG_NEAR_MISS, a signature by the secret and a line break is refused, and the mistake is named", () => {
	it.each([
		["a good token", sign({}, { secret: "secret\n" }), "line_break"],
		["an expired token", sign({ exp: 1 }, { secret: "secret\n" }), "line_break"],
		["two line breaks", sign({}, { secret: "secret\n\n" }), undefined],
		["another secret", sign({}, { secret: "other" }), undefined],
	])("%s", async (_, token, nearMiss) => {
		const refusal = { ok: false, reason: "token_signature", message: "invalid signature" };
		const rules = { ...RULES, triesLineBreak: true };
		expect(await verifyToken(token, ring("secret"), rules)).toEqual({
			...refusal,
			...(nearMiss && { nearMiss }),
		});
		expect(await verifyToken(token, ring("secret"), RULES)).toEqual(refusal);
	});
});

describe("headers of good tokens are kept parsed", () => {
	/** How many of so many different headers are kept: a kept one is the same object each time. */
	async function keptOf(kids: readonly string[]): Promise<number> {
		vi.resetModules();
		const { readHeader, verifyToken: verify } = await import("../../../src/token/verify-token.ts");
		let kept = 0;
		for (const kid of kids) {
			const token = sign({}, { header: { kid } });
			const [header = ""] = token.split(".");
			await verify(token, ring("secret"), RULES);
			const [first, second] = [readHeader(header), readHeader(header)];
			if (first === second) kept++;
		}
		return kept;
	}
	const numbered = (count: number) => [...Array(count).keys()].map(String);
	it("up to fifty, so that a stranger fills no memory", async () => {
		expect([await keptOf(numbered(49)), await keptOf(numbered(60))]).toEqual([49, 50]);
	});
	it("of up to 200 characters", async () => {
		const ofLength = (length: number) =>
			"x".repeat((length / 4) * 3 - JSON.stringify({ alg: "HS256", typ: "JWT", kid: "" }).length);
		expect(sign({}, { header: { kid: ofLength(200) } }).indexOf(".")).toBe(200);
		expect([await keptOf([ofLength(200)]), await keptOf([ofLength(204)])]).toEqual([1, 0]);
	});
});
