/**
 * Reading a body in pieces. Protects against a body that loses bytes at its limit, against a lock that keeps the rest of a
 * refused body from being read, and against small buffers for large uploads.
 */
import { describe, expect, it, vi } from "vitest";
import { collect, discard, openPieces } from "../../../src/request/body-pieces.ts";

const LIMIT = 100;
const bytesOf = (length: number) => Uint8Array.from({ length }, (_, at) => at % 251);

/** The two kinds of streams: the platform's own, and one of another Worker. */
const KINDS = ["bytes", undefined] as const;
function streamOf(type: "bytes" | undefined, ...sizes: number[]): ReadableStream<Uint8Array> {
	let at = 0;
	const pull = (controller: ReadableStreamDefaultController | ReadableByteStreamController) => {
		const size = sizes[at++];
		if (size === undefined) controller.close();
		else controller.enqueue(bytesOf(size));
	};
	const stream = type === undefined ? new ReadableStream({ pull }) : new ReadableStream({ type, pull });
	return stream as ReadableStream<Uint8Array>;
}

describe.each(KINDS)("a stream of type %s", (type) => {
	it.each([
		[[LIMIT], bytesOf(LIMIT)],
		[[LIMIT - 1], bytesOf(LIMIT - 1)],
		[[3, 2], Uint8Array.of(0, 1, 2, 0, 1)],
		[[], new Uint8Array()],
		[[LIMIT + 1], "too large"],
		[[LIMIT, 1], "too large"],
	])("in chunks of %j bytes", async (sizes, expected) => {
		expect(await collect(streamOf(type, ...sizes), LIMIT, 0)).toEqual(expected);
	});
	it("is cancelled with its reader", async () => {
		const cancel = vi.fn();
		const body = type === undefined ? new ReadableStream({ cancel }) : new ReadableStream({ type, cancel });
		await openPieces(body).cancel();
		expect(cancel).toHaveBeenCalledTimes(1);
	});
	it("leaves the rest of a body that is too large", async () => {
		const body = streamOf(type, 5000, 5000);
		expect(await collect(body, LIMIT, 0)).toBe("too large");
		expect(body.locked).toBe(false);
		let rest = 0;
		for await (const chunk of body) rest += chunk.length;
		expect(rest).toBeGreaterThanOrEqual(5000);
	});
});

describe("the pieces of a byte stream", () => {
	const sizesOf = async (...chunks: number[]) => {
		const reader = openPieces(streamOf("bytes", ...chunks), 4096);
		const sizes = [];
		for (let piece = await reader.next(1); !piece.done; piece = await reader.next(1))
			sizes.push(piece.value?.byteLength);
		return sizes;
	};
	it("are as large as the first buffer, and large after one has filled it", async () => {
		expect(await sizesOf(200_000)).toEqual([4096, 65_536, 65_536, 200_000 - 4096 - 2 * 65_536]);
	});
	it("stay small while none fills it", async () => {
		expect(await sizesOf(10, 5000)).toEqual([10, 4096, 904]);
	});
	it("have at least the size that is asked for, however small the chunks are", async () => {
		const reader = openPieces(streamOf("bytes", ...Array<number>(30).fill(10)), 4096);
		expect((await reader.next(100)).value?.byteLength).toBeGreaterThanOrEqual(100);
	});
	it("share one buffer: the next read takes away the piece before", async () => {
		const reader = openPieces(streamOf("bytes", 300_000), 4096);
		await reader.next(1);
		for (let at = 0; at < 2; at++) {
			const { value } = await reader.next(1);
			expect(value?.byteLength).toBe(65_536);
			await reader.next(1);
			expect(value?.byteLength).toBe(0);
		}
	});
});

describe("the body of a refused request", () => {
	it.each([
		["is read to its end", {}, 300, true],
		["is read if its announced length is the limit", { "Content-Length": "1000" }, 1000, true],
		["is not read if it is announced as longer", { "Content-Length": "1001" }, 300, false],
		["is not read if the client waits for permission", { Expect: "100-continue" }, 300, false],
	])("%s", async (_, headers, sizeBytes, isRead) => {
		let sent = 0;
		const pull = (controller: ReadableStreamDefaultController) => {
			if (sent === sizeBytes) return controller.close();
			sent += 100;
			controller.enqueue(bytesOf(100));
		};
		const body = new ReadableStream({ pull }, { highWaterMark: 0 });
		await discard(new Request("http://h/", { method: "POST", headers, body }), 1000, 0);
		expect(sent).toBe(isRead ? sizeBytes : 0);
	});
});
