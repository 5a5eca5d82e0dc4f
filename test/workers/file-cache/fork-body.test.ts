/** Two readers of one body: both get all of it, and no bytes pile up for the slower one. Or one reader, and a copy. */
import { describe, expect, it } from "vitest";
import { collectBody, forkBody } from "../../../src/file-cache/fork-body.ts";

const CHUNK = 64 * 1024;

/** @param breaksAt number of chunks after which the source errors */
function source(chunks: number, breaksAt = Infinity) {
	let given = 0;
	const body = new ReadableStream<Uint8Array>(
		{
			pull: (controller) => {
				if (given === breaksAt) controller.error(new Error("Network connection lost."));
				else if (given === chunks) controller.close();
				else controller.enqueue(new Uint8Array(CHUNK).fill(given++));
			},
		},
		{ highWaterMark: 0 },
	);
	return { body, given: () => given };
}
const lengthOf = async (stream: ReadableStream) => (await new Response(stream).arrayBuffer()).byteLength;

describe("forkBody", () => {
	it("both get all of it", async () => {
		const { first, second, isWhole } = forkBody(source(20).body, 20 * CHUNK);
		const [a, b] = await Promise.all([new Response(first).bytes(), new Response(second).bytes()]);
		expect(a.length).toBe(20 * CHUNK);
		expect(a).toEqual(b);
		expect(a[19 * CHUNK]).toBe(19);
		expect(await isWhole).toBe(true);
	});
	it("a slow reader slows the other, so nothing piles up", async () => {
		const { body, given } = source(1000);
		const { first, second } = forkBody(body, 1000 * CHUNK);
		const all = lengthOf(second);
		await scheduler.wait(50);
		expect(given()).toBeLessThan(5);
		expect(await lengthOf(first)).toBe(1000 * CHUNK);
		expect(await all).toBe(1000 * CHUNK);
	});
	it("a reader that stops does not stop the other", async () => {
		const { first, second, isWhole } = forkBody(source(20).body, 20 * CHUNK);
		await first.cancel();
		expect(await lengthOf(second)).toBe(20 * CHUNK);
		expect(await isWhole).toBe(true);
	});
	it("a body that breaks off breaks both copies, and is not whole", async () => {
		const { first, second, isWhole } = forkBody(source(20, 3).body, 20 * CHUNK);
		const outcomes = await Promise.allSettled([lengthOf(first), lengthOf(second)]);
		expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
		expect(await isWhole).toBe(false);
	});
	it("a body shorter than announced is not whole", async () => {
		const { first, second, isWhole } = forkBody(source(3).body, 20 * CHUNK);
		await Promise.allSettled([lengthOf(first), lengthOf(second)]);
		expect(await isWhole).toBe(false);
	});
	it("the body is not read to its end if both readers stop", async () => {
		const { body, given } = source(1000);
		const { first, second, isWhole } = forkBody(body, 1000 * CHUNK);
		await Promise.all([first.cancel(), second.cancel()]);
		expect(await isWhole).toBe(false);
		expect(given()).toBeLessThan(10);
	});
});

describe("collectBody", () => {
	it("the client and the copy get all of it", async () => {
		const { first, collected } = collectBody(source(3).body, 3 * CHUNK);
		const read = await new Response(first).bytes();
		expect(read[2 * CHUNK]).toBe(2);
		expect(await (await collected)?.bytes()).toEqual(read);
	});
	it("a slow client slows the origin", async () => {
		const { body, given } = source(1000);
		const { first } = collectBody(body, 1000 * CHUNK);
		await scheduler.wait(50);
		expect(given()).toBeLessThan(5);
		expect(await lengthOf(first)).toBe(1000 * CHUNK);
	});
	it("a client that leaves does not stop the copy", async () => {
		const { first, collected } = collectBody(source(3).body, 3 * CHUNK);
		await first.cancel();
		expect((await collected)?.size).toBe(3 * CHUNK);
	});
	it.each([
		["breaks off", source(3, 2), 3],
		["is shorter than announced", source(2), 3],
		["is longer than announced", source(4), 3],
	])("no copy of a body that %s, and the client sees it break off", async (_, { body }, chunks) => {
		const { first, collected } = collectBody(body, chunks * CHUNK);
		await expect(lengthOf(first)).rejects.toThrow();
		expect(await collected).toBeUndefined();
	});
});
