/**
 * Which bindings make which key ring, by the server's own fall-backs.
 */
import type { CompiledRoute } from "../../routes/path-pattern.ts";
import type { Bindings, SecretName } from "../bindings.ts";
import { createRing, type Key, type KeyRing } from "./key-ring.ts";
import { readSecret } from "./secret.ts";
import type { Report } from "../variable-reader.ts";

/** `services.CoAuthoring.secret.*` of the Document Server. */
export type TokenKind = "inbox" | "browser" | "session" | "outbox";
export type RingKind = TokenKind | "link" | "status";

/** Those that the origin may hold another of. */
type AcceptedName = Exclude<SecretName, `ORIGIN_${string}` | "STATUS_SECRET">;

export interface Rings {
	readonly keys: Readonly<Record<RingKind, KeyRing>>;
	/** What the origin holds, where that may differ from what was accepted: it is signed again with this. */
	readonly originKeys: Readonly<Partial<Record<RingKind, Key>>>;
}

export type SecretReader = (names: readonly SecretName[], required: boolean) => readonly Key[];

/** The first of the bindings that is set is the one that counts, even when it is unusable. */
export function createSecretReader(bindings: Bindings, prefix: string, report: Report<string>) {
	const seen = new Map<string, readonly Key[]>();
	const read: SecretReader = (names, required) => {
		const set = names.map((name) => prefix + name).find((name) => bindings[name] !== undefined);
		if (set !== undefined) {
			// Keys of one binding are the same keys, whatever they are for.
			const keys = seen.get(set) ?? readSecret(set, bindings[set], (problem) => report(set, problem));
			seen.set(set, keys);
			return keys;
		}
		const others = names.slice(1).map((other) => prefix + other);
		const and = others.length > 0 ? ` (and so is ${others.join(", ")})` : "";
		if (required) report(`${prefix}${names[0]}`, `is missing${and}`);
		return [];
	};
	return { read, seen };
}

/**
 * What the origin holds is accepted too: it signs links and session tokens itself.
 *
 * @param storage routes of the integration behind the edge: those with a token are called with the outbox secret alone
 */
export function readRings(
	read: SecretReader,
	report: Report<SecretName>,
	enabled: Readonly<Record<"inbox" | "browser" | "outbox", boolean>>,
	storage: readonly CompiledRoute[] | undefined,
): Rings {
	const isServer = storage === undefined;
	const takesTokens = storage?.some(({ route }) => route.evidence.kind === "token") === true;
	const ring = (required: boolean, ...own: readonly AcceptedName[]) => {
		const keys = read(own, required);
		const origins = own.map((name): SecretName => `ORIGIN_${name}`);
		const [origin, ...more] = read(origins, false);
		const isPlain = more.length === 0 && Object.keys(origin?.validity ?? {}).length === 0;
		if (origin && !isPlain) report(origins[0] as SecretName, "is more than one secret: the origin holds one");
		const isKnown = origin === undefined || keys.some(({ secret }) => secret === origin.secret);
		return { ring: createRing(isKnown ? keys : [...keys, origin]), origin };
	};
	const rings = {
		inbox: ring(isServer && enabled.inbox, "JWT_SECRET_INBOX", "JWT_SECRET"),
		browser: ring(isServer && enabled.browser, "JWT_SECRET_BROWSER", "JWT_SECRET_INBOX", "JWT_SECRET"),
		session: ring(isServer && enabled.browser, "JWT_SECRET_SESSION", "JWT_SECRET"),
		outbox: ring(takesTokens && enabled.outbox, "JWT_SECRET_OUTBOX", "JWT_SECRET"),
		link: ring(isServer, "SECURE_LINK_SECRET"),
		status: { ring: createRing(read(["STATUS_SECRET"], false)), origin: undefined },
	};
	const entries = Object.entries(rings);
	return {
		keys: Object.fromEntries(entries.map(([kind, { ring: keys }]) => [kind, keys])) as Rings["keys"],
		originKeys: Object.fromEntries(
			entries.filter(([, { origin }]) => origin).map(([kind, { origin }]) => [kind, origin]),
		),
	};
}
