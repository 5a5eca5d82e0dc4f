/**
 * Lists of client networks: `203.0.113.0/24`, `2001:db8::/32`, or single addresses.
 */
import { BlockList, isIPv6 } from "node:net";
import { normalAddress } from "../../request/client-address.ts";

export interface Networks {
	/** @param address "" for a client whose address is not known: no network holds it */
	readonly include: (address: string) => boolean;
}

interface Network {
	readonly address: string;
	readonly prefix: number;
}

const NETWORK = /^([\da-f:.]+?)(?:\/(0|[1-9]\d{0,2}))?$/i;
/** An IPv4 address in IPv6 form has these bits before it: `::ffff:203.0.113.0/120` is `203.0.113.0/24`. */
const MAPPED_BITS = 96;

function readNetwork(text: string): Network | undefined {
	const [, written = "", digits] = NETWORK.exec(text) ?? [];
	const address = normalAddress(written);
	if (address === undefined) return undefined;
	const bits = bitsOf(address);
	const isMapped = isIPv6(written) && !isIPv6(address);
	const prefix = digits === undefined ? bits : Number(digits) - (isMapped ? MAPPED_BITS : 0);
	return prefix >= 0 && prefix <= bits ? { address, prefix } : undefined;
}

/** Whether the text is an address, or an address with the length of its prefix (CIDR). */
export const isNetwork = (text: unknown): text is string =>
	typeof text === "string" && readNetwork(text) !== undefined;

/** Skips texts that are no networks. */
export function createNetworks(networks: readonly string[]): Networks {
	const list = new BlockList();
	for (const { address, prefix } of networks.map(readNetwork).filter((network) => network !== undefined)) {
		// `addAddress` of workerd compares texts: it would not find another spelling of the same IPv6 address.
		list.addSubnet(address, prefix, familyOf(address));
	}
	return {
		include: (address) => {
			const normal = normalAddress(address);
			return normal !== undefined && list.check(normal, familyOf(normal));
		},
	};
}

const bitsOf = (address: string): number => (isIPv6(address) ? 128 : 32);
const familyOf = (address: string) => (isIPv6(address) ? "ipv6" : "ipv4");
