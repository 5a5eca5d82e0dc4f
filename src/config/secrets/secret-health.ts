/**
 * Warns of weak, expired and reused secrets. Never tells a value.
 */
import { isValid, type Key } from "./key-ring.ts";

export interface Warning {
	readonly binding: string;
	readonly key: string;
	readonly warning: string;
}

/** RFC 7518 §3.2 requires 32 bytes for HS256. A secret of less than half of that can be guessed. */
const SHORT_BYTES = 16;
/** Secrets of documentation, images and examples. An attacker tries them first. */
const SAMPLES = new Set([
	"secret",
	"verysecretstring",
	"my_jwt_secret",
	"your_jwt_secret",
	"your-secret-key",
	"jwt_secret",
	"changeme",
	"password",
	"onlyoffice",
	"documentserver",
	"inboxsecret",
	"outboxsecret",
	"sessionsecret",
	"demo-token-secret-for-this-machine-only",
	"demo-link-secret-for-this-machine-only",
]);

/** @param keys by the name of their binding */
export function checkSecretHealth(
	keys: ReadonlyMap<string, readonly Key[]>,
	linkBinding: string,
	nowSeconds: number,
): Warning[] {
	const linkSecrets = new Set(keys.get(linkBinding)?.map(({ secret }) => secret));
	return [...keys].flatMap(([binding, ring]) =>
		ring.flatMap((key) => {
			const warnings = warningsOf(key, nowSeconds);
			if (binding !== linkBinding && linkSecrets.has(key.secret)) warnings.push("is the link secret too");
			return warnings.map((warning) => ({ binding, key: key.name, warning }));
		}),
	);
}

/** The keys whose secret stands in documentation, images or examples. */
export const findSamples = (keys: ReadonlyMap<string, readonly Key[]>): { binding: string; key: string }[] =>
	[...keys].flatMap(([binding, ring]) =>
		ring.filter(({ secret }) => isSample(secret)).map(({ name }) => ({ binding, key: name })),
	);

const isSample = (secret: string): boolean => SAMPLES.has(secret.toLowerCase());

function warningsOf({ secret, validity }: Key, nowSeconds: number): string[] {
	const warnings: string[] = [];
	if (isSample(secret)) warnings.push("is a known sample");
	if (new TextEncoder().encode(secret).length < SHORT_BYTES)
		warnings.push(`is shorter than ${SHORT_BYTES} bytes`);
	if (secret.trim() !== secret) warnings.push("begins or ends with white space");
	if (!isValid({ ...validity, notBefore: -Infinity }, nowSeconds)) warnings.push("has expired");
	return warnings;
}
