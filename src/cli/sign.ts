/**
 * `docs-edge sign`: signs a link or a token that the edge and the server behind it accept.
 */
import { SignJWT } from "jose";
import type { SecretName } from "../config/bindings.ts";
import { isNetwork } from "../config/deny/networks.ts";
import type { Host } from "../config/host.ts";
import type { Key } from "../config/secrets/key-ring.ts";
import type { RingKind } from "../config/secrets/rings.ts";
import { signSecureLink } from "../link/secure-link.ts";
import { signSha256Link } from "../link/sha256-link.ts";
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
			? `no ${ring} secret is set: set ${BINDING_OF_RING[ring]} in .dev.vars or in the environment`
			: `the ${ring} ring has no key of that name: it has ${keys.map((one) => one.name).join(", ") || "none"}`,
	);
}

const BINDING_OF_RING: Readonly<Record<RingKind, SecretName>> = {
	inbox: "JWT_SECRET",
	browser: "JWT_SECRET",
	session: "JWT_SECRET",
	outbox: "JWT_SECRET",
	link: "SECURE_LINK_SECRET",
	sha256Link: "SECURE_LINK_SHA256",
	status: "STATUS_SECRET",
};

/**
 * @param path the file's path, percent-encoded
 * @returns path and query
 */
export function signLink(path: string, expiresSeconds: number, key: Key, filename?: string): string {
	const uri = nginxUri(path);
	if (uri === undefined) throw new Error(BAD_PATH);
	const md5 = signSecureLink(uri, String(expiresSeconds), key);
	const suffix = filename === undefined ? "" : `&filename=${encodeURIComponent(filename)}`;
	return `${path}?md5=${md5}&expires=${expiresSeconds}${suffix}`;
}

export interface Sha256LinkOptions {
	/** Host of the edge, if the link is given as a path. */
	readonly host?: string | undefined;
	/** The client's network; without it any client may open the link. */
	readonly network?: string | undefined;
	readonly filename?: string | undefined;
}

/**
 * Signs a link with `SECURE_LINK_SHA256`. The edge alone understands it.
 *
 * @param link the file's URL, or its path, percent-encoded
 * @returns the same with its query
 * @throws without a host, for a path that nginx refuses, and for a network that is none
 */
export async function signOwnLink(
	link: string,
	expiresSeconds: number,
	key: Key,
	{ host, network = "", filename }: Sha256LinkOptions,
): Promise<string> {
	const isUrl = /^https?:\/\//i.test(link);
	const url = URL.parse(isUrl ? link : `https://${host ?? ""}${link}`);
	if (url === null || (!isUrl && !host)) throw new Error("give the URL of the file, or its path and --host");
	if (url.search !== "" || url.hash !== "") throw new Error("give the URL without query and fragment");
	if (network !== "" && !isNetwork(network)) throw new Error("the network is not like 203.0.113.0/24");
	const uri = nginxUri(url.pathname);
	if (uri === undefined) throw new Error(BAD_PATH);
	const expires = String(expiresSeconds);
	const sha256 = await signSha256Link({ host: url.host, uri, expires, network }, key);
	const query = [`sha256=${sha256}`, `expires=${expires}`];
	if (network !== "") query.push(`network=${network}`);
	if (filename !== undefined) query.push(`filename=${encodeURIComponent(filename)}`);
	return `${isUrl ? url.origin : ""}${url.pathname}?${query.join("&")}`;
}

const BAD_PATH = "nginx would answer 400 to that path: give it percent-encoded";

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

const STATUS_LIFETIME_SECONDS = 60;

/** @param key the edge's `STATUS_SECRET`. @returns a token that may read `/.edge/status` and `/.edge/ready` */
export const signStatusToken = (key: Key, nowSeconds: number): Promise<string> =>
	signToken({}, key, {
		algorithm: "HS256",
		wrapped: false,
		expiresSeconds: nowSeconds + STATUS_LIFETIME_SECONDS,
	});
