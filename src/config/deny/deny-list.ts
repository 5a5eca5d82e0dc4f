/**
 * Reads a deny list: a JSON object of rules, in `DENY` and in the KV namespace `DENY_LIST`.
 *
 *   {"keys": {"nextcloud": {"issuedBefore": "2026-11-20T00:00:00Z"}, "moodle": true}, "documents": ["k1"],
 *    "hosts": ["a.example"], "purposes": ["builder"], "networks": ["203.0.113.0/24"], "lockdown": false,
 *    "allowNetworks": ["192.0.2.0/24"]}
 *
 * One wrong entry makes the whole list invalid: half a list would hide the mistake. All problems are reported at once.
 */
import { isRecord, parseJson } from "../../encoding/json.ts";
import { PURPOSES, type Purpose } from "../../routes/purpose.ts";
import { createNetworks, isNetwork, type Networks } from "./networks.ts";

export interface DenyList {
	/** By the name of the key: its credentials issued before this Unix time in seconds are denied; `Infinity`: all. */
	readonly keys: ReadonlyMap<string, number>;
	readonly documents: readonly string[];
	/** Hostnames in lower case, names of `HOSTS`, or tenants. */
	readonly hosts: ReadonlySet<string>;
	readonly purposes: ReadonlySet<Purpose>;
	/** Clients whose every request is denied. */
	readonly networks: Networks;
	/** Whether all protected routes are closed. */
	readonly lockdown: boolean;
	/** Clients that a lockdown lets through. */
	readonly allowNetworks: Networks;
}

/** Each rule is looked up for each request. */
const ENTRIES_LIMIT = 1000;
const LIST_LIMIT_CHARACTERS = 256 * 1024;
const RULES = ["keys", "documents", "hosts", "purposes", "networks", "lockdown", "allowNetworks"];
/** RFC 3339 §5.6, and a day. A time without its zone would be another time at each reader. */
const TIME = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?$/;

/**
 * @param value JSON, or the object that it stands for
 * @returns the problems, if the list is invalid: each names the entry, and none repeats a value
 */
export function readDenyList(value: unknown): DenyList | readonly string[] {
	if (typeof value === "string" && value.length > LIST_LIMIT_CHARACTERS)
		return [`is longer than ${LIST_LIMIT_CHARACTERS} characters`];
	const list = typeof value === "string" ? parseJson(value) : value;
	if (!isRecord(list)) return ["is no JSON object of rules"];
	const problems: string[] = [];
	for (const name of Object.keys(list))
		if (!RULES.includes(name)) problems.push(`has a member that is none of ${RULES.join(", ")}`);

	const texts = (name: string, isValid: (entry: string) => boolean, form: string): string[] => {
		const entries = list[name] ?? [];
		if (!Array.isArray(entries)) {
			problems.push(`${name} is no list`);
			return [];
		}
		if (entries.length > ENTRIES_LIMIT) problems.push(`${name} has more than ${ENTRIES_LIMIT} entries`);
		for (const [at, entry] of entries.entries())
			if (typeof entry !== "string" || !isValid(entry)) problems.push(`${name}[${at}] is not ${form}`);
		return entries;
	};
	const network = "a network like 203.0.113.0/24 or 2001:db8::/32";
	const isPurpose = (entry: string): entry is Purpose => PURPOSES.some((purpose) => purpose === entry);
	const keys = readKeys(list.keys ?? {}, problems);
	const documents = texts("documents", (entry) => entry !== "", "a document's key");
	const hosts = texts("hosts", (entry) => HOST.test(entry), "a hostname or a tenant");
	const purposes = texts("purposes", isPurpose, `one of ${PURPOSES.join(", ")}`).filter(isPurpose);
	const networks = texts("networks", isNetwork, network);
	const allowed = texts("allowNetworks", isNetwork, network);
	const { lockdown = false } = list;
	if (typeof lockdown !== "boolean") problems.push("lockdown is neither true nor false");
	if (problems.length > 0) return problems;
	return {
		keys,
		documents,
		hosts: new Set(hosts.map((host) => host.toLowerCase())),
		purposes: new Set(purposes),
		networks: createNetworks(networks),
		lockdown: lockdown === true,
		allowNetworks: createNetworks(allowed),
	};
}

/** As in `HOSTS`: a name, or a wildcard of that table. A tenant is one label. */
const HOST = /^(?:\*\.)?[a-z\d_-]+(?:\.[a-z\d_-]+)*$/i;

function readKeys(keys: unknown, problems: string[]): ReadonlyMap<string, number> {
	const read = new Map<string, number>();
	if (!isRecord(keys)) {
		problems.push("keys is no object of names");
		return read;
	}
	const entries = Object.entries(keys);
	if (entries.length > ENTRIES_LIMIT) problems.push(`keys has more than ${ENTRIES_LIMIT} entries`);
	for (const [name, rule] of entries) {
		const seconds = readKeyRule(rule);
		if (!KEY_NAME.test(name)) problems.push("keys has a name that no key can have");
		else if (seconds === undefined)
			problems.push(`keys.${name} is neither true nor {"issuedBefore": "2026-11-20T00:00:00Z"}`);
		else read.set(name, seconds);
	}
	return read;
}

/** The names of keys, of bindings that hold one key, and of WOPI proof keys. */
const KEY_NAME = /^[\w. /-]{1,128}$/;

/** @returns Unix time in seconds */
function readKeyRule(rule: unknown): number | undefined {
	if (rule === true) return Number.POSITIVE_INFINITY;
	if (!isRecord(rule) || Object.keys(rule).join() !== "issuedBefore") return undefined;
	const { issuedBefore } = rule;
	const ms =
		typeof issuedBefore === "string" && TIME.test(issuedBefore) ? Date.parse(issuedBefore) : Number.NaN;
	return Number.isNaN(ms) ? undefined : ms / 1000;
}
