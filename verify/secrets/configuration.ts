/**
 * The bindings of the edges that are searched: a canary in every secret, in every variable that is set wrongly, and hosts
 * that bring about every reason.
 */
import { SECRET_NAMES, type SecretName, VARIABLE_NAMES } from "../../src/config/bindings.ts";
import { makeProofKey, type ProofKeyPair } from "../../test/node/support/wopi-signer.ts";
import type { Canaries } from "./canaries.ts";

export interface Secrets {
	/** By the name of the binding: the secret that accepts, the first of its ring. */
	readonly values: Readonly<Record<SecretName, string>>;
	/** The bindings with all of them. Rings have a second key with an odd secret. */
	readonly bindings: Readonly<Record<string, string>>;
	readonly proofKey: ProofKeyPair;
}

/** The origin holds one secret of each kind. */
const isRing = (name: SecretName) => !/^ORIGIN_/.test(name);

export function makeSecrets(canaries: Canaries): Secrets {
	const values = Object.fromEntries(SECRET_NAMES.map((name) => [name, canaries.make("secret", name)]));
	const bindings = SECRET_NAMES.map((name) => {
		const value = values[name];
		const ring = { first: value, odd: { secret: canaries.makeOdd(`${name}, odd`), notAfter: "2099-01-01" } };
		return [name, isRing(name) ? JSON.stringify(ring) : value];
	});
	return {
		values: values as Secrets["values"],
		bindings: {
			...Object.fromEntries(bindings),
			ACME_JWT_SECRET: canaries.make("secret", "ACME_JWT_SECRET"),
			ACME_SECURE_LINK_SECRET: canaries.make("secret", "ACME_SECURE_LINK_SECRET"),
		},
		proofKey: makeProofKey(),
	};
}

/** The addresses of the servers behind the hosts. */
export interface Origins {
	readonly good: string;
	/** Accepts connections, and never answers. */
	readonly silent: string;
	/** Nothing listens there. */
	readonly dead: string;
	readonly alsoDead: string;
}

type Host = Readonly<Record<string, string>>;

/** The hosts by name, each for its reasons. */
export function hostTable(origins: Origins, secrets: Secrets): Readonly<Record<string, Host>> {
	const { publicKey } = secrets.proofKey;
	return {
		"docs.test": {},
		"acme.test": { SECRETS: "ACME", LOG_CLIENT_IP: "truncated", REASONS: "false" },
		"strict.test": {
			REQUIRE_EXP: "true",
			MAX_TOKEN_AGE_SECONDS: "60",
			MAX_LINK_LIFETIME_SECONDS: "60",
			ALLOWED_URL_HOSTS: "files.test",
			MAX_BODY_BYTES: "2048",
			MAX_TOKEN_BYTES: "1024",
			MAX_SOCKET_PACKET_BYTES: "1024",
			MAX_POLLING_PACKETS: "3",
			CLIENT_STALL_SECONDS: "1",
			SOCKET_CONNECT_SECONDS: "1",
		},
		"old.test": { DS_VERSION: "7.0.0" },
		"wopi.test": { WOPI_HOSTS: "wopi.example", WOPI_CONVERT: "token" },
		"files.test": {
			ROLE: "storage",
			CALLBACK_PATHS: "/track",
			DOWNLOAD_PATHS: "/download/*",
			WOPI_PATHS: "/wopi/files/*",
			WOPI_PROOF_KEYS: JSON.stringify({ current: publicKey }),
		},
		"prefix.test": { FORWARDED_PREFIX: "/ds" },
		"public.test": { EXPOSURE: "public" },
		"shadow.test": { MODE: "shadow" },
		"off.test": { JWT_ENABLED: "false", SOCKET_GUARD: "false" },
		"silent.test": { ORIGIN: origins.silent, ORIGIN_TIMEOUT_SECONDS: "1", ORIGIN_FILE_TIMEOUT_SECONDS: "1" },
		"dead.test": { ORIGIN: origins.dead },
		"down.test": { ORIGIN: origins.alsoDead },
		"empty.test": { SECRETS: "NOBODY" },
	};
}

/** One host for each variable, with a canary in the place of its value: somebody has pasted a secret into the wrong line. */
export function misplacedHosts(canaries: Canaries): Readonly<Record<string, Host>> {
	const entries = VARIABLE_NAMES.map((name, at): [string, Host] => [
		`wrong-${at}.test`,
		{ [name]: canaries.make("secret", `pasted into ${name}`) },
	]);
	return Object.fromEntries([
		...entries,
		[
			"wrong-origin.test",
			{ ORIGIN: `https://user:${canaries.make("secret", "in the URL of ORIGIN")}@origin.test` },
		],
		["wrong-secret.test", { JWT_SECRET: canaries.make("secret", "pasted into HOSTS") }],
		["wrong-prefix.test", { SECRETS: canaries.make("secret", "pasted into SECRETS") }],
	]);
}
