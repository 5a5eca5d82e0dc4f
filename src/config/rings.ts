/**
 * Which bindings make which key ring, by the server's own fall-backs.
 */
import type { Bindings, SecretName } from "./bindings.ts";
import { createRing, type Key, type KeyRing } from "./key-ring.ts";
import { readSecret } from "./secret.ts";
import type { Report } from "./variables.ts";

/** `services.CoAuthoring.secret.*` of the Document Server. */
export type TokenKind = "inbox" | "browser" | "session" | "outbox";
export type RingKind = TokenKind | "link" | "status";

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

/** What the origin holds is accepted too: it signs links and session tokens itself. */
export function readRings(
	read: SecretReader,
	report: Report<SecretName>,
	enabled: { readonly inbox: boolean; readonly browser: boolean },
): Rings {
	const ring = (own: readonly SecretName[], origins: readonly SecretName[], required: boolean) => {
		const keys = read(own, required);
		const [origin, ...more] = read(origins, false);
		const isPlain = more.length === 0 && Object.keys(origin?.validity ?? {}).length === 0;
		if (origin && !isPlain) report(origins[0] as SecretName, "is more than one secret: the origin holds one");
		const isKnown = origin === undefined || keys.some(({ secret }) => secret === origin.secret);
		return { ring: createRing(isKnown ? keys : [...keys, origin]), origin };
	};
	const rings = {
		inbox: ring(
			["JWT_SECRET_INBOX", "JWT_SECRET"],
			["ORIGIN_JWT_SECRET_INBOX", "ORIGIN_JWT_SECRET"],
			enabled.inbox,
		),
		browser: ring(
			["JWT_SECRET_BROWSER", "JWT_SECRET_INBOX", "JWT_SECRET"],
			["ORIGIN_JWT_SECRET_BROWSER", "ORIGIN_JWT_SECRET_INBOX", "ORIGIN_JWT_SECRET"],
			enabled.browser,
		),
		session: ring(
			["JWT_SECRET_SESSION", "JWT_SECRET"],
			["ORIGIN_JWT_SECRET_SESSION", "ORIGIN_JWT_SECRET"],
			enabled.browser,
		),
		outbox: ring(
			["JWT_SECRET_OUTBOX", "JWT_SECRET"],
			["ORIGIN_JWT_SECRET_OUTBOX", "ORIGIN_JWT_SECRET"],
			false,
		),
		link: ring(["SECURE_LINK_SECRET"], ["ORIGIN_SECURE_LINK_SECRET"], true),
		status: ring(["STATUS_SECRET"], [], false),
	};
	const entries = Object.entries(rings);
	return {
		keys: Object.fromEntries(entries.map(([kind, { ring: keys }]) => [kind, keys])) as Rings["keys"],
		originKeys: Object.fromEntries(
			entries.filter(([, { origin }]) => origin).map(([kind, { origin }]) => [kind, origin]),
		),
	};
}
