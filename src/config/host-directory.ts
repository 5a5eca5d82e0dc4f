/**
 * The hosts that this isolate has read: each when it is first called, and kept for the isolate's life, but
 * for secrets of a Secrets Store, which are read again.
 */
import type { Bindings } from "./bindings.ts";
import { type Host, type HostIdentity, readHost } from "./host.ts";
import { createSourceFinder, type HostSource } from "./hosts-and-tenants.ts";
import { hasStored, readStored } from "./secrets/secrets-store.ts";

export interface HostDirectory {
	/** `undefined`: no host of this edge. Reads the host's secrets when it is first called. */
	readonly find: (hostname: string, nowMs: number) => Promise<Host | undefined> | Host | undefined;
}

/** How long a secret of a Secrets Store is believed before it is read again. */
const REREAD_MS = 300_000;
/** After a store could not be reached. */
const RETRY_MS = 10_000;

/** @param onRead told of each host as it is read, for the log */
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
			if (hasStored(source)) return readAnew(source, nowMs);
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
