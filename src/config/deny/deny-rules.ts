/**
 * The deny lists that apply to one host now.
 */
import type { Host, Problem } from "../host.ts";
import type { DenyList } from "./deny-list.ts";

export interface DenyRules {
	/** The lists that could be read. */
	readonly lists: readonly DenyList[];
	/** Whether a list names this host. */
	readonly isHostDenied: boolean;
	/** Whether a list could not be read, and no earlier reading of it is known. `DENY_FAIL` says what then. */
	readonly isIncomplete: boolean;
	/** Unlike other problems, these do not close the protected routes. */
	readonly problems: readonly Problem[];
}

export const NO_DENY_RULES: DenyRules = { lists: [], isHostDenied: false, isIncomplete: false, problems: [] };

/** Each host with the rules that it had last. */
const applied = new WeakMap<Host, Host>();

/** @param hostname as it was called, for the wildcards of `HOSTS` */
export function withDenyRules(host: Host, rules: DenyRules, hostname: string): Host {
	if (rules === NO_DENY_RULES) return host;
	// A name with a dot at its end is the same host (RFC 1034 §3.1).
	const names = [
		hostname.toLowerCase().replace(/\.$/, ""),
		host.identity.id.replace(/^(?:host|tenant) /, ""),
	];
	const isHostDenied = rules.lists.some(({ hosts }) => names.some((name) => hosts.has(name)));
	if (isHostDenied) return { ...host, deny: { ...rules, isHostDenied } };
	const last = applied.get(host);
	if (last?.deny === rules) return last;
	const changed = { ...host, deny: rules };
	applied.set(host, changed);
	return changed;
}
