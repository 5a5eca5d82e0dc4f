/**
 * Tokens: the measured forms with the server's verdict, and thousands of generated ones against jsonwebtoken, the
 * server's own library. Protects against a token that the edge accepts and the server refuses.
 */
import { Buffer } from "node:buffer";
import { createHmac } from "node:crypto";
import jsonwebtoken from "jsonwebtoken";
import { describe, expect, it } from "vitest";
import { verifyToken } from "../../../src/token/verify-token.ts";
import { pick, type Random, seeded } from "../../random.ts";
import vectors from "../../vectors/tokens.json" with { type: "json" };
import { NOW_SECONDS, ring } from "../support/keys.ts";

const RULES = {
	nowSeconds: NOW_SECONDS,
	toleranceSeconds: 60,
	requireExp: false,
	maxAgeSeconds: 0,
	maxBytes: 256 * 1024,
};
/** The edge refuses these before it checks the signature. No client makes them. */
const STRICTER = /^hdr-crit-|crit-b64/;

describe("measured on the Document Server", () => {
	it.each(vectors.tokens)("$id: $verdict", async ({ id, token, secret, verdict, server_body }) => {
		const outcome = await verifyToken(token, ring(secret), RULES);
		if (STRICTER.test(id)) return expect(outcome.ok && verdict === "reject").toBe(false);
		expect(outcome.ok ? "accept" : "reject").toBe(verdict);
		if (!outcome.ok) expect(outcome.reason === "token_expired").toBe(server_body.includes('"error":7'));
	});
	it("accepts every token that the server accepts, except the malformed forms", async () => {
		const refused = [];
		for (const { id, token, secret, verdict } of vectors.tokens) {
			const { ok } = await verifyToken(token, ring(secret), RULES);
			if (!ok && verdict === "accept") refused.push(id);
		}
		expect(refused.filter((id) => !STRICTER.test(id))).toEqual([]);
		expect(refused.length).toBeLessThan(20);
	});
});

describe("the longest age, MAX_TOKEN_AGE_SECONDS, has the tolerance of every time", () => {
	it.each([
		[300, 300, 60, true],
		[360, 300, 60, true],
		[361, 300, 60, false],
		[300, 300, 0, true],
		[301, 300, 0, false],
		[-1000, 300, 60, true],
		[1000, 0, 60, true],
	])(
		"a token %d seconds old, limit %d, tolerance %d: %s",
		async (age, maxAgeSeconds, toleranceSeconds, ok) => {
			const token = jsonwebtoken.sign({ c: "version", iat: NOW_SECONDS - age }, "secret");
			const verdict = await verifyToken(token, ring("secret"), { ...RULES, maxAgeSeconds, toleranceSeconds });
			expect(verdict.ok ? "accepted" : verdict.reason).toBe(ok ? "accepted" : "token_lifetime");
		},
	);
});

describe("rings", () => {
	const token = jsonwebtoken.sign({ c: "version" }, "second");
	it("every key is accepted and named", async () => {
		expect(await verifyToken(token, ring("first", "second"), RULES)).toMatchObject({
			ok: true,
			keyName: "key-1",
		});
	});
	it("an empty ring accepts no token", async () => {
		expect(await verifyToken(token, ring(), RULES)).toMatchObject({ ok: false, reason: "token_signature" });
	});
});

describe("a text that is not base64url is malformed, at any length", () => {
	const header = Buffer.from('{"alg":"HS256","typ":"JWT"}', "utf8").toString("base64url");
	const sizes = [...Array(8).keys()].flatMap((more) => [20 + more, 1500 + more]);
	const claims = (size: number) =>
		Buffer.from(`{"c":"${"x".repeat(size)}"}`, "utf8")
			.toString("base64url")
			.slice(0, size);
	const reasonOf = async (signed: string) => {
		const signature = createHmac("sha256", "secret").update(signed).digest("base64url");
		const verdict = await verifyToken(`${signed}.${signature}`, ring("secret"), RULES);
		return verdict.ok ? undefined : verdict.reason;
	};
	it.each(["+", "/", "=", "==", " ", "\n", "\0", "é", "\u0141", "\u{1f600}"])("%j", async (character) => {
		for (const size of sizes) {
			const text = claims(size);
			for (const at of [0, 1, 2, 3, size - 3, size - 2, size - 1, size]) {
				const damaged = text.slice(0, at) + character + text.slice(at);
				expect(await reasonOf(`${header}.${damaged}`)).toBe("token_malformed");
			}
			expect(await reasonOf(`${header}.${text}`)).not.toBe("token_malformed");
		}
	});
});

describe("second opinion: jsonwebtoken", () => {
	const CASES = 3000;
	const SEED = 20261121;
	it(`agrees with it on ${CASES} generated tokens, seed ${SEED}`, async () => {
		const random = seeded(SEED);
		const keys = ring("right secret");
		const disagreements = [];
		let accepted = 0;
		for (let i = 0; i < CASES; i++) {
			const token = generate(random);
			const ours = await verifyToken(token, keys, RULES);
			const theirs = secondOpinion(token);
			if (ours.ok) accepted++;
			if (ours.ok !== theirs) disagreements.push({ token, ours, theirs });
		}
		expect(disagreements).toEqual([]);
		expect(accepted).toBeGreaterThan(CASES / 10);
		expect(accepted).toBeLessThan((CASES * 9) / 10);
	});

	/** The server refuses a falsy payload after the library has accepted it. */
	function secondOpinion(token: string): boolean {
		try {
			const options = { clockTimestamp: NOW_SECONDS, clockTolerance: 60 };
			return Boolean(jsonwebtoken.verify(token, "right secret", options));
		} catch {
			return false;
		}
	}
});

/** Makes a signed token with claims of any type. One token of three is damaged. */
function generate(random: Random): string {
	const one = <T>(values: readonly T[]): T => pick(random, values);
	const time = () =>
		one([
			NOW_SECONDS,
			NOW_SECONDS - 59,
			NOW_SECONDS - 60,
			NOW_SECONDS - 61,
			NOW_SECONDS + 60,
			NOW_SECONDS + 61,
			0,
			-1,
			1.5,
			1e300,
			"1",
			null,
			true,
			[],
			{},
		]);
	const claims: Record<string, unknown> = { c: "version" };
	if (random() < 0.4) claims.exp = time();
	if (random() < 0.3) claims.nbf = time();
	if (random() < 0.3) claims.iat = time();
	if (random() < 0.2) claims.payload = one([{ exp: 1 }, "x", null, []]);
	const payload = one([claims, claims, claims, claims, [], "text", 5, true, '{"exp":1}', 0, false, null]);
	const header: Record<string, unknown> = {
		alg: one(["HS256", "HS256", "HS384", "HS512", "none", "hs256", "RS256", "ES256", "", null]),
	};
	if (random() < 0.8) header.typ = one(["JWT", "JWT", "jwt", "at+jwt", 5]);
	if (random() < 0.2) header.kid = one(["a", 1, null]);
	const token = sign(
		header,
		JSON.stringify(payload),
		one(["right secret", "right secret", "right secret", "other", ""]),
	);
	return random() < 0.67 ? token : damage(token, random);
}

function sign(header: Record<string, unknown>, payload: string, secret: string): string {
	const encode = (text: string) => Buffer.from(text, "utf8").toString("base64url");
	const signed = `${encode(JSON.stringify(header))}.${encode(payload)}`;
	const algorithm = String(header.alg);
	if (!/^HS(256|384|512)$/.test(algorithm)) return `${signed}.${encode("no signature")}`;
	return `${signed}.${createHmac(`sha${algorithm.slice(2)}`, secret)
		.update(signed)
		.digest("base64url")}`;
}

function damage(token: string, random: Random): string {
	const at = Math.floor(random() * token.length);
	const characters = "AZaz09-_=+/. \n\tzé";
	const character = pick(random, [...characters]);
	switch (Math.floor(random() * 6)) {
		case 0:
			return token.slice(0, at) + character + token.slice(at + 1);
		case 1:
			return token.slice(0, at) + character + token.slice(at);
		case 2:
			return token.slice(0, at);
		case 3:
			return token + character;
		case 4:
			return token.slice(0, -1) + character;
		default:
			return token.split(".").slice(0, 2).join(".") + pick(random, ["", ".", ".."]);
	}
}
