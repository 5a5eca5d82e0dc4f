/**
 * Which hosts the edge serves: one, a table of them (`HOSTS`), or a tenant per sub-domain
 * (`TENANTS_BASE_DOMAIN`); and with which bindings.
 *
 * Secrets never cross: with a prefix a host has the secrets of that prefix and no others. Finding one of
 * ten thousand hosts is a look-up, wildcards one per label.
 */
import { parseJson } from "../encoding/json.ts";
import { type Bindings, SECRET_NAMES, VARIABLE_NAMES } from "./bindings.ts";
import type { Problem } from "./host.ts";

/**
 * What a `SECRETS` value may be, and what a tenant's becomes. `ACME_ORIGIN` would have the secrets of
 * `ACME`'s origin.
 */
const PREFIX = /^(?!(?:.*_)?ORIGIN$)[A-Z\d_]{1,64}$/;
/** One label: `a.b` and `a-b` would become one prefix. */
const TENANT = /^[a-z\d](?:[a-z\d-]*[a-z\d])?$/;

const HOST_PATTERN = /^(?:\*\.)?[a-z\d_-]+(?:\.[a-z\d_-]+)*$/;

export interface HostSource {
	/** One of each is kept. */
	readonly id: string;
	readonly bindings: Bindings;
	/** Of its secrets' names, with the `_`. */
	readonly prefix: string;
	readonly problems: readonly Problem[];
}

/** @returns finds it by hostname, in lower case; `undefined` for one that is none of this edge */
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
	return (hostname) => {
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
		const isAlone = hosts === undefined && base === "";
		return isAlone || problems.length > 0 ? own : undefined;
	};
}

function findTenant(tenant: string, env: Bindings): HostSource | undefined {
	if (!TENANT.test(tenant)) return undefined;
	const name = tenant.toUpperCase().replace(/[^A-Z\d]/g, "_");
	if (!PREFIX.test(name)) return undefined;
	const prefix = `${name}_`;
	const hasSecrets = SECRET_NAMES.some((name) => env[prefix + name] !== undefined);
	// Anyone can call any sub-domain: those without secrets share one host, which refuses.
	if (!hasSecrets) {
		return {
			id: "no tenant",
			bindings: {},
			prefix: "",
			problems: [{ binding: "TENANTS_BASE_DOMAIN", problem: "has no secrets for a tenant that was called" }],
		};
	}
	return { id: `tenant ${tenant}`, bindings: env, prefix, problems: [] };
}

type Entries = ReadonlyMap<string, unknown>;

/** @returns `undefined` when there is no table */
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
	const isTable = typeof entry === "object" && entry !== null && !Array.isArray(entry);
	if (!isTable) problems.push({ binding: `HOSTS.${name}`, problem: "is no table" });
	const { SECRETS: secrets, ...overrides } = (isTable ? entry : {}) as Bindings;
	if (!HOST_PATTERN.test(name)) problems.push({ binding: `HOSTS.${name}`, problem: "is no hostname" });
	const misplaced = Object.keys(overrides).filter((key) => !VARIABLE_NAMES.some((one) => one === key));
	for (const key of misplaced)
		problems.push({ binding: `HOSTS.${name}.${key}`, problem: "does not belong there" });
	const isPrefix = secrets === undefined || (typeof secrets === "string" && PREFIX.test(secrets));
	if (!isPrefix)
		problems.push({
			binding: `HOSTS.${name}.SECRETS`,
			problem: "is not made of A-Z, 0-9 and _, or ends in ORIGIN",
		});
	const prefix = isPrefix && secrets !== undefined ? `${secrets}_` : "";
	// A host with an origin, or several, of its own has nothing of the edge's.
	const hasOrigin = overrides.ORIGIN !== undefined || overrides.ORIGINS !== undefined;
	const bindings = { ...env, ...(hasOrigin && { ORIGIN: "", ORIGINS: "" }), ...overrides };
	return { id: `host ${name}`, bindings, prefix, problems };
}
