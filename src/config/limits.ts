/**
 * The limits on a request before its credential is accepted. Each bounds the work and the memory that a stranger can
 * cause.
 */
import type { VariableReader } from "./variable-reader.ts";

export interface Limits {
	/** A body that is read for its token, as sent and as inflated. `body_too_large` */
	readonly bodyBytes: number;
	/** One token. A refused token costs an HMAC over it for each key of the ring. `token_too_long` */
	readonly tokenBytes: number;
	/** Packets in one polling request of the editor's socket. `socket_packets` */
	readonly pollingPackets: number;
	/** CONNECT and `auth` messages among them. Each costs a verification. `socket_packets` */
	readonly pollingCredentials: number;
	/**
	 * The longest packet with a token, and the sum of such packets in one polling request. Also the longest frame before
	 * a token is accepted; such frames together may have twice this size. `socket_packet_size`
	 */
	readonly packetBytes: number;
	/** Frames of a WebSocket before a token is accepted. `socket_packets` */
	readonly framesBeforeConnect: number;
}

const KIB = 1024;
const MIB = 1024 * KIB;

/** An isolate of 128 MiB can hold several bodies of this size at once. */
export const MOST_BODY_BYTES = 8 * MIB;
/** The longest polling body. `MAX_BODY_BYTES` does not apply to it, as an admitted editor sends pictures in it. */
export const POLLING_BODY_BYTES = MOST_BODY_BYTES;

/**
 * The defaults leave room for real requests: commands and conversions have a few KiB, the editor's token has up to 200
 * KiB, and the editor sends it twice.
 */
export function readLimits({ whole }: Pick<VariableReader, "whole">): Limits {
	return {
		bodyBytes: whole("MAX_BODY_BYTES", KIB, MOST_BODY_BYTES),
		tokenBytes: whole("MAX_TOKEN_BYTES", KIB, MIB),
		pollingPackets: whole("MAX_POLLING_PACKETS", 1, 100_000),
		pollingCredentials: whole("MAX_POLLING_CREDENTIALS", 1, 100),
		packetBytes: whole("MAX_SOCKET_PACKET_BYTES", KIB, MOST_BODY_BYTES),
		framesBeforeConnect: whole("MAX_FRAMES_BEFORE_CONNECT", 2, 1000),
	};
}
