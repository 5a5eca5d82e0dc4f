/**
 * Reads a request's body in pieces of a useful size, however small the client's chunks are. Each read is a call into
 * the platform, so a client that sends chunks of one byte would cost one call per byte.
 */
import { within } from "./time-limit.ts";

export const PIECE_BYTES = 64 * 1024;
/** Smaller chunks are collected up to this size. A client that sends 70 bytes a second needs a minute for this size. */
export const LEAST_BYTES = 4 * 1024;

type Bytes = Uint8Array<ArrayBuffer>;

/**
 * @param stallMs time limit for the next piece
 * @returns the whole body; "too large" leaves the rest in the stream
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
	return joinPieces(pieces, length);
}

/** @param length the sum of their lengths */
export function joinPieces(pieces: readonly Uint8Array[], length: number): Bytes {
	const joined = new Uint8Array(length);
	let offset = 0;
	for (const piece of pieces) {
		joined.set(piece, offset);
		offset += piece.length;
	}
	return joined;
}

/**
 * Reads the body of a refused request and drops it. Without this, a client that is still sending sees a broken
 * connection instead of the refusal (nginx `lingering_close`). Never throws.
 */
export async function discard(request: Request, limitBytes: number, limitMs: number): Promise<void> {
	const { body, headers } = request;
	// A client that sent `Expect` has not sent its body yet. A body over the limit would not be read to its end.
	const isHopeless = headers.has("Expect") || Number(headers.get("Content-Length")) > limitBytes;
	if (body === null || body.locked || isHopeless) return;
	const read = readPieces(body, limitBytes, limitMs, () => undefined).catch(() => undefined);
	await within(read, limitMs);
}

/** @returns the length in bytes; reading ends with the first piece beyond the limit */
async function readPieces(
	body: ReadableStream,
	limitBytes: number,
	stallMs: number,
	take: (piece: Bytes) => void,
): Promise<number | "late"> {
	const reader = openPieces(body, LEAST_BYTES);
	let length = 0;
	for (;;) {
		const piece = await within(reader.next(LEAST_BYTES), stallMs);
		if (piece === "late") return "late";
		const { value, done } = piece;
		if (value) {
			length += value.byteLength;
			// The next read overwrites the buffer of this piece.
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
	 * Overwrites the previous piece, because all pieces share one buffer.
	 *
	 * @param leastBytes the read waits until the piece has this size, or the body ends
	 */
	readonly next: (leastBytes: number) => Promise<Piece>;
	readonly cancel: () => Promise<void>;
	readonly releaseLock: () => void;
}

/**
 * The platform's bodies are byte streams. The body of another Worker may be an ordinary stream.
 *
 * @param firstBytes size of the buffer, until a piece fills it: most bodies with a token are small
 */
export function openPieces(body: ReadableStream, firstBytes = PIECE_BYTES): PieceReader {
	try {
		return fromBytes(body.getReader({ mode: "byob" }), firstBytes);
	} catch {
		const reader = body.getReader();
		return {
			next: () => reader.read() as Promise<Piece>,
			cancel: () => reader.cancel(),
			releaseLock: () => reader.releaseLock(),
		};
	}
}

function fromBytes(reader: ReadableStreamBYOBReader, firstBytes: number): PieceReader {
	let buffer = new ArrayBuffer(firstBytes);
	// The platform supports `min` (WHATWG Streams §4.5.2), but its types do not declare it.
	const read = reader.read.bind(reader) as (view: Bytes, options: { readonly min: number }) => Promise<Piece>;
	return {
		next: async (min) => {
			const piece = await read(new Uint8Array(buffer), { min });
			const { value } = piece;
			// The read detached the old buffer. `value` is a view of the same memory, so its buffer serves the next read.
			const isSmall = value && value.byteLength === value.buffer.byteLength && value.byteLength < PIECE_BYTES;
			if (value) buffer = isSmall ? new ArrayBuffer(PIECE_BYTES) : value.buffer;
			return piece;
		},
		cancel: () => reader.cancel(),
		releaseLock: () => reader.releaseLock(),
	};
}
