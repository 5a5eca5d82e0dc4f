/**
 * Wrong credentials, of each kind in two classes: one is right but for its end, the other one is wrong from its beginning.
 * The refusals of both must take the same time.
 *
 * The credentials of both classes are the same but for the place of the wrong bits. So the rest of the work is the same.
 */
import { createKey, createRing, type Key } from "../../src/config/secrets/key-ring.ts";
import { bytesOf, decodeBase64Url, toBase64Url } from "../../src/encoding/base64.ts";
import { verifyDocServiceLink } from "../../src/link/doc-service-link.ts";
import { signSecureLink, verifySecureLink } from "../../src/link/secure-link.ts";
import { type Sha256Link, signSha256Link, verifySha256Link } from "../../src/link/sha256-link.ts";
import { signTokenForOrigin } from "../../src/token/sign-for-origin.ts";
import { verifyToken } from "../../src/token/verify-token.ts";
import type { Verdict } from "../../src/verdict.ts";

const NOW_SECONDS = 1_795_219_200;
const EXPIRES = "4102444800";
/** So many credentials of each class, in turn: one alone could be slow by its own characters. */
export const CREDENTIALS = 128;
const CLIENT = { method: "GET", address: "203.0.113.7" };
const RULES = {
	nowSeconds: NOW_SECONDS,
	toleranceSeconds: 60,
	requireExp: false,
	maxAgeSeconds: 0,
	maxBytes: 262_144,
};

const key = createKey("first", "the secret of the measured refusals");
const otherKey = createKey("other", "another secret, of the same length");
/** A second key: the comparison with the first must not tell either. */
const ring = createRing([key, createKey("second", "the second secret of the refusals..")]);

export type Refuse = () => Verdict | Promise<Verdict>;
/** The refusals of the two classes. */
export type Classes = readonly [late: readonly Refuse[], early: readonly Refuse[]];

const MD5_COMPARED_CHARACTERS = 21;

/** V8 keeps a joined string in pieces, and the pieces of the two classes would have other lengths. */
const flat = (ascii: string): string => new TextDecoder().decode(new TextEncoder().encode(ascii));

/** @returns the text with another character of base64url at this place */
function withWrong(text: string, at: number): string {
	const wrong = text[at] === "B" ? "C" : "B";
	return flat(text.slice(0, at) + wrong + text.slice(at + 1));
}

/** @returns the signature with one other bit, in its last byte or in its first */
function withWrongBit(signature: string, isLast: boolean): string {
	const bytes = bytesOf(decodeBase64Url(signature) ?? "");
	const at = isLast ? bytes.length - 1 : 0;
	bytes[at] = (bytes[at] ?? 0) ^ 1;
	return toBase64Url(bytes);
}

const numbers = Array.from({ length: CREDENTIALS }, (_, n) => n);
const uriOf = (n: number) => `/cache/files/data/key-${n}/output.docx/output.docx`;

/**
 * The links of both classes are made in turn. Those of one class would lie together in memory otherwise, and be quicker
 * or slower by a few nanoseconds.
 *
 * @param prepare makes the refusal of one link, so that only the refusal itself is measured
 */
function md5Classes(prepare: (uri: string, md5: string) => Refuse): Classes {
	const classes: readonly [Refuse[], Refuse[]] = [[], []];
	const places = [MD5_COMPARED_CHARACTERS - 1, 0] as const;
	for (const n of numbers) {
		const md5 = signSecureLink(uriOf(n), EXPIRES, key);
		for (const at of n % 2 === 0 ? [0, 1] : [1, 0])
			classes[at as 0 | 1].push(prepare(uriOf(n), withWrong(md5, places[at as 0 | 1])));
	}
	return classes;
}

async function sha256Classes(): Promise<Classes> {
	const links = await Promise.all(
		numbers.map(async (n) => {
			const link: Sha256Link = { host: "docs.example.com", uri: uriOf(n), expires: EXPIRES, network: "" };
			return { link, signature: await signSha256Link(link, key) };
		}),
	);
	const refusals = (isLast: boolean) =>
		links.map(({ link, signature }): Refuse => {
			const wrong = withWrongBit(signature, isLast);
			return () => verifySha256Link(link, wrong, ring, CLIENT, NOW_SECONDS, 0);
		});
	return [refusals(true), refusals(false)];
}

async function signedToken(n: number, signingKey: Key): Promise<string> {
	const encode = (value: object) => toBase64Url(new TextEncoder().encode(JSON.stringify(value)));
	const text = `${encode({ alg: "HS256", typ: "JWT" })}.${encode({ c: "info", key: `key-${1000 + n}` })}`;
	return signTokenForOrigin(`${text}.`, signingKey);
}

function withSignature(token: string, change: (signature: string) => string): string {
	const dot = token.lastIndexOf(".");
	return flat(`${token.slice(0, dot)}.${change(token.slice(dot + 1))}`);
}

const refuseTokens = (tokens: readonly string[]): readonly Refuse[] =>
	tokens.map((token) => () => verifyToken(token, ring, RULES));

/**
 * The mistakes that the check has to notice: comparisons that end at the first wrong character. The second one takes long
 * for each character, so that it can be noticed through the noise of a process.
 */
const PLANTED: Readonly<Record<string, (claimed: string, right: string) => boolean>> = {
	"planted loop": (claimed, right) => [...right].every((character, at) => character === claimed[at]),
	"planted slow loop": (claimed, right) =>
		[...right].every((character, at) => byteOf(character) === byteOf(claimed.charAt(at))),
};

const ENCODER = new TextEncoder();
const byteOf = (character: string) => ENCODER.encode(character)[0];

/** Makes the kinds whose refusals end before the call returns. */
export const LINK_KINDS: Readonly<Record<string, () => Classes>> = {
	"link, as nginx reads it": () =>
		md5Classes((uri, md5) => {
			const link = { uri, md5, expires: EXPIRES };
			return () => verifySecureLink(link, ring, NOW_SECONDS);
		}),
	"link, as DocService reads it": () =>
		md5Classes((path, md5) => {
			const target = { path, query: flat(`md5=${md5}&expires=${EXPIRES}`) };
			return () => verifyDocServiceLink(target, ring, NOW_SECONDS);
		}),
	...Object.fromEntries(
		Object.entries(PLANTED).map(([name, isSame]) => [
			name,
			() =>
				md5Classes((uri, md5) => () => {
					const isGood = isSame(md5, signSecureLink(uri, EXPIRES, key));
					return isGood ? { ok: true } : { ok: false, reason: "link_mismatch" };
				}),
		]),
	),
};

export async function allKinds(): Promise<Readonly<Record<string, Classes>>> {
	const signed = await Promise.all(numbers.map((n) => signedToken(n, key)));
	const ofOther = await Promise.all(numbers.map((n) => signedToken(n, otherKey)));
	const lastWrong = signed.map((token) => withSignature(token, (one) => withWrongBit(one, true)));
	const firstWrong = signed.map((token) => withSignature(token, (one) => withWrongBit(one, false)));
	return {
		...Object.fromEntries(Object.entries(LINK_KINDS).map(([name, make]) => [name, make()])),
		"link in SHA-256": await sha256Classes(),
		token: [refuseTokens(lastWrong), refuseTokens(firstWrong)],
		"token of another key": [refuseTokens(lastWrong), refuseTokens(ofOther)],
	};
}

/** Whether the refusal is the one that is measured: its signature is wrong, and nothing else. */
export const isWrongSignature = (verdict: Verdict | undefined): boolean =>
	verdict?.ok === false && /^(?:link_mismatch|token_signature)$/.test(verdict.reason);
