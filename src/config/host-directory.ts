/**
 * The hosts of this isolate. Each is read when it is first called, and kept. Only hosts with secrets of a Secrets Store
 * are read again, every five minutes.
 */
import type { Bindings } from "./bindings.ts";
import type { Host, HostIdentity, HostSource } from "./host.ts";
import { createSourceFinder } from "./host-source.ts";
import { readPrefix } from "./origin.ts";
import { readHost } from "./read-host.ts";
import { hasSecretsStore, readSecretsStore } from "./secrets/secrets-store.ts";

export interface HostDirectory {
	/** `undefined` for a hostname that the edge does not serve. */
	readonly find: (hostname: string, nowMs: number) => Promise<Host | undefined> | Host | undefined;
	/** The virtual path of this host, "" for none. Known before its secrets are read. */
	readonly prefixOf: (hostname: string) => string;
}

/** How long a secret of a Secrets Store is used before it is read again. */
const REREAD_MS = 300_000;
/** The same after a store could not be reached. */
const RETRY_MS = 10_000;

/** @param onRead called with each host that was read, for the log */
export function createHostDirectory(env: Bindings, onRead: (host: Host) => void): HostDirectory {
	const findSource = createSourceFinder(env);
	const known = new Map<string, KnownHost>();
	const identities = new Map<string, HostIdentity>();
	const identityOf = (id: string): HostIdentity => {
		const identity = identities.get(id) ?? { id };
		identities.set(id, identity);
		return identity;
	};
	const read = ({ id, bindings, prefix, problems }: HostSource, resolved: Bindings, nowMs: number): Host => {
		const host = readHost({ ...bindings, ...resolved }, Math.floor(nowMs / 1000), prefix, identityOf(id));
		const all = { ...host, problems: [...problems, ...host.problems] };
		onRead(all);
		return all;
	};
	const readAnew = async (source: HostSource, nowMs: number): Promise<Host> => {
		const { secrets, failed } = await readSecretsStore(source);
		const last = known.get(source.id);
		// A known host keeps its secrets while the store cannot be reached.
		if (failed && last) {
			known.set(source.id, { host: last.host, rereadMs: nowMs + RETRY_MS });
			return last.host;
		}
		const host = read(source, secrets, nowMs);
		known.set(source.id, { host, rereadMs: nowMs + (failed ? RETRY_MS : REREAD_MS) });
		return host;
	};
	return {
		prefixOf: (hostname) => {
			const prefix = findSource(hostname.toLowerCase())?.bindings.FORWARDED_PREFIX;
			return typeof prefix === "string" ? readPrefix(prefix) : "";
		},
		find: (hostname, nowMs) => {
			const source = findSource(hostname.toLowerCase());
			if (source === undefined) return undefined;
			const entry = known.get(source.id);
			if (entry && nowMs <= entry.rereadMs) return entry.host;
			if (hasSecretsStore(source)) return readAnew(source, nowMs);
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
