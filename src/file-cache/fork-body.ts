/**
 * One body for two readers, at the pace of the slower one: whatever its size, no more than a chunk of it is
 * held. `tee()` would hold all that the slower has not read yet.
 */

export interface Fork {
	readonly first: ReadableStream;
	readonly second: ReadableStream;
	/** Whether the second has all of it; resolves when both have, or have given up. */
	readonly isWhole: Promise<boolean>;
	/** The second wants no more, if it has not had everything. */
	readonly drop: () => void;
}

/** @param lengthBytes of the whole body; one that breaks off breaks both */
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

type Writer = WritableStreamDefaultWriter<Uint8Array>;

async function pump(
	body: ReadableStream<Uint8Array>,
	writers: readonly [Writer, Writer],
	lengthBytes: number,
): Promise<boolean> {
	let reading: readonly Writer[] = writers;
	/** One that stops reading does not stop the other. */
	const toAll = async (act: (writer: Writer) => Promise<void>) => {
		const outcomes = await Promise.allSettled(reading.map(act));
		reading = reading.filter((_, at) => outcomes[at]?.status === "fulfilled");
	};
	let missingBytes = lengthBytes;
	try {
		for await (const chunk of body) {
			missingBytes -= chunk.byteLength;
			await toAll((writer) => writer.write(chunk));
			if (reading.length === 0) return false;
		}
		await toAll((writer) => writer.close());
		return missingBytes === 0 && reading.includes(writers[1]);
	} catch (error) {
		await toAll((writer) => writer.abort(error));
		return false;
	}
}
