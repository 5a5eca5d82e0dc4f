/**
 * Explains why a WOPI proof does not fit. Tries the request as another hop would have seen it, and other spellings of
 * its token, until one fits. An explanation never holds a token or a signature.
 */
import type { Host } from "../../config/host.ts";
import type { Reason } from "../../verdict.ts";
import { readAccessToken } from "../../wopi/access-token.ts";
import { proofsOf } from "../../wopi/proof.ts";
import { proofMessage, signedSpellings } from "../../wopi/proof-message.ts";
import { ACCEPTED_PAIRS, findPair, type Pair, type Proofs } from "../../wopi/proof-pairs.ts";
import { readTicks, toUnixMs } from "../../wopi/proof-time.ts";
import {
	type ProofRequest,
	proofSpellings,
	tokenSpellings,
	type Variant,
	variantsOf,
} from "./proof-variants.ts";

const NEVER_ACCEPTED: Pair = { signature: "proofOld", key: "old" };
const READ_AGAIN = "docs-edge import --discovery reads the server's keys again";

/** The proofs that the request holds, and its age. */
export function describeProof({ headers }: ProofRequest, nowMs: number): string {
	const sent = ["X-WOPI-Proof", "X-WOPI-ProofOld"].filter((name) => headers.get(name));
	if (sent.length === 0) return "no proof";
	const ticks = readTicks(headers.get("X-WOPI-TimeStamp"));
	const age = ticks === undefined ? undefined : Math.round((nowMs - toUnixMs(ticks)) / 1000);
	const made = age === undefined ? "" : age < 0 ? `, made ${-age} s in the future` : `, made ${age} s ago`;
	return `${sent.join(" and ")}${made}`;
}

/**
 * @param keyName the name of an accepted proof's key
 * @returns the rotation that its pair shows; `undefined` for the usual pair
 */
export function describePair(keyName: string): string | undefined {
	if (keyName.endsWith("proofOld/current"))
		return `X-WOPI-ProofOld fits the current key: the server has rotated its keys, the edge has not. ${READ_AGAIN}`;
	if (keyName.endsWith("proof/old"))
		return "X-WOPI-Proof fits the old key: the edge has newer keys than the server signs with";
	return undefined;
}

/** @returns the differences or the missing part; `undefined` for a refusal for another reason */
export async function explainProofMiss(
	request: ProofRequest,
	host: Host,
	nowMs: number,
	reason: Reason,
): Promise<string | undefined> {
	const { headers, href } = request;
	const ticks = readTicks(headers.get("X-WOPI-TimeStamp"));
	if (reason === "wopi_proof_missing") return explainMissing(headers);
	if (reason === "wopi_proof_malformed") return ticks === undefined ? TIME_MALFORMED : explainToken(href);
	const token = readAccessToken(href);
	if (ticks === undefined || token === undefined) return undefined;
	if (reason === "wopi_proof_expired") {
		const fits = await findVariant(request, token, ticks, host, [{ value: href, says: [] }], ACCEPTED_PAIRS);
		return `${explainAge(nowMs - toUnixMs(ticks))}${fits ? "; otherwise the proof is good" : ""}`;
	}
	if (reason !== "wopi_proof_signature") return undefined;
	const urls = variantsOf(request, host, token);
	const found = await findVariant(request, token, ticks, host, urls, ACCEPTED_PAIRS);
	if (found) return found;
	const never = await findVariant(request, token, ticks, host, urls, [NEVER_ACCEPTED]);
	if (never)
		return `X-WOPI-ProofOld fits the old key, a pair that is never accepted: the server has a new current key, and the key before it did not become its old one. ${READ_AGAIN}`;
	return `no key that is known here fits: another server signed it, or the keys were rotated twice. ${READ_AGAIN}`;
}

function explainMissing(headers: Headers): string {
	const says = headers.has("X-WOPI-TimeStamp")
		? "the server has no proof keys: it needs both wopi.privateKey and wopi.privateKeyOld in local.json"
		: "no Document Server sends WOPI requests like this one";
	return `${says}. FileUrl and TemplateSource are never signed: list their paths in WOPI_FILE_URL_PATHS`;
}

const TIME_MALFORMED = "X-WOPI-TimeStamp is no number of 18 or 19 digits (.NET ticks), or was sent twice";

function explainToken(href: string): string {
	const names = [...new URL(href).searchParams.keys()].filter(
		(name) => name.toLowerCase() === "access_token",
	);
	if (names.length === 0) return "the query has no access_token; the server sends it there, not in a header";
	if (names.length > 1) return "the query has more than one access_token, in some spelling";
	return "access_token has to be written exactly so, and every name and its value have to be percent-encoded UTF-8";
}

function explainAge(ageMs: number): string {
	const seconds = Math.round(Math.abs(ageMs) / 1000);
	return ageMs > 0
		? `the time stamp is ${seconds} s old, of 1200 s allowed: the request was sent again, or a clock is wrong by that much`
		: `the time stamp is ${seconds} s ahead, of 300 s allowed: the server's clock is wrong, or this machine's`;
}

/**
 * Tries the variants with the fewest differences first.
 *
 * @returns the differences of the one that fits
 */
async function findVariant(
	{ headers }: ProofRequest,
	token: string,
	ticks: bigint,
	host: Host,
	urls: readonly Variant<string>[],
	pairs: readonly Pair[],
): Promise<string | undefined> {
	const proofs = proofSpellings(proofsOf(headers));
	const tokens = tokenSpellings(token);
	const all = urls.flatMap((url) =>
		tokens.flatMap((one) =>
			proofs.map((proof) => ({ url, token: one, proof, says: [...url.says, ...one.says, ...proof.says] })),
		),
	);
	// To verify every combination of differences would take minutes.
	const likely = all.filter(({ url, says }) => says.length <= 2 || says.length === url.says.length);
	for (const variant of likely.toSorted((a, b) => a.says.length - b.says.length)) {
		if (await fits(variant.url.value, variant.token.value, ticks, variant.proof.value, host, pairs))
			return variant.says.join("; ") || "it fits as it is";
	}
	return undefined;
}

async function fits(
	href: string,
	token: string,
	ticks: bigint,
	proofs: Proofs,
	{ wopiProofKeys }: Host,
	pairs: readonly Pair[],
): Promise<boolean> {
	for (const spelling of signedSpellings(href)) {
		const message = proofMessage({ token, href: spelling, ticks });
		if (await findPair(message, proofs, wopiProofKeys, pairs)) return true;
	}
	return false;
}
