/**
 * The limits on a request before a credential is accepted. Each bounds the work and the memory that a stranger's
 * request can cost; each refusal has a reason of its own.
 */
import type { createVariableReader } from "./variable-reader.ts";

export interface Limits {
	/** A body that is read for its token, as sent and as inflated. `body_too_large` */
	readonly bodyBytes: number;
	/** One token. A refused token costs an HMAC over it for each key of the ring. `token_too_long` */
	readonly tokenBytes: number;
	/** Packets in one polling request of the editor's socket. `socket_packets` */
	readonly pollingPackets: number;
	/** CONNECT and `auth` packets among them: each costs a verification. `socket_packets` */
	readonly pollingCredentials: number;
	/**
	 * A packet that is read for its token, all of them in one polling request, and any frame before a token is
	 * accepted, of which there may be twice as much. `socket_packet_size`
	 */
	readonly packetBytes: number;
	/** Frames of a WebSocket before a token is accepted. `socket_packets` */
	readonly framesBeforeConnect: number;
}

const KIB = 1024;
const MIB = 1024 * KIB;

/** Commands and conversions have a few KiB, the editor's token up to 200 KiB, which it sends twice. */
const DEFAULTS: Limits = {
	bodyBytes: MIB,
	tokenBytes: 256 * KIB,
	pollingPackets: 1000,
	pollingCredentials: 16,
	packetBytes: MIB,
	framesBeforeConnect: 16,
};

/** The most that an isolate of 128 MiB can hold for several requests at once. */
export const MOST_BODY_BYTES = 8 * MIB;
/** A polling body is bounded by this alone: an editor that is let in sends pictures through it. */
export const POLLING_BODY_BYTES = MOST_BODY_BYTES;

export function readLimits({ whole }: Pick<ReturnType<typeof createVariableReader>, "whole">): Limits {
	return {
		bodyBytes: whole("MAX_BODY_BYTES", DEFAULTS.bodyBytes, KIB, MOST_BODY_BYTES),
		tokenBytes: whole("MAX_TOKEN_BYTES", DEFAULTS.tokenBytes, KIB, MIB),
		pollingPackets: whole("MAX_POLLING_PACKETS", DEFAULTS.pollingPackets, 1, 100_000),
		pollingCredentials: whole("MAX_POLLING_CREDENTIALS", DEFAULTS.pollingCredentials, 1, 100),
		packetBytes: whole("MAX_SOCKET_PACKET_BYTES", DEFAULTS.packetBytes, KIB, MOST_BODY_BYTES),
		framesBeforeConnect: whole("MAX_FRAMES_BEFORE_CONNECT", DEFAULTS.framesBeforeConnect, 2, 1000),
	};
}
