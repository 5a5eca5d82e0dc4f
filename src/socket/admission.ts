/**
 * Limits how long a WebSocket stays open before its client is admitted, as the server does. The bridge drops all of this
 * when the client is admitted.
 *
 * A WebSocket that continues a polling session may belong to a client that is connected already. Then the edge asks the
 * server once (`gate.ts`), at the first message or at the time limit.
 */
import type { SocketGate } from "./gate.ts";

/** The server answers the edge's question at once, or closes. */
const QUESTION_LIMIT_MS = 10_000;

export interface Admission {
	/** Settles when the client is admitted, or when the socket ends. */
	readonly settled: Promise<void>;
	readonly ask: () => void;
	/** Call it once, when the client is admitted or the socket ends. */
	readonly settle: () => void;
}

/** @param onTimeout called if the client is not admitted in time */
export function startAdmission(
	gate: SocketGate,
	limitMs: number,
	originSocket: WebSocket,
	onTimeout: () => void,
): Admission {
	const { promise: settled, resolve } = Promise.withResolvers<void>();
	let isAsked = false;
	const ask = () => {
		if (isAsked) return;
		isAsked = true;
		for (const packet of gate.questionPackets()) originSocket.send(packet);
	};
	const expire = () => {
		if (!gate.isUnknown() || isAsked) return onTimeout();
		// An idle editor that connected by polling sends nothing here. Without the question the edge would close it.
		ask();
		timer = setTimeout(expire, QUESTION_LIMIT_MS);
	};
	let timer = setTimeout(expire, limitMs);
	const settle = () => {
		clearTimeout(timer);
		resolve();
	};
	return { settled, ask, settle };
}
