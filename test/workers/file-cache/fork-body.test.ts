/** Two readers of one body: both get all of it, and no bytes pile up for the slower one. */
import { describe, expect, it } from "vitest";
import { forkBody } from "../../../src/file-cache/fork-body.ts";

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
