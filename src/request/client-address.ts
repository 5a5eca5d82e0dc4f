/**
 * The client's address, as Cloudflare tells it. Cloudflare overwrites the header, so no client can choose its address.
 */
import { isIPv6 } from "node:net";

/** @returns "" if the platform told no address, as in a local run */
export const clientAddress = (headers: Headers): string => headers.get("CF-Connecting-IP") ?? "";

/**
 * The part of an address that one client holds: all of an IPv4 address, the first 64 bits of an IPv6 address. A provider
 * gives each customer at least a /64 (RFC 6177), so a client could use a new IPv6 address for each request.
 */
export function clientNetwork(address: string): string {
	if (!isIPv6(address)) return address;
	// The URL parser writes each address in one way (WHATWG URL §3.5), with at most one `::`.
	const written = URL.parse(`http://[${address}]/`)?.hostname.slice(1, -1) ?? address;
	const [head = "", tail] = written.split("::");
	const first = head === "" ? [] : head.split(":");
	const last = tail ? tail.split(":") : [];
	const zeros = Array<string>(GROUPS - first.length - last.length).fill("0");
	const groups = tail === undefined ? first : [...first, ...zeros, ...last];
	// An IPv4 address in IPv6 form. Its first 64 bits are those of all IPv4 addresses.
	if (groups.slice(0, 6).join(":") === "0:0:0:0:0:ffff") return written;
	return `${groups.slice(0, GROUPS / 2).join(":")}::/64`;
}

/** An IPv6 address has eight groups of 16 bits. */
const GROUPS = 8;
