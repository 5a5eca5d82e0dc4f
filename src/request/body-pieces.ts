/**
 * Reads a request's body in pieces of a useful size, however small the client's own chunks are: each piece
 * costs a call into the platform, and a chunk of one byte would cost as much as one of many.
 */
import { within } from "./time-limit.ts";

export const PIECE_BYTES = 64 * 1024;
/** A smaller piece is waited for; a steady client of a few dozen bytes a second still brings it in a minute. */
export const LEAST_BYTES = 4 * 1024;

type Bytes = Uint8Array<ArrayBuffer>;

/**
 * @param stallMs how long the client may take for the next piece
 * @returns all of it; of a longer one nothing, and the rest stays in the stream
 */
export async function collect(
	body: ReadableStream,
	limitBytes: number,
	stallMs: number,
): Promise<Bytes | "too large" | "late"> {
	const pieces: Bytes[] = [];
	const length = await readPieces(body, limitBytes, stallMs, (piece) => pieces.push(piece));
	if (length === "late") return "late";
	if (length > limitBytes) return "too large";
	const bytes = new Uint8Array(length);
	let offset = 0;
	for (const piece of pieces) {
		bytes.set(piece, offset);
		offset += piece.length;
	}
	return bytes;
}

/**
 * Reads a refused request's body and drops it: a client that is still sending sees a broken connection
 * instead of the refusal (nginx `lingering_close`). Never throws.
 */
export async function discard(request: Request, limitBytes: number, limitMs: number): Promise<void> {
	const { body, headers } = request;
	// A client that waits for permission has not sent its body, and a longer one is not read to its end.
	const isHopeless = headers.has("Expect") || Number(headers.get("Content-Length")) > limitBytes;
	if (body === null || body.locked || isHopeless) return;
	const read = readPieces(body, limitBytes, limitMs, () => undefined).catch(() => undefined);
	await within(read, limitMs);
}

/** @returns how many bytes there are; reading ends with the first piece beyond the limit */
async function readPieces(
	body: ReadableStream,
	limitBytes: number,
	stallMs: number,
	take: (piece: Bytes) => void,
): Promise<number | "late"> {
	const reader = openPieces(body);
	let length = 0;
	for (;;) {
		const piece = await within(reader.next(LEAST_BYTES), stallMs);
		if (piece === "late") return "late";
		const { value, done } = piece;
		if (value) {
			length += value.byteLength;
			// The next piece comes into the same buffer.
			if (length <= limitBytes) take(value.slice());
		}
		if (done || length > limitBytes) {
			reader.releaseLock();
			return length;
		}
	}
}

export interface Piece {
	readonly value?: Bytes;
	readonly done: boolean;
}

export interface PieceReader {
	/**
	 * Only when the piece before is no longer needed: all come into one buffer.
	 *
	 * @param leastBytes a smaller piece is waited for, unless the body ends
	 */
	readonly next: (leastBytes: number) => Promise<Piece>;
	readonly cancel: () => Promise<void>;
	readonly releaseLock: () => void;
}

/** The platform's own bodies are byte streams; one that another Worker made may be none. */
export function openPieces(body: ReadableStream): PieceReader {
	try {
		return fromBytes(body.getReader({ mode: "byob" }));
	} catch {
		const reader = body.getReader();
		return {
			next: () => reader.read() as Promise<Piece>,
			cancel: () => reader.cancel(),
			releaseLock: () => reader.releaseLock(),
		};
	}
}

function fromBytes(reader: ReadableStreamBYOBReader): PieceReader {
	let buffer = new ArrayBuffer(PIECE_BYTES);
	// WHATWG Streams §4.5.2. The platform has `min`, its types do not.
	const read = reader.read.bind(reader) as (view: Bytes, options: { readonly min: number }) => Promise<Piece>;
	return {
		next: async (min) => {
			const piece = await read(new Uint8Array(buffer), { min });
			// The read took the buffer away; the piece is a view of it.
			if (piece.value) buffer = piece.value.buffer;
			return piece;
		},
		cancel: () => reader.cancel(),
		releaseLock: () => reader.releaseLock(),
	};
}
