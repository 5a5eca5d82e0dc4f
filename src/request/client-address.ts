/**
 * The client's address, as Cloudflare tells it. Cloudflare overwrites the header, so no client can choose its address.
 */
import { isIPv4, isIPv6 } from "node:net";

/** @returns "" if the platform told no address, as in a local run */
export const clientAddress = (headers: Headers): string => headers.get("CF-Connecting-IP") ?? "";

/**
 * Writes each address in one way: IPv6 as the URL parser does (WHATWG URL §3.5), an IPv4 address in IPv6 form as IPv4.
 *
 * @returns `undefined` for a text that is no address
 */
export function normalAddress(address: string): string | undefined {
	if (isIPv4(address)) return address;
	if (!isIPv6(address)) return undefined;
	const written = URL.parse(`http://[${address}]/`)?.hostname.slice(1, -1);
	const [, high, low] = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/.exec(written ?? "") ?? [];
	if (high === undefined || low === undefined) return written;
	const bits = Number.parseInt(high, 16) * 65_536 + Number.parseInt(low, 16);
	return [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join(".");
}

/**
 * The part of an address that one client holds: all of an IPv4 address, the first 64 bits of an IPv6 address. A provider
 * gives each customer at least a /64 (RFC 6177), so a client could use a new IPv6 address for each request.
 */
export function clientNetwork(address: string): string {
	const normal = normalAddress(address) ?? address;
	return isIPv6(normal) ? networkOfIpv6(normal, 64) : normal;
}

/**
 * The part of an address that the log may keep: the /24 of an IPv4 address, the /48 of an IPv6 address. It names a
 * provider's area or a site, and not one person.
 *
 * @returns `undefined` for a text that is no address
 */
export function truncatedAddress(address: string): string | undefined {
	const normal = normalAddress(address);
	if (normal === undefined) return undefined;
	return isIPv6(normal) ? networkOfIpv6(normal, 48) : normal.replace(/\d+$/, "0/24");
}

/** @param address as `normalAddress` writes it */
function networkOfIpv6(address: string, bits: 48 | 64): string {
	const [head = "", tail] = address.split("::");
	const first = head === "" ? [] : head.split(":");
	const last = tail ? tail.split(":") : [];
	const zeros = Array<string>(GROUPS - first.length - last.length).fill("0");
	const groups = tail === undefined ? first : [...first, ...zeros, ...last];
	return `${groups.slice(0, bits / GROUP_BITS).join(":")}::/${bits}`;
}

/** The client that the rate limits count. */
export const clientOf = (headers: Headers): string => clientNetwork(clientAddress(headers));

/** An IPv6 address has eight groups of 16 bits. */
const GROUPS = 8;
const GROUP_BITS = 16;
