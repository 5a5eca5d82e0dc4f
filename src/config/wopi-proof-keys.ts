/**
 * Reads `WOPI_PROOF_KEYS`: the public keys of the Document Servers that sign WOPI requests.
 *
 *   {"current": {"modulus": "…", "exponent": "AQAB"}, "old": {"modulus": "…", "exponent": "AQAB"}}
 *
 * The value may also be a list of these, each with a `name` for the log. Modulus and exponent stand in the server's
 * `/hosting/discovery`. They are public, so the binding is a variable, not a secret.
 */
import { readBase64, toBase64Url } from "../encoding/base64.ts";
import { isRecord, parseJson } from "../encoding/json.ts";
import type { ListedRoute } from "../routes/listed-path.ts";
import type { Bindings, VariableName } from "./bindings.ts";
import type { Report } from "./variable-reader.ts";

export interface ProofKey {
	/** JWK's `n`: base64url, without leading zeros. */
	readonly modulus: string;
	/** Length of the modulus, and of every signature. */
	readonly bytes: number;
}

/** The keys of one Document Server: the current one, and the one before its last rotation. */
export interface ProofKeySet {
	/** For the log; "" if there is only one server. */
	readonly name: string;
	readonly current: ProofKey;
	readonly old: ProofKey | undefined;
}

/** A refused proof costs six RSA verifications per server. */
export const PROOF_SERVERS_LIMIT = 8;
/** Every discovery names this exponent. A longer one would slow down each request. */
export const PROOF_EXPONENT = "AQAB";
/** Shorter keys can be factored. Longer ones only cost time. */
const LEAST_BITS = 2048;
const MOST_BITS = 4096;
/**
 * The beginning of the modulus that servers before 8.3 have in their default.json. Its private half stands beside it, so
 * everybody can sign with it.
 */
const PUBLISHED_MODULUS = "5cvdwCUNhlp1wl2TyuMgmD3G4iqevPDI";
const SERVER_NAME = /^[\w.-]{1,64}$/;

/** @returns no keys if no path needs them */
export function readWopiProofKeys(
	bindings: Bindings,
	integration: readonly ListedRoute[] | undefined,
	report: Report<VariableName>,
): readonly ProofKeySet[] {
	const complain = (problem: string) => report("WOPI_PROOF_KEYS", problem);
	const value = bindings.WOPI_PROOF_KEYS ?? "";
	const isNeeded = integration?.some(({ route }) => route.requires.kind === "wopi-proof") === true;
	if (value === "" && isNeeded) complain("is empty: WOPI_PATHS needs the proof keys of /hosting/discovery");
	// A Document Server's host may inherit the keys from the edge's own variables, for its other hosts.
	if (value !== "" && integration && !isNeeded) complain("protects nothing without WOPI_PATHS");
	if (value === "") return [];
	const parsed = typeof value === "string" ? parseJson(value) : value;
	const entries: readonly unknown[] = Array.isArray(parsed) ? parsed : [parsed];
	if (entries.length === 0) complain("is an empty list");
	if (entries.length > PROOF_SERVERS_LIMIT) complain(`names more than ${PROOF_SERVERS_LIMIT} servers`);
	const sets = entries
		.slice(0, PROOF_SERVERS_LIMIT)
		.flatMap((entry, i) => readSet(entry, entries.length > 1 ? String(i + 1) : "", complain));
	if (new Set(sets.map(({ name }) => name)).size < sets.length) complain("has two servers of one name");
	return sets;
}

function readSet(entry: unknown, number: string, complain: (problem: string) => void): ProofKeySet[] {
	const where = number === "" ? "" : `server ${number} `;
	if (!isRecord(entry)) {
		complain(`${where}is no object with current and old`);
		return [];
	}
	const { name = number, current, old, ...unknown } = entry;
	const problems = [
		typeof name === "string" && (name === "" || SERVER_NAME.test(name))
			? ""
			: "has a name that is not 1 to 64 letters, digits, `.`, `_` or `-`",
		Object.keys(unknown).length > 0 ? "has more than name, current and old" : "",
		current === undefined ? "has no current key" : problemOf("current", current),
		old === undefined ? "" : problemOf("old", old),
	].filter((problem) => problem !== "");
	for (const problem of problems) complain(where + problem);
	const key = readKey(current);
	return problems.length === 0 && key ? [{ name: String(name), current: key, old: readKey(old) }] : [];
}

function problemOf(which: string, entry: unknown): string {
	if (!isRecord(entry) || typeof entry.modulus !== "string" || typeof entry.exponent !== "string")
		return `has as ${which} no key of modulus and exponent`;
	if (Object.keys(entry).length > 2) return `has in ${which} more than modulus and exponent`;
	if (entry.exponent !== PROOF_EXPONENT) return `has in ${which} another exponent than ${PROOF_EXPONENT}`;
	const key = readKey(entry);
	if (key?.modulus.startsWith(PUBLISHED_MODULUS))
		return `has as ${which} the key of servers before 8.3, whose private half is published`;
	if (key) return "";
	return `has in ${which} a modulus that is not base64 of ${LEAST_BITS} to ${MOST_BITS} bits`;
}

function readKey(entry: unknown): ProofKey | undefined {
	const encoded = isRecord(entry) ? readBase64(String(entry.modulus)) : undefined;
	const first = encoded?.findIndex((byte) => byte !== 0) ?? -1;
	// Some encoders put a zero byte before a number whose first bit is set. JWK does not (RFC 7518 §6.3.1.1).
	const modulus = encoded?.subarray(Math.max(first, 0));
	if (modulus === undefined || (modulus.at(-1) ?? 0) % 2 === 0) return undefined;
	const bits = modulus.length * 8 - Math.clz32(modulus[0] ?? 0) + 24;
	if (bits < LEAST_BITS || bits > MOST_BITS) return undefined;
	return { modulus: toBase64Url(modulus), bytes: modulus.length };
}
