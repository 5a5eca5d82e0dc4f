/**
 * Tokens: the measured forms with the server's verdict, and thousands of generated ones against jsonwebtoken, the
 * server's own library. Protects against a token that the edge accepts and the server refuses.
 */
import { Buffer } from "node:buffer";
import { createHmac } from "node:crypto";
import fc from "fast-check";
import jsonwebtoken from "jsonwebtoken";
import { describe, expect, it } from "vitest";
import { verifyToken } from "../../../src/token/verify-token.ts";
import { tokens } from "../../../verify/generators/tokens.ts";
import { judgeToken, verdictOfEdge, verdictOfServer } from "../../../verify/token-verdicts.ts";
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
		const disagreements = [];
		let accepted = 0;
		for (const token of fc.sample(tokens, { seed: SEED, numRuns: CASES })) {
			const theirs = verdictOfServer(token);
			const { disagreement } = judgeToken(token, await verdictOfEdge(token), theirs, "workerd");
			if (theirs === "accepted") accepted++;
			if (disagreement) disagreements.push({ token, disagreement });
		}
		expect(disagreements).toEqual([]);
		expect(accepted).toBeGreaterThan(CASES / 10);
		expect(accepted).toBeLessThan((CASES * 9) / 10);
	});
});
