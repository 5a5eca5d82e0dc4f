/**
 * `docs-edge sign`: signs a link or a token that the edge and the server behind it accept.
 */
import { SignJWT } from "jose";
import type { Host } from "../config/host.ts";
import type { Key } from "../config/secrets/key-ring.ts";
import type { RingKind } from "../config/secrets/rings.ts";
import { signSecureLink } from "../link/secure-link.ts";
import { nginxUri } from "../request/nginx-uri.ts";

/**
 * @param name the name of the key; without it the ring's first key is taken
 * @throws if the ring has no such key
 */
export function pickKey(host: Host, ring: RingKind, name: string | undefined): Key {
	const { keys } = host.keys[ring];
	const key = name === undefined ? keys[0] : keys.find((one) => one.name === name);
	if (key) return key;
	throw new Error(
		name === undefined
			? `no ${ring} secret is set: set it in .dev.vars or in the environment`
			: `the ${ring} ring has no key of that name: it has ${keys.map((one) => one.name).join(", ") || "none"}`,
	);
}

/**
 * @param path the file's path, percent-encoded
 * @returns path and query
 */
export function signLink(path: string, expiresSeconds: number, key: Key, filename?: string): string {
	const uri = nginxUri(path);
	if (uri === undefined) throw new Error("nginx would answer 400 to that path: give it percent-encoded");
	const md5 = signSecureLink(uri, String(expiresSeconds), key);
	const suffix = filename === undefined ? "" : `&filename=${encodeURIComponent(filename)}`;
	return `${path}?md5=${md5}&expires=${expiresSeconds}${suffix}`;
}

export interface TokenOptions {
	readonly algorithm: "HS256" | "HS384" | "HS512";
	/** Whether the claims go under `payload`, as in a header token. */
	readonly wrapped: boolean;
	/** Unix time in seconds; without it the token does not expire. */
	readonly expiresSeconds?: number;
}

export async function signToken(claims: object, key: Key, options: TokenOptions): Promise<string> {
	const jwt = new SignJWT(options.wrapped ? { payload: claims } : { ...claims }).setProtectedHeader({
		alg: options.algorithm,
		typ: "JWT",
	});
	if (options.expiresSeconds !== undefined) jwt.setExpirationTime(options.expiresSeconds);
	return jwt.sign(new TextEncoder().encode(key.secret));
}
