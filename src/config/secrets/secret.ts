/**
 * Reads the value of one secret binding: one secret, or a JSON object of named keys with dates.
 *
 *   s3cr3t
 *   {"2026-11": "s3cr3t", "nextcloud": {"secret": "…", "notAfter": "2027-01-31"}}
 *
 * All problems are reported at once, without the value.
 */
import { isRecord, parseJson } from "../../encoding/json.ts";
import { createKey, type Key, type Validity } from "./key-ring.ts";

/** A refused token costs one HMAC per key. */
export const KEYS_LIMIT = 50;
const KEY_NAME = /^[\w.-]{1,64}$/;
/** HMAC pads its key with NUL (RFC 2104 §2), so a secret of NULs equals the empty one. */
const BLANK = /^[\s\0]*$/;
const DATE = /^\d{4}-\d\d-\d\d$/;
const DAY_SECONDS = 86_400;

/** @param name of the key, if there is only one */
export function readSecret(name: string, value: unknown, report: (problem: string) => void): Key[] {
	const keys = readKeys(value);
	if (keys === undefined) {
		if (typeof value === "string" && !BLANK.test(value) && !looksLikeJson(value))
			return [createKey(name, value)];
		report(looksLikeJson(value) ? "is no JSON object of named keys" : "is empty, blank or not a string");
		return [];
	}
	const entries = Object.entries(keys);
	// One key without its name. Without this check each of its members would become a key.
	if (entries.some(([name]) => name === "secret" || name === "notBefore" || name === "notAfter")) {
		report('is one key without a name: write {"name": {"secret": …}}');
		return [];
	}
	if (entries.length === 0) report("holds no key");
	if (entries.length > KEYS_LIMIT) report(`holds more than ${KEYS_LIMIT} keys`);
	return entries.slice(0, KEYS_LIMIT).flatMap(([keyName, entry]) => readKey(keyName, entry, report));
}

const looksLikeJson = (value: unknown) => typeof value === "string" && value.trimStart().startsWith("{");

function readKeys(value: unknown): Readonly<Record<string, unknown>> | undefined {
	const keys = looksLikeJson(value) ? parseJson(value) : value;
	return isRecord(keys) ? keys : undefined;
}

function readKey(name: string, entry: unknown, report: (problem: string) => void): Key[] {
	if (!KEY_NAME.test(name)) {
		report("has a key whose name is not 1 to 64 letters, digits, `.`, `_` or `-`");
		return [];
	}
	const { secret, notBefore, notAfter, ...unknown } = isRecord(entry) ? entry : { secret: entry };
	const validity: Validity = {
		...(notBefore !== undefined && { notBefore: readDate(notBefore, 0) }),
		...(notAfter !== undefined && { notAfter: readDate(notAfter, DAY_SECONDS - 1) }),
	};
	if (typeof secret !== "string" || BLANK.test(secret)) report(`key ${name} is empty, blank or not a string`);
	else if (Object.values(validity).some(Number.isNaN))
		report(`key ${name} has a date that is not like 2027-01-31`);
	else if (Object.keys(unknown).length > 0)
		report(`key ${name} has more than secret, notBefore and notAfter`);
	else return [createKey(name, secret, validity)];
	return [];
}

/** A date without a time means the first second of that day, or the last, in UTC. */
function readDate(value: unknown, offsetSeconds: number): number {
	const milliseconds = typeof value === "string" ? Date.parse(value) : Number.NaN;
	const isDay = typeof value === "string" && DATE.test(value);
	return Math.floor(milliseconds / 1000) + (isDay ? offsetSeconds : 0);
}
