/**
 * Which hosts the edge serves: one, a table of them (`HOSTS`), or a tenant per sub-domain
 * (`TENANTS_BASE_DOMAIN`). A host is read when it is first called, and kept for the isolate's life.
 *
 * Secrets never cross: with a prefix a host has the secrets of that prefix and no others. Finding one of
 * ten thousand hosts is a look-up, wildcards one per label.
 */
import { parseJson } from "../json.ts";
import { type Bindings, SECRET_NAMES, VARIABLE_NAMES } from "./bindings.ts";
import { type Host, type Problem, readHost } from "./host.ts";

export interface HostDirectory {
	/** `undefined`: no host of this edge. Reads the host's secrets when it is first called. */
	readonly find: (hostname: string, nowMs: number) => Promise<Host | undefined> | Host | undefined;
}

/** How long a secret of a Secrets Store is believed before it is read again. */
const REREAD_MS = 300_000;
/** After a store could not be reached. */
const RETRY_MS = 10_000;
/**
 * What a `SECRETS` value may be, and what a tenant's becomes. `ACME_ORIGIN` would have the secrets of
 * `ACME`'s origin.
 */
const PREFIX = /^(?!(?:.*_)?ORIGIN$)[A-Z\d_]{1,64}$/;
/** One label: `a.b` and `a-b` would become one prefix. */
const TENANT = /^[a-z\d](?:[a-z\d-]*[a-z\d])?$/;

const HOST_PATTERN = /^(?:\*\.)?[a-z\d_-]+(?:\.[a-z\d_-]+)*$/;

interface Source {
	/** One of each is kept. */
	readonly id: string;
	readonly bindings: Bindings;
	/** Of its secrets' names, with the `_`. */
	readonly prefix: string;
	readonly problems: readonly Problem[];
}

/** @param onRead told of each host as it is read, for the log */
export function createHostDirectory(env: Bindings, onRead: (host: Host) => void): HostDirectory {
	const findSource = createSourceFinder(env);
	const known = new Map<string, KnownHost>();
	const read = ({ bindings, prefix, problems }: Source, resolved: Bindings, nowMs: number): Host => {
		const host = readHost({ ...bindings, ...resolved }, Math.floor(nowMs / 1000), prefix);
		const all = { ...host, problems: [...problems, ...host.problems] };
		onRead(all);
		return all;
	};
	const readAnew = async (source: Source, nowMs: number): Promise<Host> => {
		const { secrets, failed } = await readStored(source);
		const last = known.get(source.id);
		// A store that cannot be reached takes nothing away from a host that is known.
		if (failed && last) {
			known.set(source.id, { host: last.host, rereadMs: nowMs + RETRY_MS });
			return last.host;
		}
		const host = read(source, secrets, nowMs);
		known.set(source.id, { host, rereadMs: nowMs + (failed ? RETRY_MS : REREAD_MS) });
		return host;
	};
	return {
		find: (hostname, nowMs) => {
			const source = findSource(hostname.toLowerCase());
			if (source === undefined) return undefined;
			const entry = known.get(source.id);
			if (entry && nowMs <= entry.rereadMs) return entry.host;
			const isInStore = SECRET_NAMES.some((name) => isStored(source.bindings[source.prefix + name]));
			if (isInStore) return readAnew(source, nowMs);
			const host = read(source, {}, nowMs);
			known.set(source.id, { host, rereadMs: Number.POSITIVE_INFINITY });
			return host;
		},
	};
}

interface KnownHost {
	readonly host: Host;
	readonly rereadMs: number;
}

function createSourceFinder(env: Bindings): (hostname: string) => Source | undefined {
	const problems: Problem[] = [];
	const hosts = readHosts(env.HOSTS, problems);
	const base = typeof env.TENANTS_BASE_DOMAIN === "string" ? env.TENANTS_BASE_DOMAIN.toLowerCase() : "";
	const own: Source = { id: "", bindings: env, prefix: "", problems };
	const sources = new Map<string, Source>();
	const sourceOf = (name: string): Source => {
		const source = sources.get(name) ?? readEntry(name, hosts?.get(name), env);
		sources.set(name, source);
		return source;
	};
	return (hostname) => {
		if (hosts?.has(hostname)) return sourceOf(hostname);
		if (base !== "" && (hostname === base || hostname.endsWith(`.${base}`))) {
			return findTenant(hostname.slice(0, -base.length - 1), env, own);
		}
		for (let dot = hostname.indexOf("."); dot !== -1; dot = hostname.indexOf(".", dot + 1)) {
			const wildcard = `*${hostname.slice(dot)}`;
			if (hosts?.has(wildcard)) return sourceOf(wildcard);
		}
		const isAlone = hosts === undefined && base === "";
		return isAlone || problems.length > 0 ? own : undefined;
	};
}

/** The base domain itself is the default tenant: it has the secrets without a prefix. */
function findTenant(tenant: string, env: Bindings, own: Source): Source | undefined {
	if (tenant === "") return own;
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

function readEntry(name: string, entry: unknown, env: Bindings): Source {
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

interface StoredSecret {
	readonly get: () => Promise<string>;
}

function isStored(value: unknown): value is StoredSecret {
	return (
		typeof value === "object" && value !== null && typeof (value as Partial<StoredSecret>).get === "function"
	);
}

/** A secret that cannot be read is one that is unusable, not one that is missing. */
async function readStored({ bindings, prefix }: Source): Promise<{ secrets: Bindings; failed: boolean }> {
	let failed = false;
	const secrets: Record<string, unknown> = {};
	for (const name of SECRET_NAMES.map((one) => prefix + one)) {
		const value = bindings[name];
		if (!isStored(value)) continue;
		try {
			secrets[name] = await value.get();
		} catch {
			failed = true;
			secrets[name] = "";
		}
	}
	return { secrets, failed };
}
