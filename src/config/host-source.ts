/**
 * Finds the bindings of a hostname: the edge serves one host, a table of hosts (`HOSTS`), or a tenant per sub-domain
 * (`TENANTS_BASE_DOMAIN`).
 *
 * Hosts and tenants are kept apart by their secrets: a host with a prefix has the secrets of that prefix and no
 * others. A host is found by one look-up, a wildcard by one per label, so ten thousand hosts cost no more than one.
 */
import { parseJson } from "../encoding/json.ts";
import { type Bindings, VARIABLE_NAMES } from "./bindings.ts";
import type { HostSource, Problem } from "./host.ts";
import { findTenant, SECRETS_PREFIX } from "./tenants.ts";

const HOST_PATTERN = /^(?:\*\.)?[a-z\d_-]+(?:\.[a-z\d_-]+)*$/;

/** @returns finds the source of a hostname in lower case; `undefined` if the edge does not serve it */
export function createSourceFinder(env: Bindings): (hostname: string) => HostSource | undefined {
	const problems: Problem[] = [];
	const hosts = readHosts(env.HOSTS, problems);
	const base = typeof env.TENANTS_BASE_DOMAIN === "string" ? env.TENANTS_BASE_DOMAIN.toLowerCase() : "";
	const own: HostSource = { id: "", bindings: env, prefix: "", problems };
	const sources = new Map<string, HostSource>();
	const sourceOf = (name: string): HostSource => {
		const source = sources.get(name) ?? readEntry(name, hosts?.get(name), env);
		sources.set(name, source);
		return source;
	};
	const isOnlyHost = hosts === undefined && base === "";
	return (hostname) => {
		if (isOnlyHost && !hostname.startsWith(".")) return own;
		if (hosts?.has(hostname)) return sourceOf(hostname);
		// The base domain itself is the default tenant: it has the secrets without a prefix.
		if (base !== "" && hostname === base) return own;
		if (base !== "" && hostname.endsWith(`.${base}`)) {
			return findTenant(hostname.slice(0, -base.length - 1), env);
		}
		if (hostname.startsWith(".")) return undefined;
		for (let dot = hostname.indexOf("."); dot !== -1; dot = hostname.indexOf(".", dot + 1)) {
			const wildcard = `*${hostname.slice(dot)}`;
			if (hosts?.has(wildcard)) return sourceOf(wildcard);
		}
		return problems.length > 0 ? own : undefined;
	};
}

type Entries = ReadonlyMap<string, unknown>;

/** @returns `undefined` without a table */
function readHosts(value: unknown, problems: Problem[]): Entries | undefined {
	if (value === undefined || value === "") return undefined;
	const table = typeof value === "string" ? parseJson(value) : value;
	if (typeof table !== "object" || table === null || Array.isArray(table)) {
		problems.push({ binding: "HOSTS", problem: "is no table of hostnames" });
		return undefined;
	}
	const entries = Object.entries(table);
	return entries.length === 0
		? undefined
		: new Map(entries.map(([name, entry]) => [name.toLowerCase(), entry]));
}

function readEntry(name: string, entry: unknown, env: Bindings): HostSource {
	const problems: Problem[] = [];
	const report = (path: string, problem: string) => void problems.push({ binding: `HOSTS.${path}`, problem });
	const isTable = typeof entry === "object" && entry !== null && !Array.isArray(entry);
	if (!isTable) report(name, "is no table");
	const { SECRETS: secrets, ...overrides } = (isTable ? entry : {}) as Bindings;
	if (!HOST_PATTERN.test(name)) report(name, "is no hostname");
	const misplaced = Object.keys(overrides).filter((key) => !VARIABLE_NAMES.some((one) => one === key));
	for (const key of misplaced) report(`${name}.${key}`, "does not belong there");
	const isPrefix = secrets === undefined || (typeof secrets === "string" && SECRETS_PREFIX.test(secrets));
	if (!isPrefix) report(`${name}.SECRETS`, "is not made of A-Z, 0-9 and _, or ends in ORIGIN");
	const prefix = isPrefix && secrets !== undefined ? `${secrets}_` : "";
	// A host with its own origin must not inherit the edge's origins.
	const hasOrigin = overrides.ORIGIN !== undefined || overrides.ORIGINS !== undefined;
	const bindings = { ...env, ...(hasOrigin && { ORIGIN: "", ORIGINS: "" }), ...overrides };
	return { id: `host ${name}`, bindings, prefix, problems };
}
