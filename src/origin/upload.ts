/**
 * Passes a client's body on to the origin, and knows which of the two keeps the other waiting. The client has
 * `CLIENT_STALL_SECONDS` for each next piece. The origin has a time limit of its own to take the piece.
 *
 * Reading piece by piece costs a third more CPU time than a pipe of the platform. So the edge reads only the beginning
 * of the body. If the client is quick, the platform pipes the rest, under one time limit if its length was announced.
 * The edge holds one piece at a time, and announces the same length to the origin.
 */
import { LEAST_BYTES, openPieces, PIECE_BYTES, type PieceReader } from "../request/body-pieces.ts";
import { within } from "../request/time-limit.ts";
import type { Fault } from "../verdict.ts";

/** A piece that came this fast shows that more bytes are coming. The next read then waits for a larger piece. */
const AT_ONCE_MS = 50;
/** A client is quick if it sends the first `PIECE_BYTES` within this time: 256 KiB/s or more. */
const QUICK_MS = 250;
/** The rest of a quick client's body has to pass at an eighth of that speed on average: 32 KiB/s. */
const REST_BYTES_PER_MS = 32;

export interface UploadLimits {
	/** Time limit for the client to send the next piece. */
	readonly clientMs: number;
	/** Time limit for the origin to take it. */
	readonly originMs: number;
	/** Unix time in milliseconds. */
	readonly clock: () => number;
}

export interface Upload {
	/** The body that `fetch` sends. */
	readonly body: ReadableStream;
	/** Never rejects. */
	readonly end: Promise<UploadEnd>;
}

/** "origin gone": the origin takes no more of the body. It may have responded already. */
export type UploadEnd =
	| "complete"
	| "origin gone"
	| Extract<Fault, "client_stalled" | "body_incomplete" | "origin_timeout">;

/** @param lengthBytes the announced length; `undefined` for a chunked body */
export function openUpload(
	source: ReadableStream<Uint8Array>,
	lengthBytes: number | undefined,
	limits: UploadLimits,
): Upload {
	const { readable, writable } =
		lengthBytes === undefined ? new IdentityTransformStream() : new FixedLengthStream(lengthBytes);
	return { body: readable, end: pass(source, writable, lengthBytes, limits) };
}

async function pass(
	source: ReadableStream<Uint8Array>,
	sink: WritableStream<Uint8Array>,
	lengthBytes: number | undefined,
	limits: UploadLimits,
): Promise<UploadEnd> {
	const reader = openPieces(source);
	const writer = sink.getWriter();
	const passed = await passPieces(reader, writer, limits);
	if (typeof passed === "number") {
		reader.releaseLock();
		writer.releaseLock();
		return pipeRest(source, sink, lengthBytes && lengthBytes - passed, limits.clientMs);
	}
	if (passed === "complete") writer.close().catch(ignore);
	else {
		reader.cancel().catch(ignore);
		writer.abort().catch(ignore);
	}
	return passed;
}

/** @returns the number of bytes that were passed if the platform may pipe the rest; else how the body ended */
async function passPieces(
	reader: PieceReader,
	writer: WritableStreamDefaultWriter<Uint8Array>,
	{ clientMs, originMs, clock }: UploadLimits,
): Promise<number | UploadEnd> {
	const quickUntilMs = clock() + QUICK_MS;
	let passedBytes = 0;
	let leastBytes = 1;
	for (;;) {
		const readFromMs = clock();
		const piece = await within(reader.next(leastBytes), clientMs).catch(() => undefined);
		if (piece === undefined) return "body_incomplete";
		if (piece === "late") return "client_stalled";
		// The end of the body may come with the last piece, or alone.
		if (!piece.value || piece.value.byteLength === 0) return "complete";
		passedBytes += piece.value.byteLength;
		const isAtOnce = clock() - readFromMs < AT_ONCE_MS;
		leastBytes = !isAtOnce ? 1 : piece.value.byteLength < LEAST_BYTES ? LEAST_BYTES : PIECE_BYTES;
		const taken = await within(writer.write(piece.value), originMs).catch(() => "origin gone" as const);
		if (taken !== undefined) return taken === "late" ? "origin_timeout" : taken;
		if (piece.done) return "complete";
		if (passedBytes >= PIECE_BYTES && clock() < quickUntilMs) return passedBytes;
	}
}

/** If the origin broke the pipe, `fetch` fails within this time, and its fault is reported instead. */
const FETCH_FAILS_WITHIN_MS = 1000;

/** The edge cannot see which side delays a pipe. It reports `client_stalled`, which never counts against an origin. */
async function pipeRest(
	source: ReadableStream<Uint8Array>,
	sink: WritableStream<Uint8Array>,
	restBytes: number | undefined,
	clientMs: number,
): Promise<UploadEnd> {
	const pipe = source.pipeTo(sink, { preventAbort: true });
	try {
		// The rest of a chunked body has an unknown length. Only the origin's own limit for a pause applies to it.
		const piped = restBytes === undefined ? pipe : within(pipe, clientMs + restBytes / REST_BYTES_PER_MS);
		return (await piped) === "late" ? "client_stalled" : "complete";
	} catch {
		await new Promise((resolve) => setTimeout(resolve, FETCH_FAILS_WITHIN_MS));
		return "body_incomplete";
	}
}

/** `close`, `cancel` and `abort` reject if the other end has closed the stream first. */
function ignore(): void {}
