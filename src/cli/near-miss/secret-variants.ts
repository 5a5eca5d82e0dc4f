/**
 * Secrets that may have signed in place of the right one: the other configured secrets, and the right one as files and
 * shells change it.
 */
import type { Host } from "../../config/host.ts";
import type { Key } from "../../config/secrets/key-ring.ts";
import type { RingKind } from "../../config/secrets/rings.ts";

export interface Guess {
	/** A secret that was decoded may be any bytes. */
	readonly secret: string | Uint8Array;
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
			secret: Buffer.from(secret, "base64"),
			says: `it is signed with ${name} decoded from base64`,
		},
		{
			secret: Buffer.from(secret, "hex"),
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
	const useful = variants.filter(
		({ secret }) => secret.length > 0 && !(typeof secret === "string" && right.has(secret)),
	);
	return [
		...useful,
		{ secret: "", says: "it is signed with the empty secret, as the samples of public documentation are" },
	];
}

/** Bindings and settings of the server that hold the secrets of a ring. */
const WHERE: Readonly<Record<RingKind, readonly [binding: string, setting: string]>> = {
	inbox: ["JWT_SECRET_INBOX or JWT_SECRET", "services.CoAuthoring.secret.inbox.string in local.json"],
	browser: ["JWT_SECRET_BROWSER or JWT_SECRET", "services.CoAuthoring.secret.browser.string in local.json"],
	session: ["JWT_SECRET_SESSION or JWT_SECRET", "services.CoAuthoring.secret.session.string in local.json"],
	outbox: ["JWT_SECRET_OUTBOX or JWT_SECRET", "services.CoAuthoring.secret.outbox.string in local.json"],
	link: ["SECURE_LINK_SECRET", "storage.fs.secretString in local.json and $secure_link_secret in ds.conf"],
	sha256Link: ["SECURE_LINK_SHA256", "the secret of your integration"],
	status: ["STATUS_SECRET", "the secret of the edge"],
};

/** The most common case of all: another secret. Says what was tried, and what to compare. */
export function noneSigned(host: Host, ring: RingKind, tried: number): string {
	const secrets = new Set(Object.values(host.keys).flatMap(({ keys }) => keys.map(({ secret }) => secret)))
		.size;
	const [binding, setting] = WHERE[ring];
	return `none of the ${secrets} secrets on this machine signed it, in ${tried} spellings: compare ${binding} with ${setting}, or try another with --secret -`;
}

/** @param secret given by `--secret` */
export const givenSecret = (secret: string): Guess[] => [
	{ secret, says: "the secret that you gave signed it: set it at the edge, or correct the signer" },
	{ secret: secret.trim(), says: "the secret that you gave signed it, without the white space around it" },
	{
		secret: Buffer.from(secret.trim(), "base64"),
		says: "the secret that you gave signed it, decoded from base64",
	},
	{
		secret: Buffer.from(secret.trim(), "hex"),
		says: "the secret that you gave signed it, decoded from hexadecimal",
	},
];
