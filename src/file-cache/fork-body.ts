/**
 * Gives one body to two readers, at the pace of the slower one. Of a large body, at most one chunk is in memory.
 * `tee()` would hold everything that the slower reader has not read yet. A small body can be collected while the client
 * reads it.
 */

export interface Fork {
	readonly first: ReadableStream;
	readonly second: ReadableStream;
	/** Settles when both readers have finished or have stopped. True if the second reader got the whole body. */
	readonly isWhole: Promise<boolean>;
	/** Call this when the second reader wants no more, else the first reader would wait for the second. */
	readonly drop: () => void;
}

/** @param lengthBytes length of the whole body; if the body breaks off, so do both copies */
export function forkBody(body: ReadableStream<Uint8Array>, lengthBytes: number): Fork {
	const first = new FixedLengthStream(lengthBytes);
	const second = new FixedLengthStream(lengthBytes);
	const writers = [first.writable.getWriter(), second.writable.getWriter()] as const;
	return {
		first: first.readable,
		second: second.readable,
		isWhole: pump(body, writers, lengthBytes),
		drop: () => void writers[1].abort().catch(() => undefined),
	};
}

export interface Collection {
	readonly first: ReadableStream;
	/** Settles when the body ends. `undefined` if it broke off. */
	readonly collected: Promise<Blob | undefined>;
}

/** @param lengthBytes length of the whole body: this much memory is held until the body ends */
export function collectBody(body: ReadableStream<Uint8Array>, lengthBytes: number): Collection {
	const first = new FixedLengthStream(lengthBytes);
	const bytes = new Uint8Array(lengthBytes);
	let at = 0;
	const collector: Writer = {
		write: async (chunk) => {
			bytes.set(chunk, at);
			at += chunk.byteLength;
		},
		close: async () => undefined,
		abort: async () => undefined,
	};
	const isWhole = pump(body, [first.writable.getWriter(), collector], lengthBytes);
	return {
		first: first.readable,
		collected: isWhole.then((whole) => (whole ? new Blob([bytes]) : undefined)),
	};
}

interface Writer {
	readonly write: (chunk: Uint8Array) => Promise<void>;
	readonly close: () => Promise<void>;
	readonly abort: (reason?: unknown) => Promise<void>;
}

async function pump(
	body: ReadableStream<Uint8Array>,
	writers: readonly [Writer, Writer],
	lengthBytes: number,
): Promise<boolean> {
	let active: readonly Writer[] = writers;
	/** A reader that stops does not stop the other. */
	const toAll = async (act: (writer: Writer) => Promise<void>) => {
		const outcomes = await Promise.allSettled(active.map(act));
		active = active.filter((_, at) => outcomes[at]?.status === "fulfilled");
	};
	let missingBytes = lengthBytes;
	try {
		for await (const chunk of body) {
			missingBytes -= chunk.byteLength;
			await toAll((writer) => writer.write(chunk));
			if (active.length === 0) return false;
		}
		await toAll((writer) => writer.close());
		return missingBytes === 0 && active.includes(writers[1]);
	} catch (error) {
		await toAll((writer) => writer.abort(error));
		return false;
	}
}
