/**
 * Verifies and makes the links that an operator's own integration signs with HMAC-SHA-256 (`SECURE_LINK_SHA256`).
 *
 * nginx signs with MD5 over the expiry, the path and the secret. MD5 has collisions, and nothing in that text says for
 * which host or method the link is. These links cover the host, the path, the expiry, the method and, if wanted, the
 * client's network. The server does not know them: `check-link.ts` translates a good one into the server's own form.
 */
import { createNetworks, isNetwork } from "../config/deny/networks.ts";
import type { Key, KeyRing } from "../config/secrets/key-ring.ts";
import { bytesOf, decodeBase64Url, toBase64Url } from "../encoding/base64.ts";
import { decodeComponent } from "../encoding/percent.ts";
import { nginxArg } from "../request/nginx-arg.ts";
import { accept, refuse, type Verdict } from "../verdict.ts";
import { checkLifetime, readExpiry } from "./secure-link.ts";

/** The arguments that belong to a signature. They do not go to the server. */
export const LINK_ARGUMENTS = ["md5", "sha256", "expires", "network"];
/** 32 bytes in base64url, without padding. The last character has two spare bits, which must be zero. */
const SIGNATURE = /^[\w-]{42}[AEIMQUYcgkosw048]$/;

/** What the signature covers. */
export interface Sha256Link {
	/** Host of the URL, with its port if it is not the scheme's own, in lower case. */
	readonly host: string;
	/** nginx's `$uri`, one character per byte: decoded, without a virtual path and without a version prefix. */
	readonly uri: string;
	/** Unix time in seconds, as it stands in the link. */
	readonly expires: string;
	/** The client's network, `203.0.113.0/24`; "" for any client. */
	readonly network: string;
}

/** @returns the link and its signature; `undefined` if the query has no `sha256`, or an `md5`: then nginx's link counts */
export function readSha256Link(
	query: string,
	host: string,
	uri: string,
): { readonly link: Sha256Link; readonly signature: string } | undefined {
	const signature = nginxArg(query, "sha256");
	if (signature === "" || nginxArg(query, "md5") !== "") return undefined;
	const network = nginxArg(query, "network");
	const link = {
		host,
		uri,
		expires: nginxArg(query, "expires"),
		network: decodeComponent(network) ?? network,
	};
	return { link, signature };
}

/**
 * @param method of the request; a link for GET is also good for HEAD
 * @param address of the client, "" if it is not known
 * @param maxLifetimeSeconds how far ahead a link may expire; 0: no limit
 */
export async function verifySha256Link(
	link: Sha256Link,
	signature: string,
	keys: KeyRing,
	{ method, address }: { readonly method: string; readonly address: string },
	nowSeconds: number,
	maxLifetimeSeconds: number,
): Promise<Verdict> {
	const expiresSeconds = readExpiry(link.expires);
	const isNetworkOrNone = link.network === "" || isNetwork(link.network);
	if (expiresSeconds === undefined || !SIGNATURE.test(signature) || !isNetworkOrNone)
		return refuse(link.expires === "" ? "link_unsigned" : "link_malformed");
	const claimed = bytesOf(decodeBase64Url(signature) ?? "");
	const signed = textToSign(link, method === "HEAD" ? "GET" : method);
	for (const key of keys.candidates(nowSeconds)) {
		if (!(await crypto.subtle.verify("HMAC", await key.hmac("SHA-256"), claimed, signed))) continue;
		keys.remember(key);
		const refusal = checkLifetime(expiresSeconds, nowSeconds, maxLifetimeSeconds);
		if (refusal) return refusal;
		const isItsClient = link.network === "" || createNetworks([link.network]).include(address);
		return isItsClient ? accept(key.name) : refuse("link_network");
	}
	return refuse("link_mismatch");
}

/** @returns the `sha256` argument of a link for GET and HEAD */
export async function signSha256Link(link: Sha256Link, key: Key): Promise<string> {
	const signature = await crypto.subtle.sign("HMAC", await key.hmac("SHA-256"), textToSign(link, "GET"));
	return toBase64Url(new Uint8Array(signature));
}

/**
 * Five lines: method, host, expiry, network, path. The path comes last, because only a path can hold a line feed: no
 * other path gives the same text.
 */
function textToSign({ host, uri, expires, network }: Sha256Link, method: string): Uint8Array<ArrayBuffer> {
	return bytesOf([method, host, expires, network, uri].join("\n"));
}
