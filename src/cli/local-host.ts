/**
 * The hosts of the bindings on this machine, as the edge would find them: one host, the table `HOSTS`, or the tenants of
 * `TENANTS_BASE_DOMAIN`; each with the deny list of `DENY`.
 */
import { type Bindings, SECRET_NAMES } from "../config/bindings.ts";
import { createDenyLists } from "../config/deny/deny-lists.ts";
import { withDenyRules } from "../config/deny/deny-rules.ts";
import type { Host } from "../config/host.ts";
import { createHostDirectory } from "../config/host-directory.ts";
import { isRecord, parseJson } from "../encoding/json.ts";

export interface LocalHosts {
	/** The hostnames and patterns that the edge serves; empty if it serves one host under any name. */
	readonly names: readonly string[];
	/** @returns `undefined` for a hostname that the edge does not serve */
	readonly find: (hostname: string) => Promise<Host | undefined>;
}

export function readLocalHosts(bindings: Bindings, nowMs = Date.now()): LocalHosts {
	const directory = createHostDirectory(bindings, () => undefined);
	const lists = createDenyLists({ DENY: bindings.DENY }, () => undefined);
	return {
		names: [...namesOfTable(bindings), ...namesOfTenants(bindings)],
		find: async (hostname) => {
			const host = await directory.find(hostname, nowMs);
			const rules = await lists.current(nowMs, () => undefined);
			return host && withDenyRules(host, rules, hostname);
		},
	};
}

function namesOfTable({ HOSTS }: Bindings): string[] {
	const table = typeof HOSTS === "string" ? parseJson(HOSTS) : HOSTS;
	return isRecord(table) ? Object.keys(table).map((name) => name.toLowerCase()) : [];
}

/** The base domain, and a tenant for each prefix of a secret. */
function namesOfTenants({ TENANTS_BASE_DOMAIN: base, ...bindings }: Bindings): string[] {
	if (typeof base !== "string" || base === "") return [];
	const prefixes = Object.keys(bindings).flatMap((name) => {
		const secret = SECRET_NAMES.filter((one) => name.endsWith(`_${one}`)).sort(
			(a, b) => b.length - a.length,
		)[0];
		return secret === undefined ? [] : [name.slice(0, -secret.length - 1)];
	});
	const tenants = [...new Set(prefixes)].map((prefix) => prefix.toLowerCase().replaceAll("_", "-"));
	return [base, ...tenants.map((tenant) => `${tenant}.${base}`)];
}

/** The host of a pasted path or token. */
export const UNKNOWN_HOSTNAME = "edge.invalid";

/**
 * @param hostname of `--host`, else of the pasted URL or of `--edge`; "" if there is none
 * @throws if the edge serves several hosts and this is none of them
 */
export async function pickHost(hosts: LocalHosts, hostname: string): Promise<Host> {
	const { names } = hosts;
	const [only = ""] = names;
	const isOnlyName = names.length === 1 && !only.startsWith("*");
	const host = (await hosts.find(hostname)) ?? (isOnlyName ? await hosts.find(only) : undefined);
	if (host) return host;
	const what =
		hostname === "" || hostname === UNKNOWN_HOSTNAME
			? "say which host you mean"
			: `${hostname} is not one of the hosts`;
	throw new Error(`${what}: --host ${names.join(", --host ")}`);
}
