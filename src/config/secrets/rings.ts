/**
 * Makes the key rings of the secret bindings, with the server's own fallbacks.
 */
import type { ListedRoute } from "../../routes/listed-path.ts";
import type { TokenSecret } from "../../routes/route.ts";
import type { AcceptedSecretName, Bindings, SecretName } from "../bindings.ts";
import type { Report } from "../variable-reader.ts";
import { createRing, type Key, type KeyRing } from "./key-ring.ts";
import { readSecret } from "./secret.ts";

export type RingKind = TokenSecret | "link" | "sha256Link" | "status";

export interface Rings {
	readonly keys: Readonly<Record<RingKind, KeyRing>>;
	/** The keys that the origin holds, if they may differ. A credential of another key is re-signed. */
	readonly originKeys: Readonly<Partial<Record<RingKind, Key>>>;
}

export type SecretReader = (names: readonly SecretName[], required: boolean) => readonly Key[];

/** The first binding that is set counts, even if its value is invalid. */
export function createSecretReader(bindings: Bindings, prefix: string, report: Report<string>) {
	const seen = new Map<string, readonly Key[]>();
	const read: SecretReader = (names, required) => {
		const set = names.map((name) => prefix + name).find((name) => bindings[name] !== undefined);
		if (set !== undefined) {
			// Several rings may share one binding. Its keys are made once, so its problems are reported once.
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
 * The keys of the origin are accepted too: the server signs links and session tokens itself.
 *
 * @param integration the routes of an integration, which need the outbox secret; `undefined` for a Document Server
 */
export function readRings(
	read: SecretReader,
	report: Report<SecretName>,
	enabled: Readonly<Record<"inbox" | "browser" | "outbox", boolean>>,
	integration: readonly ListedRoute[] | undefined,
): Rings {
	const isServer = integration === undefined;
	const takesTokens = integration?.some(({ route }) => route.requires.kind === "token") === true;
	const ring = (required: boolean, ...own: readonly AcceptedSecretName[]) => {
		const keys = read(own, required);
		const originNames = own.map((name): SecretName => `ORIGIN_${name}`);
		const [originKey, ...more] = read(originNames, false);
		const isOneUndated = more.length === 0 && Object.keys(originKey?.validity ?? {}).length === 0;
		if (originKey && !isOneUndated)
			report(originNames[0] as SecretName, "is more than one secret: the origin holds one");
		const isKnown = originKey === undefined || keys.some(({ secret }) => secret === originKey.secret);
		return { ring: createRing(isKnown ? keys : [...keys, originKey]), originKey };
	};
	const rings = {
		inbox: ring(isServer && enabled.inbox, "JWT_SECRET_INBOX", "JWT_SECRET"),
		browser: ring(isServer && enabled.browser, "JWT_SECRET_BROWSER", "JWT_SECRET_INBOX", "JWT_SECRET"),
		session: ring(isServer && enabled.browser, "JWT_SECRET_SESSION", "JWT_SECRET"),
		outbox: ring(takesTokens && enabled.outbox, "JWT_SECRET_OUTBOX", "JWT_SECRET"),
		link: ring(isServer, "SECURE_LINK_SECRET"),
		sha256Link: { ring: createRing(read(["SECURE_LINK_SHA256"], false)), originKey: undefined },
		status: { ring: createRing(read(["STATUS_SECRET"], false)), originKey: undefined },
	};
	// A link in SHA-256 is translated into the form of the server, with the one secret that the server holds.
	const isOriginKeyKnown = rings.link.originKey !== undefined || rings.link.ring.keys.length < 2;
	if (rings.sha256Link.ring.keys.length > 0 && !isOriginKeyKnown)
		report(
			"ORIGIN_SECURE_LINK_SECRET",
			"is missing: SECURE_LINK_SHA256 needs it if SECURE_LINK_SECRET has several keys",
		);
	const entries = Object.entries(rings);
	return {
		keys: Object.fromEntries(entries.map(([kind, { ring: keys }]) => [kind, keys])) as Rings["keys"],
		originKeys: Object.fromEntries(
			entries.filter(([, { originKey }]) => originKey).map(([kind, { originKey }]) => [kind, originKey]),
		),
	};
}
