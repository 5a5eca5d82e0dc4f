/**
 * Edits the text of a deny list: adds and removes entries, switches the lockdown, and describes the rules. Throws on an
 * invalid list or entry, so nothing is lost and nothing invalid is written.
 */
import { readDenyList } from "../../config/deny/deny-list.ts";
import { isRecord, parseJson } from "../../encoding/json.ts";

/** The entries of one call of `docs-edge deny add` or `remove`. */
export interface DenyEntries {
	readonly keys: readonly string[];
	readonly documents: readonly string[];
	readonly hosts: readonly string[];
	readonly purposes: readonly string[];
	readonly networks: readonly string[];
	readonly allowNetworks: readonly string[];
	/** With `add`: the keys deny only what was issued before. */
	readonly issuedBefore?: string | undefined;
}

type Rules = Readonly<Record<string, unknown>>;

const LISTS = ["documents", "hosts", "purposes", "networks", "allowNetworks"] as const;

/** @param text "" for an empty list. @throws the problems of an invalid list */
export const parseRules = (text: string): Rules =>
	valid(text.trim() === "" ? {} : parseJson(text), "the list is invalid, and was not touched");

function valid(rules: unknown, says: string): Rules {
	const list = readDenyList(rules);
	if (Array.isArray(list)) throw new Error(`${says}: ${list.join("; ")}`);
	return rules as Rules;
}

/** @throws where a new rule for a key would deny less than the present one */
export function addEntries(rules: Rules, entries: DenyEntries): Rules {
	const rule = entries.issuedBefore === undefined ? true : { issuedBefore: entries.issuedBefore };
	const weakened = entries.keys.filter((name) => isWeaker(rule, keysOf(rules)[name]));
	if (weakened.length > 0)
		throw new Error(`the list denies more of ${weakened.join(", ")} already: remove the key first`);
	const keys = { ...keysOf(rules), ...Object.fromEntries(entries.keys.map((name) => [name, rule])) };
	const lists = LISTS.map(
		(name) => [name, [...new Set([...listOf(rules, name), ...entries[name]])]] as const,
	);
	return tidy({ ...rules, keys, ...Object.fromEntries(lists) });
}

function isWeaker(rule: true | { readonly issuedBefore: string }, present: unknown): boolean {
	if (rule === true || present === undefined) return false;
	return present === true || Date.parse(rule.issuedBefore) < Date.parse(String(Object(present).issuedBefore));
}

/** @throws for an entry that is not in the list: it may be misspelled */
export function removeEntries(rules: Rules, entries: DenyEntries): Rules {
	const missing = [
		...entries.keys.filter((name) => !Object.hasOwn(keysOf(rules), name)),
		...LISTS.flatMap((name) => entries[name].filter((entry) => !listOf(rules, name).includes(entry))),
	];
	if (missing.length > 0) throw new Error(`not in the list: ${missing.join(", ")}`);
	const keys = Object.entries(keysOf(rules)).filter(([name]) => !entries.keys.includes(name));
	const lists = LISTS.map(
		(name) => [name, listOf(rules, name).filter((entry) => !entries[name].includes(entry))] as const,
	);
	return tidy({ ...rules, keys: Object.fromEntries(keys), ...Object.fromEntries(lists) });
}

export const setLockdown = (rules: Rules, lockdown: boolean): Rules => tidy({ ...rules, lockdown });

/** One line per rule, for a person. */
export function describeRules(rules: Rules): string[] {
	const keys = Object.entries(keysOf(rules)).map(([name, rule]) =>
		isRecord(rule) ? `key ${name}, issued before ${rule.issuedBefore}` : `key ${name}`,
	);
	const lists = (["documents", "hosts", "purposes", "networks"] as const).flatMap((name) =>
		listOf(rules, name).map((entry) => `${name.slice(0, -1)} ${entry}`),
	);
	const allowed = listOf(rules, "allowNetworks");
	const exceptions = allowed.length === 0 ? "for everybody" : `for all networks but ${allowed.join(", ")}`;
	if (rules.lockdown === true)
		return [`lockdown: protected routes are closed ${exceptions}`, ...keys, ...lists];
	const spare = allowed.map((network) => `a lockdown would let through ${network}`);
	return [...keys, ...lists, ...spare];
}

const keysOf = ({ keys }: Rules): Rules => (isRecord(keys) ? keys : {});
const listOf = (rules: Rules, name: string): readonly string[] => (rules[name] ?? []) as readonly string[];

/** Without empty rules. @throws if an entry is invalid */
function tidy(rules: Rules): Rules {
	const isEmpty = (value: unknown) =>
		value === false || (typeof value === "object" && Object.keys(Object(value)).length === 0);
	const kept = Object.fromEntries(Object.entries(rules).filter(([, value]) => !isEmpty(value)));
	return valid(kept, "nothing was changed");
}
