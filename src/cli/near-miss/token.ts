/**
 * Explains why a token is refused: its spelling, its place, its secret or a clock is wrong. An explanation names keys,
 * and never holds a secret or a token.
 */
import { createHmac } from "node:crypto";
import type { Host } from "../../config/host.ts";
import type { RingKind } from "../../config/secrets/rings.ts";
import { decodeComponent } from "../../encoding/percent.ts";
import { trimEnd } from "../../encoding/trim-end.ts";
import { tokenRules, verifyToken } from "../../token/verify-token.ts";
import type { Reason } from "../../verdict.ts";
import { configuredSecrets, givenSecret, noneSigned, secretVariants } from "./secret-variants.ts";

export interface TokenMiss {
	/** The value in the first place that holds one; "" if no place does. */
	readonly found: string;
	/** The other parts of the request that may hold a token. */
	readonly elsewhere: readonly (readonly [place: string, text: string])[];
	readonly ring: RingKind;
	readonly reason: Reason;
	/** Another secret to try. */
	readonly secret?: string | undefined;
}

const TOKEN = /[\w-]+\.[\w-]+\.[\w-]+/;

/** @returns the explanation; `undefined` if no guess fits */
export async function explainTokenMiss(
	miss: TokenMiss,
	host: Host,
	nowSeconds: number,
): Promise<string | undefined> {
	const { found, elsewhere, ring, reason, secret: given } = miss;
	const rules = tokenRules(host, nowSeconds);
	const isGood = async (token: string) => (await verifyToken(token, host.keys[ring], rules)).ok;
	if (reason === "token_missing" || reason === "token_malformed") {
		for (const [says, spelling] of spellings(found)) if (await isGood(spelling)) return says;
		for (const [place, text] of elsewhere) {
			const token = TOKEN.exec(text)?.[0];
			if (token && (await isGood(token))) return placeOf(place, text, host);
		}
	}
	const [header = "", payload = "", signature = ""] = found.split(".");
	const claims = parse(payload);
	if (reason === "token_expired")
		return `it expired ${nowSeconds - Number(claims.exp)} s ago: the issuer's clock is behind by that much, or the token is old`;
	if (reason === "token_not_yet_valid")
		return `it is valid in ${Number(claims.nbf) - nowSeconds} s: the issuer's clock is ahead by that much`;
	if (reason === "token_claims" && typeof claims.exp === "string")
		return "exp is a string: it has to be a number of seconds";
	if (reason === "token_claims" && typeof claims.nbf === "string")
		return "nbf is a string: it has to be a number of seconds";
	if (reason === "token_algorithm")
		return `it is signed with ${String(parse(header).alg)}: the server accepts HS256, HS384 and HS512`;
	if (reason !== "token_signature" && reason !== "token_malformed") return undefined;

	const matches = (secret: string | Uint8Array, hash: string) =>
		createHmac(hash, secret).update(`${header}.${payload}`).digest("base64url") === trimEnd(signature, "=");
	const named = `sha${String(parse(header).alg).slice(2)}`;
	const own = host.keys[ring].keys;
	for (const hash of ["sha256", "sha384", "sha512"]) {
		if (hash !== named && own.some(({ secret }) => matches(secret, hash))) {
			return `its header says ${String(parse(header).alg)}, and it is signed with HS${hash.slice(3)}`;
		}
	}
	const hash = /^sha(256|384|512)$/.test(named) ? named : "sha256";
	const secrets = [...(given === undefined ? [] : givenSecret(given)), ...configuredSecrets(host, ring)];
	const variants = [...secrets, ...secretVariants(own)];
	const fits = variants.find(({ secret }) => matches(secret, hash));
	return fits?.says ?? (reason === "token_signature" ? noneSigned(host, ring, variants.length) : undefined);
}

/** Corrected spellings of the token, each with the mistake that it corrects. */
function spellings(found: string): [says: string, spelling: string][] {
	return [
		["`Bearer` is there twice", found.replace(/^Bearer\s+/i, "")],
		["it has white space around it or inside", found.replace(/\s+/g, "")],
		["it is in quotes", found.replace(/^["']|["']$/g, "")],
		["it is in angle brackets", found.replace(/^<|>$/g, "")],
		["its base64url is padded: leave out the =", found.replace(/=+(?=\.|$)/g, "")],
		[
			"it is in base64's own alphabet: - and _ for + and /, without =",
			found
				.replaceAll("+", "-")
				.replaceAll("/", "_")
				.replace(/=+(?=\.|$)/g, ""),
		],
		["it is percent-encoded twice", decodeComponent(found) ?? found],
		["it has a comma or semicolon at its end", found.replace(/[,;]+\s*$/, "")],
	];
}

function placeOf(place: string, text: string, host: Host): string {
	const { name, prefix } = host.tokenHeader;
	const isHeader = place.toLowerCase() === name.toLowerCase();
	if (isHeader && !/^bearer/i.test(text))
		return `the ${name} header lacks ${JSON.stringify(prefix)} before the token`;
	if (isHeader) return `the ${name} header has to begin with exactly ${JSON.stringify(prefix)}`;
	return `a good token is in ${place}, where the server does not look: it looks in the body, else the query, else the ${name} header`;
}

function parse(part: string): Readonly<Record<string, unknown>> {
	try {
		return Object(JSON.parse(Buffer.from(part, "base64url").toString("utf8")));
	} catch {
		return {};
	}
}
