/**
 * Generates the credential of a request to a handler: none, a bad one, or a good one in the place where the handler looks
 * for it.
 */
import fc from "fast-check";
import jsonwebtoken from "jsonwebtoken";
import { createKey } from "../../src/config/secrets/key-ring.ts";
import { signSecureLink } from "../../src/link/secure-link.ts";
import { FAR } from "../../test/node/support/cached-files.ts";
import type { Handler, Place } from "../document-server/handlers.ts";
import { PUBLIC_SECRETS } from "../document-server/secrets.ts";
import { weighted } from "./edits.ts";

export interface Credential {
	/** Parameters of the query, each with its value encoded. */
	readonly query: readonly string[];
	readonly headers: readonly (readonly [name: string, value: string])[];
	readonly body: string;
	readonly isGood: boolean;
}

export const PAST = 1_600_000_000;
/** `ds_encrypted`: the server saves only encrypted documents. */
const CLAIMS = { document: { key: "doc1", ds_encrypted: true, url: "http://files.test/a.docx" }, iat: PAST };
const sign = (secret: string, claims: object = { ...CLAIMS, exp: FAR }) => jsonwebtoken.sign(claims, secret);
const GOOD = { inbox: sign(PUBLIC_SECRETS.inbox), session: sign(PUBLIC_SECRETS.session) };
const BAD = [
	sign("another secret"),
	sign(PUBLIC_SECRETS.outbox),
	sign(PUBLIC_SECRETS.inbox, { ...CLAIMS, exp: PAST }),
	sign(PUBLIC_SECRETS.session, { ...CLAIMS, exp: PAST }),
	jsonwebtoken.sign(CLAIMS, null, { algorithm: "none" }),
	"x",
];
const NONE: Credential = { query: [], headers: [], body: "", isGood: false };

function inPlace(where: Place[0], token: string, isGood: boolean): fc.Arbitrary<Credential> {
	const cmd = (name: string) =>
		`cmd=${encodeURIComponent(JSON.stringify({ id: "doc1", c: "save", [name]: token }))}`;
	switch (where) {
		case "header":
			return weighted<string>([8, "Authorization"], [1, "authorization"], [1, "AUTHORIZATION"]).map(
				(name) => ({
					...NONE,
					headers: [[name, `Bearer ${token}`]],
					isGood,
				}),
			);
		case "query":
			return fc.constant({ ...NONE, query: [`token=${token}`], isGood });
		case "params":
			return fc.constantFrom(
				{ ...NONE, body: JSON.stringify({ token }), isGood },
				{ ...NONE, query: [`token=${token}`], isGood },
			);
		default:
			return fc.constant({ ...NONE, query: [cmd(where.slice("cmd.".length))], isGood });
	}
}

/** @param path of the handler, as the link signs it */
function linkTo(path: string): fc.Arbitrary<Credential> {
	const signed = (secret: string, expires: number) => [
		`md5=${signSecureLink(path, String(expires), createKey("link", secret))}`,
		`expires=${expires}`,
	];
	return fc.constantFrom(
		{ ...NONE, query: signed(PUBLIC_SECRETS.link, FAR), isGood: true },
		{ ...NONE, query: signed(PUBLIC_SECRETS.link, PAST) },
		{ ...NONE, query: signed("another secret", FAR) },
	);
}

export function credentialFor(
	{ requires }: Pick<Handler, "requires">,
	path: string,
): fc.Arbitrary<Credential> {
	const none = { weight: 4, arbitrary: fc.constant(NONE) };
	if (requires === "link") return fc.oneof(none, { weight: 6, arbitrary: linkTo(path) });
	const places =
		typeof requires === "string"
			? ([
					["params", "inbox"],
					["header", "session"],
				] as const)
			: requires;
	const good = fc.constantFrom(...places).chain(([where, secret]) => inPlace(where, GOOD[secret], true));
	const bad = fc
		.tuple(fc.constantFrom(...places), fc.constantFrom(...BAD))
		.chain(([[where], token]) => inPlace(where, token, false));
	return fc.oneof(none, { weight: 3, arbitrary: bad }, { weight: 5, arbitrary: good });
}
