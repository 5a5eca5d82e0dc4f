/**
 * Secrets that may have signed in place of the right one: the other configured secrets, and the right one as files and
 * shells change it.
 */
import type { Host } from "../../config/host.ts";
import type { Key } from "../../config/secrets/key-ring.ts";
import type { RingKind } from "../../config/secrets/rings.ts";

export interface Guess {
	readonly secret: string;
	/** The explanation if this secret fits. */
	readonly says: string;
}

const RING_NAMES: Readonly<Record<RingKind, string>> = {
	inbox: "the inbox secret",
	browser: "the browser secret",
	session: "the session secret",
	outbox: "the outbox secret",
	link: "the secret of links",
	sha256Link: "the secret of links in SHA-256",
	status: "the status secret",
};

/** The keys of the other rings, and the keys of this ring that have dates. */
export function configuredSecrets(host: Host, ring: RingKind): Guess[] {
	const own = new Set(host.keys[ring].keys.map(({ secret }) => secret));
	const others = Object.entries(host.keys).flatMap(([kind, { keys }]) =>
		keys
			.filter(({ secret }) => kind !== ring && !own.has(secret))
			.map(({ name, secret }) => ({
				secret,
				says: `it is signed with ${RING_NAMES[kind as RingKind]} (${name})`,
			})),
	);
	const dated = host.keys[ring].keys
		.filter(({ validity }) => Object.keys(validity).length > 0)
		.map(({ name, secret }) => ({
			secret,
			says: `it is signed with the key ${name}, which is not valid now`,
		}));
	return [...dated, ...others];
}

export function secretVariants(keys: readonly Key[]): Guess[] {
	const variants = keys.flatMap(({ name, secret }): Guess[] => [
		{ secret: `${secret}\n`, says: `it is signed with ${name} and a line break at its end` },
		{ secret: `${secret}\r\n`, says: `it is signed with ${name} and a line break at its end` },
		{ secret: `${secret} `, says: `it is signed with ${name} and a space at its end` },
		{ secret: ` ${secret}`, says: `it is signed with ${name} and a space before it` },
		{ secret: secret.trim(), says: `it is signed with ${name} without the white space around it` },
		{ secret: `"${secret}"`, says: `it is signed with ${name} in quotes` },
		{
			secret: secret.replace(/^["']|["']$/g, ""),
			says: `it is signed with ${name} without the quotes around it`,
		},
		{
			secret: Buffer.from(secret, "base64").toString("utf8"),
			says: `it is signed with ${name} decoded from base64`,
		},
		{
			secret: Buffer.from(secret, "hex").toString("utf8"),
			says: `it is signed with ${name} decoded from hexadecimal`,
		},
		{
			secret: Buffer.from(secret, "utf8").toString("base64"),
			says: `it is signed with ${name} encoded in base64`,
		},
		{
			secret: Buffer.from(secret, "utf8").toString("hex"),
			says: `it is signed with ${name} encoded in hexadecimal`,
		},
		{ secret: secret.toLowerCase(), says: `it is signed with ${name} in lower case` },
		{ secret: secret.toUpperCase(), says: `it is signed with ${name} in upper case` },
	]);
	const right = new Set(keys.map(({ secret }) => secret));
	const useful = variants.filter(({ secret }) => secret !== "" && !right.has(secret));
	return [
		...useful,
		{ secret: "", says: "it is signed with the empty secret, as the samples of public documentation are" },
	];
}
