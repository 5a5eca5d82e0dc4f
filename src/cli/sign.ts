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

/** A file on the Document Server. */
export interface FileAddress {
	/** `https://docs.example.com`; "" if only the path is known. */
	readonly site: string;
	/** Percent-encoded, as it stands in a link. */
	readonly path: string;
}

/**
 * Reads the URL or the path of a file, and encodes what a URL cannot hold: spaces, other letters, a `%` that begins no
 * escape.
 *
 * @throws for a text that cannot be a path, and for a query or fragment
 */
export function readFileAddress(file: string): FileAddress {
	const isUrl = /^https?:\/\//i.test(file);
	const encoded = file.trim().replace(/%(?![\da-f]{2})/gi, "%25");
	const url = isUrl || encoded.startsWith("/") ? URL.parse(encoded, "https://edge.invalid") : null;
	if (url === null || (!isUrl && url.hostname !== "edge.invalid"))
		throw new Error("give the URL of the file, or its path, which begins with a slash");
	if (/[?#]/.test(encoded))
		throw new Error("give the file without query and fragment: ? is %3F in a path, # is %23");
	if (nginxUri(url.pathname) === undefined) throw new Error("nginx would answer 400 to that path");
	return { site: isUrl ? url.origin : "", path: url.pathname };
}

/** @returns the query of a link in the server's own form */
export function linkQuery(path: string, expiresSeconds: number, key: Key, filename?: string): string {
	const md5 = signSecureLink(nginxUri(path) ?? "", String(expiresSeconds), key);
	return `md5=${md5}&expires=${expiresSeconds}${filenameArgument(filename)}`;
}

/** @returns path and query of a link in the server's own form */
export const signLink = (path: string, expiresSeconds: number, key: Key, filename?: string): string =>
	`${path}?${linkQuery(path, expiresSeconds, key, filename)}`;

export interface Sha256LinkOptions {
	/** The client's network; without it any client may open the link. */
	readonly network?: string | undefined;
	readonly filename?: string | undefined;
}

/**
 * @param site the edge's URL or host
 * @param key of `SECURE_LINK_SHA256`: the edge alone understands such a link
 * @throws without a host, and for a network that is none
 */
export async function ownLinkQuery(
	site: string,
	path: string,
	expiresSeconds: number,
	key: Key,
	{ network = "", filename }: Sha256LinkOptions,
): Promise<string> {
	const host = URL.parse(/^https?:/i.test(site) ? site : `https://${site}`)?.host;
	if (!host) throw new Error("give the URL of the file, or its path and --host");
	if (network !== "" && !isNetwork(network)) throw new Error("the network is not like 203.0.113.0/24");
	const expires = String(expiresSeconds);
	const sha256 = await signSha256Link({ host, uri: nginxUri(path) ?? "", expires, network }, key);
	const forNetwork = network === "" ? "" : `&network=${network}`;
	return `sha256=${sha256}&expires=${expires}${forNetwork}${filenameArgument(filename)}`;
}

const filenameArgument = (filename: string | undefined): string =>
	filename === undefined ? "" : `&filename=${encodeURIComponent(filename)}`;

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
