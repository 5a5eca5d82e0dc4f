/**
 * Generates what a client does on one socket: how it opens it, which packets it sends, and which of them at once.
 */
import fc from "fast-check";
import { weighted } from "./edits.ts";
import { attachments, auths, connects, events, others, type Packet } from "./socket-packets.ts";

export interface SocketSequence {
	readonly transport: "websocket" | "polling" | "upgrade";
	readonly path: string;
	/** The protocol's version in the query. */
	readonly version: string;
	/** Packets of one group are sent at once. The client waits before the next group until the server has read it. */
	readonly groups: readonly (readonly Packet[])[];
	/** With `upgrade`: groups that are sent by polling, before the WebSocket takes over. */
	readonly polled: number;
}

const one = (packets: fc.Arbitrary<Packet>) => packets.map((packet) => [packet]);
const PACKET = fc.oneof(
	{ weight: 4, arbitrary: connects },
	{ weight: 3, arbitrary: auths },
	{ weight: 3, arbitrary: events },
	{ weight: 2, arbitrary: others },
);
const GROUP: fc.Arbitrary<readonly Packet[]> = fc.oneof(
	{ weight: 3, arbitrary: one(connects) },
	{ weight: 4, arbitrary: one(auths) },
	{ weight: 4, arbitrary: one(events) },
	{ weight: 2, arbitrary: one(others) },
	{ weight: 1, arbitrary: attachments },
	{ weight: 2, arbitrary: fc.array(PACKET, { minLength: 2, maxLength: 4, size: "max" }) },
);

export const socketSequences: fc.Arbitrary<SocketSequence> = fc.record({
	transport: weighted<SocketSequence["transport"]>([5, "websocket"], [4, "polling"], [2, "upgrade"]),
	path: weighted([16, "/doc/doc1/c/"], [2, "/7.2.0-204/doc/doc1/c/"], [1, "/doc/!/c/"], [1, "/doc/doc1/"]),
	version: weighted([40, "EIO=4"], [1, "EIO=3"], [1, "EIO="], [1, "x=1"], [1, "EIO=%34"]),
	groups: fc
		.tuple(
			fc.oneof({ weight: 4, arbitrary: one(connects) }, { weight: 1, arbitrary: GROUP }),
			fc.array(GROUP, { maxLength: 4, size: "max" }),
		)
		.map(([first, later]) => [first, ...later]),
	polled: fc.nat(2),
});
