/**
 * Verifies the nginx secure link of a cached file: its md5 and its expiry.
 *
 * The verdict is exactly that of nginx for `secure_link $arg_md5,$arg_expires` and
 * `secure_link_md5 "$secure_link_expires$uri$secure_link_secret"`.
 * Source: nginx `ngx_http_secure_link_variable`, step by step.
 */
import type { Key, KeyRing } from "../config/secrets/key-ring.ts";
import { nginxArg } from "../request/nginx-arg.ts";
import { accept, type Refusal, refuse, type Verdict } from "../verdict.ts";
import { md5Base64Url } from "./md5.ts";

/** nginx decodes the md5 into a buffer of 18 bytes, and refuses longer base64. */
const MD5_ARGUMENT_LIMIT = 24;
/** nginx stops reading at `=`, whatever follows. */
const ENCODED_MD5 = /^[\w-]{22}(?:=|$)/;
/**
 * nginx reads only the first two of the six bits of the last character. In these characters the other four are zero.
 */
const LAST_CHARACTERS = "AQgw";
const BASE64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const DIGITS = /^[0-9]+$/;
/** `ngx_atotm` refuses a number that does not fit into a `time_t` of 64 bits. */
const MAX_TIME = 2n ** 63n - 1n;

/** Both arguments are as they were sent, "" if absent. */
export interface SecureLink {
	/** nginx's `$uri`, one character per byte. */
	readonly uri: string;
	readonly md5: string;
	readonly expires: string;
}

/** @param args the query, not decoded */
export const readSecureLink = (uri: string, args: string): SecureLink => ({
	uri,
	md5: nginxArg(args, "md5"),
	expires: nginxArg(args, "expires"),
});

/**
 * @param nowSeconds Unix time in whole seconds; a link is good up to and including the second of its expiry
 * @param maxLifetimeSeconds how far ahead a link may expire; 0: no limit
 */
export function verifySecureLink(
	link: SecureLink,
	keys: KeyRing,
	nowSeconds: number,
	maxLifetimeSeconds = 0,
): Verdict {
	const { md5, expires } = link;
	// nginx evaluates both as one text, `md5,expires`, and splits it at the first comma: the rest would be no number.
	if (md5.includes(",")) return refuse("link_malformed");
	const expiresSeconds = readExpiry(expires);
	if (expiresSeconds === undefined) return refuse(expires === "" ? "link_unsigned" : "link_malformed");

	if (md5.length > MD5_ARGUMENT_LIMIT) return refuse("link_malformed");
	if (!ENCODED_MD5.test(md5)) return refuse(md5 === "" ? "link_unsigned" : "link_malformed");
	const last = LAST_CHARACTERS[BASE64URL.indexOf(md5.charAt(21)) >> 4];
	const claimed = md5.slice(0, 21) + last;
	const matching = keys
		.candidates(nowSeconds)
		.find((key) => isSame(claimed, signSecureLink(link.uri, expires, key)));
	if (matching === undefined) return refuse("link_mismatch");
	keys.remember(matching);
	return checkLifetime(expiresSeconds, nowSeconds, maxLifetimeSeconds) ?? accept(matching.name);
}

/** @returns Unix time in seconds; `undefined` for a text that is no time for `ngx_atotm` */
export function readExpiry(expires: string): number | undefined {
	if (!DIGITS.test(expires)) return undefined;
	const seconds = Number(expires);
	// A `BigInt` of thousands of digits takes long, so only a number near the limit becomes one.
	const isFarTooBig = seconds > Number(MAX_TIME);
	const isTooBig = isFarTooBig || (seconds > Number.MAX_SAFE_INTEGER && BigInt(expires) > MAX_TIME);
	return seconds === 0 || isTooBig ? undefined : seconds;
}

/** @param maxSeconds how far ahead a link may expire; 0: no limit */
export function checkLifetime(
	expiresSeconds: number,
	nowSeconds: number,
	maxSeconds: number,
): Refusal | undefined {
	const lifetimeSeconds = expiresSeconds - nowSeconds;
	if (lifetimeSeconds < 0) return { ...refuse("link_expired"), expiredBySeconds: -lifetimeSeconds };
	return maxSeconds > 0 && lifetimeSeconds > maxSeconds ? refuse("link_lifetime") : undefined;
}

/** @returns the `md5` argument that signs a file until `expires` */
export function signSecureLink(uri: string, expires: string, key: Key): string {
	return md5Base64Url(stringToSign(expires, uri, key));
}

/** Compares in constant time, so that an attacker cannot measure how many characters were right. */
function isSame(claimed: string, right: string): boolean {
	let difference = claimed.length ^ right.length;
	for (let at = 0; at < right.length; at++) difference |= claimed.charCodeAt(at) ^ right.charCodeAt(at);
	return difference === 0;
}

/** `secure_link_md5`: the expiry as text, the bytes of the uri, the secret. */
function stringToSign(expires: string, uri: string, { bytes: secret }: Key): Uint8Array {
	const text = expires + uri;
	const bytes = new Uint8Array(text.length + secret.length);
	for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
	bytes.set(secret, text.length);
	return bytes;
}
