/**
 * A client's body on its way to the origin, so that each wait is known to be for the client or for the origin:
 * the client has `CLIENT_STALL_SECONDS` for each next part, the origin its own limit to take it.
 *
 * Reading part by part costs a third more CPU time than letting the platform pass the body. So the edge reads
 * only the beginning: if the client is quick, the platform passes the rest, under one limit for all of it where
 * its length is announced. One part is held at a time, and an announced length stays announced.
 */
import { LEAST_BYTES, openPieces, PIECE_BYTES, type PieceReader } from "../request/body-pieces.ts";
import { within } from "../request/time-limit.ts";
import type { Fault } from "../verdict.ts";

/** A part that came within this is followed by others: the edge waits until they are worth a call. */
const AT_ONCE_MS = 50;
/** A client that sends the first part within this is quick: it sends 256 KiB/s, or more. */
const QUICK_MS = 250;
/** The rest of its body has to come, and to be taken, at 32 KiB/s on average: an eighth of that. */
const REST_BYTES_PER_MS = 32;

export interface UploadLimits {
	/** For the client to send the next part. */
	readonly clientMs: number;
	/** For the origin to take it. */
	readonly originMs: number;
	/** Unix time in milliseconds. */
	readonly clock: () => number;
}

export interface Upload {
	/** What `fetch` sends. */
	readonly body: ReadableStream;
	/** Never rejects. */
	readonly end: Promise<UploadEnd>;
}

/** "origin gone": it takes no more of the body, and may have answered already. */
export type UploadEnd =
	| "complete"
	| "origin gone"
	| Extract<Fault, "client_stalled" | "body_incomplete" | "origin_timeout">;

/** @param lengthBytes as announced; `undefined` for a chunked body */
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
	const read = await passParts(reader, writer, limits);
	if (typeof read === "number") {
		reader.releaseLock();
		writer.releaseLock();
		return passRest(source, sink, lengthBytes && lengthBytes - read, limits.clientMs);
	}
	if (read === "complete") writer.close().catch(ignore);
	else {
		reader.cancel().catch(ignore);
		writer.abort().catch(ignore);
	}
	return read;
}

/** @returns how many bytes were passed, where the platform may pass the rest; else how the body ended */
async function passParts(
	reader: PieceReader,
	writer: WritableStreamDefaultWriter<Uint8Array>,
	{ clientMs, originMs, clock }: UploadLimits,
): Promise<number | UploadEnd> {
	const quickUntilMs = clock() + QUICK_MS;
	let passed = 0;
	let leastBytes = 1;
	for (;;) {
		const askedMs = clock();
		const part = await within(reader.next(leastBytes), clientMs).catch(() => undefined);
		if (part === undefined) return "body_incomplete";
		if (part === "late") return "client_stalled";
		// The last piece may come with the end.
		if (!part.value || part.value.byteLength === 0) return "complete";
		passed += part.value.byteLength;
		const isAtOnce = clock() - askedMs < AT_ONCE_MS;
		leastBytes = !isAtOnce ? 1 : part.value.byteLength < LEAST_BYTES ? LEAST_BYTES : PIECE_BYTES;
		const taken = await within(writer.write(part.value), originMs).catch(() => "origin gone" as const);
		if (taken !== undefined) return taken === "late" ? "origin_timeout" : taken;
		if (part.done) return "complete";
		if (passed >= PIECE_BYTES && clock() < quickUntilMs) return passed;
	}
}

/** An origin that broke the pipe makes `fetch` fail within this too; else it was the client. */
const WHO_BROKE_MS = 1000;

/** A pipe that is late may wait for either side: the client is told, as that counts against no origin. */
async function passRest(
	source: ReadableStream<Uint8Array>,
	sink: WritableStream<Uint8Array>,
	bytes: number | undefined,
	clientMs: number,
): Promise<UploadEnd> {
	const pipe = source.pipeTo(sink, { preventAbort: true });
	try {
		// Of a body in chunks nobody knows how much is to come: the origin's own limit for a pause holds.
		const rest = bytes === undefined ? pipe : within(pipe, clientMs + bytes / REST_BYTES_PER_MS);
		return (await rest) === "late" ? "client_stalled" : "complete";
	} catch {
		await new Promise((resolve) => setTimeout(resolve, WHO_BROKE_MS));
		return "body_incomplete";
	}
}

/** The other end of a stream may have closed it first. */
function ignore(): void {}
