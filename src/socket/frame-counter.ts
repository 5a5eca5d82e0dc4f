/**
 * Counts the frames and bytes that a client sends before it is admitted. A stranger may not fill the memory of the edge,
 * and each of his bytes may be hashed with every key of the ring.
 */
import type { Limits } from "../config/limits.ts";
import type { Reason } from "../verdict.ts";
import type { Frame } from "./gate.ts";

/** @returns the reason if the frame exceeds a limit */
export type CountFrame = (frame: Frame) => Reason | undefined;

/** Factor on the limit of frames. A client that continues a session may send many before the server has answered. */
const CONTINUED_FRAMES = 8;

/** @param continues whether the socket continues a polling session */
export function frameCounter({ packetBytes, framesBeforeConnect }: Limits, continues: boolean): CountFrame {
	const framesLimit = continues ? framesBeforeConnect * CONTINUED_FRAMES : framesBeforeConnect;
	let frames = 0;
	let bytes = 0;
	return (frame) => {
		const size = sizeOf(frame);
		bytes += size;
		// Each byte may be hashed with every key of the ring. Twice the limit of a packet leaves room for a refused
		// CONNECT and its retry.
		if (size > packetBytes || bytes > packetBytes * 2) return "socket_packet_size";
		frames++;
		return frames > framesLimit ? "socket_packets" : undefined;
	};
}

const sizeOf = (frame: Frame): number => (typeof frame === "string" ? frame.length : frame.byteLength);
