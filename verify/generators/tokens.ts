/**
 * Generates tokens: right ones, ones that say something unusual under a right signature, and damaged ones.
 *
 * Runs in Node and in workerd.
 */
import { Buffer } from "node:buffer";
import { createHmac } from "node:crypto";
import fc from "fast-check";
import { SECRETS } from "../token-verdicts.ts";
import { applyEdits, edits, weighted, withOtherBits } from "./edits.ts";
import { headers, payloads } from "./token-parts.ts";

/** The last two differ from the right secret by bytes that HMAC does not see, and by a line break that it sees. */
const SIGNING_SECRETS = weighted(
	[20, SECRETS[0]],
	[5, SECRETS[1]],
	[3, "another secret"],
	[1, ""],
	[1, `${SECRETS[0]}\0`],
	[1, `${SECRETS[0]}\n`],
);

/** Other ways to write a segment. The signature covers them: they are not damage. */
const ENCODINGS = weighted<(encoded: string) => string>(
	[40, (encoded) => encoded],
	[1, (encoded) => `${encoded}=`],
	[1, (encoded) => `${encoded}==`],
	[1, (encoded) => encoded.padEnd(Math.ceil(encoded.length / 4) * 4, "=")],
	[1, (encoded) => `${encoded}A`],
	[1, (encoded) => `${encoded}\n`],
	[1, (encoded) => ` ${encoded}`],
	[1, (encoded) => `${encoded.slice(0, 5)}\t${encoded.slice(5)}`],
	[1, (encoded) => encoded.replaceAll("-", "+").replaceAll("_", "/")],
	[1, (encoded) => encoded.slice(0, -1)],
	[1, (encoded) => withOtherBits(encoded, 0b1)],
	[1, () => ""],
);

/** Bytes that are no UTF-8, a byte order mark, and halves of characters. */
const BYTES = [
	"\xff",
	"\xc3(",
	"\xed\xa0\x80",
	"\xef\xbb\xbf",
	"\xf0\x9f",
	"\xc0\xaf",
	"\0",
	"\xe2\x80\x80",
	"\x80",
	"\xf4\x90\x80\x80",
];
const BAD_BYTES = fc.oneof(
	{ weight: 10, arbitrary: fc.constant([]) },
	{
		weight: 1,
		arbitrary: edits(BYTES, 2),
	},
);

const SIGNATURE_HASHES = weighted<string | undefined>(
	[30, undefined],
	[1, "sha256"],
	[1, "sha512"],
	[1, "md5"],
);

const signed: fc.Arbitrary<string> = fc
	.record({
		header: headers,
		payload: payloads,
		bytes: BAD_BYTES,
		headerEncoding: ENCODINGS,
		payloadEncoding: ENCODINGS,
		signatureEncoding: ENCODINGS,
		secret: SIGNING_SECRETS,
		hash: SIGNATURE_HASHES,
	})
	.map((token) => {
		const payload = applyEdits(Buffer.from(token.payload, "utf8").toString("latin1"), token.bytes);
		const encode = (text: string, encoding: "utf8" | "latin1") =>
			Buffer.from(text, encoding).toString("base64url");
		const signedText = [
			token.headerEncoding(encode(token.header, "utf8")),
			token.payloadEncoding(encode(payload, "latin1")),
		].join(".");
		const hash = token.hash ?? hashOf(token.header);
		const signature = createHmac(hash, token.secret).update(signedText, "utf8").digest("base64url");
		return `${signedText}.${token.signatureEncoding(signature)}`;
	});

/** The hash that the header names. Tokens of other algorithms are signed too: no algorithm may let them pass. */
function hashOf(header: string): string {
	const named = [...header.matchAll(/"alg" *:\s*"HS(256|384|512)"/g)].at(-1)?.[1];
	return `sha${named ?? "256"}`;
}

// biome-ignore format: a table
const DAMAGE = [
	..."AZaz09-_=+/. \n\t\0", "\xe9", "\u0141", "\ud800", "..", "\ufeff", "%2e", "eyJhbGciOiJub25lIn0.", "==", "\u200b",
];

/** What may stand where a token belongs, in JSON. */
const NO_TOKENS: fc.Arbitrary<unknown> = fc.constantFrom<unknown>(
	...["", " ", ".", "..", "...", "a.b.c", null, true, false, 0, 5, [], {}, ["a.b.c"]],
);

export const tokens: fc.Arbitrary<unknown> = fc.oneof(
	{ weight: 40, arbitrary: signed },
	{
		weight: 15,
		arbitrary: fc.tuple(signed, edits(DAMAGE, 2)).map(([token, list]) => applyEdits(token, list)),
	},
	{ weight: 1, arbitrary: signed.map((token) => token.split(".").slice(0, 2).join(".")) },
	{ weight: 1, arbitrary: NO_TOKENS },
);
