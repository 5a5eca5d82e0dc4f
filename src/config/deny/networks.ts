/**
 * Lists of client networks: `203.0.113.0/24`, `2001:db8::/32`, or single addresses.
 */
import { BlockList, isIP, isIPv6 } from "node:net";

export interface Networks {
	/** @param address "" for a client whose address is not known: no network holds it */
	readonly include: (address: string) => boolean;
}

const NETWORK = /^([\da-f:.]+?)(?:\/(0|[1-9]\d{0,2}))?$/i;

/** Whether the text is an address, or an address with the length of its prefix (CIDR). */
export function isNetwork(text: unknown): text is string {
	const [, address = "", prefix = "0"] = NETWORK.exec(String(text)) ?? [];
	return typeof text === "string" && isIP(address) !== 0 && Number(prefix) <= bitsOf(address);
}

/** @param networks each is a network */
export function createNetworks(networks: readonly string[]): Networks {
	const list = new BlockList();
	for (const network of networks) {
		const [, address = "", prefix] = NETWORK.exec(network) ?? [];
		// `addAddress` of workerd compares texts: it would not find another spelling of the same IPv6 address.
		list.addSubnet(address, Number(prefix ?? bitsOf(address)), familyOf(address));
	}
	return { include: (address) => isIP(address) !== 0 && list.check(address, familyOf(address)) };
}

const bitsOf = (address: string): number => (isIPv6(address) ? 128 : 32);
const familyOf = (address: string) => (isIPv6(address) ? "ipv6" : "ipv4");
