/**
 * Which differences between the edge and the server count. Protects against a comparison that forgives more than the two
 * ways to refuse.
 */
import { expect, it } from "vitest";
import type { SocketSequence } from "../../../verify/generators/socket-sequences.ts";
import { type Conversation, findDifference } from "../../../verify/socket-differences.ts";

const OPEN = '0{"sid":"(sid)"}';
const CONNECTED = '40{"sid":"(sid)"}';
const REFUSED = '42["message",{"type":"disconnectReason","code":4006}]';
const NOT_AUTHORIZED = '44{"message":"not authorized","data":{}}';
const UNOPENED = 'HTTP 400 {"code":5,"message":"Unsupported protocol version"}';
const EVENT = { kind: "event", args: ["message"] } as const;
const LATER = { kind: "event", args: ["later"] } as const;
const saw = (...packets: readonly string[]): Conversation => ({ packets, handled: [] });
const handled = (conversation: Conversation, ...events: Conversation["handled"]): Conversation => ({
	...conversation,
	handled: events,
});
const sequence = (...groups: SocketSequence["groups"]): SocketSequence => ({
	transport: "polling",
	path: "/doc/doc1/c/",
	version: "EIO=4",
	groups,
	polled: 0,
});
const ONE_BY_ONE = sequence(["40{}"], ["42[]"]);
const AT_ONCE = sequence(["40{}", "42[]"]);
const BY_SERVER = saw(OPEN, CONNECTED, REFUSED, "41", "6", "1");

it.each<[string, SocketSequence, Conversation, Conversation]>([
	["nothing", ONE_BY_ONE, handled(BY_SERVER, EVENT), handled(BY_SERVER, EVENT)],
	["the session goes on after a refusal", ONE_BY_ONE, saw(OPEN, CONNECTED, REFUSED, "41", "ok"), BY_SERVER],
	[
		"later events are handled after a refusal",
		ONE_BY_ONE,
		handled(saw(OPEN, CONNECTED, REFUSED, "41"), EVENT, LATER),
		handled(BY_SERVER, EVENT),
	],
	[
		"a refusal where the server only ends",
		ONE_BY_ONE,
		saw(OPEN, CONNECTED, REFUSED, "41", "closed 1005"),
		saw(OPEN, CONNECTED, "closed 1005"),
	],
	["a refused CONNECT where the server ends", ONE_BY_ONE, saw(OPEN, NOT_AUTHORIZED), saw(OPEN, "6", "1")],
	["another version is refused before it opens", ONE_BY_ONE, saw(UNOPENED), saw("closed 1006")],
	["anything, after packets that were sent at once", AT_ONCE, saw(OPEN), saw(OPEN, CONNECTED)],
])("does not count: %s", (_, asked, edge, server) => {
	expect(findDifference(asked, edge, server)).toBeUndefined();
});

it.each<[string, Conversation, Conversation, string]>([
	["the server ends, and the edge refused nothing", saw(OPEN, "ok"), saw(OPEN, "6"), "other packets"],
	[
		"the edge refuses what the server accepts",
		saw(OPEN, NOT_AUTHORIZED),
		saw(OPEN, CONNECTED),
		"other packets",
	],
	[
		"the edge accepts what the server refuses",
		saw(OPEN, CONNECTED),
		saw(OPEN, NOT_AUTHORIZED),
		"other packets",
	],
	["the edge ends earlier", saw(OPEN, "closed 1005"), saw(OPEN, CONNECTED), "other packets"],
	["the edge says less", saw(OPEN), saw(OPEN, CONNECTED), "other packets"],
	["the edge says more", saw(OPEN, CONNECTED), saw(OPEN), "other packets"],
	["the edge refuses in other words", saw(`${NOT_AUTHORIZED} `), saw(NOT_AUTHORIZED), "other packets"],
	["an event is lost", saw(OPEN), handled(saw(OPEN), EVENT), "other handled"],
	["an event is handled that the server drops", handled(saw(OPEN), EVENT), saw(OPEN), "other handled"],
	[
		"an event is lost before a refusal",
		saw(OPEN, REFUSED, "41", "ok"),
		handled(saw(OPEN, REFUSED, "41", "6"), EVENT),
		"other handled",
	],
	["another version is handled", handled(saw(UNOPENED), EVENT), saw("closed 1006"), "other packets"],
])("counts: %s", (_, edge, server, expected) => {
	expect(findDifference(ONE_BY_ONE, edge, server)).toContain(expected);
});
