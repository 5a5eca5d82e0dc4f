/**
 * The client's address in one spelling, and the part of it that counts. Protects against a client that has several
 * addresses for the limits, and against two clients that share one.
 */
import { describe, expect, it } from "vitest";
import {
	clientAddress,
	clientNetwork,
	normalAddress,
	truncatedAddress,
} from "../../../src/request/client-address.ts";

it.each([
	["203.0.113.9", "203.0.113.9"],
	["::ffff:203.0.113.9", "203.0.113.9"],
	["::FFFF:cb00:7109", "203.0.113.9"],
	["2001:DB8:0:0:0:0:0:1", "2001:db8::1"],
	["1::ffff:102:304", "1::ffff:102:304"],
	["::ffff:1:2:3", "::ffff:1:2:3"],
	["203.0.113", undefined],
	["::1]/x", undefined],
	["fe80::1%eth0", undefined],
	["", undefined],
])("%j is written %j", (address, normal) => expect(normalAddress(address)).toBe(normal));

describe("one client, and its area in the log", () => {
	it.each([
		["203.0.113.129", "203.0.113.129", "203.0.113.0/24"],
		["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", "2001:db8:1::/48"],
		["2001:db8::1", "2001:db8:0:0::/64", "2001:db8:0::/48"],
		["1::4:5:6:7:8", "1:0:0:4::/64", "1:0:0::/48"],
		["1:2:3:4::", "1:2:3:4::/64", "1:2:3::/48"],
		["::1", "0:0:0:0::/64", "0:0:0::/48"],
		["nobody", "nobody", undefined],
	])("%s: %s, %s", (address, network, truncated) => {
		expect([clientNetwork(address), truncatedAddress(address)]).toEqual([network, truncated]);
	});
	it("without the platform's header there is no address", () => {
		expect(clientAddress(new Headers())).toBe("");
	});
});
