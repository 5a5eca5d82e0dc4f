/** The memory of an isolate: its limit counts everything that a file takes, and no file is served after its time. */
import { describe, expect, it } from "vitest";
import { createFileMemory, type RememberedFile } from "../../../src/file-cache/memory.ts";

const KIB = 1024;
const fileOf = (bytes: number, headers: HeadersInit = {}, expiresMs = 1000): RememberedFile => ({
	headers: new Headers(headers),
	body: new Blob([new Uint8Array(bytes)]),
	expiresMs,
});
/** Remembers files one after the other. @returns the indexes of those that are still there */
function heldAfter(
	memory: ReturnType<typeof createFileMemory>,
	count: number,
	key: string,
	file: RememberedFile,
) {
	const keys = Array.from({ length: count }, (_, n) => `${key}${n}`);
	for (const one of keys) memory.remember(one, file);
	return keys.flatMap((one, n) => (memory.recall(one, 0) ? [n] : []));
}

describe("the limit in bytes", () => {
	it.each([
		["bodies", "", fileOf(64 * KIB), 64 * KIB],
		["keys", "k".repeat(16 * KIB), fileOf(1), 16 * KIB],
		["headers", "", fileOf(1, { "X-Long": "v".repeat(32 * KIB) }), 32 * KIB],
	])("counts %s: 8 MiB hold no more of them", (_, key, file, bytesEach) => {
		const held = heldAfter(createFileMemory(), 2000, key, file);
		expect(held.length * bytesEach).toBeLessThanOrEqual(8 * KIB * KIB);
		expect(held.length).toBeGreaterThan(100);
		expect(held.at(-1)).toBe(1999);
	});
	it("counts each file and each header, even an empty one", () => {
		const names = Object.fromEntries(Array.from({ length: 10 }, (_, n) => [`X-${n}`, ""]));
		const [bare, withHeaders] = [{}, names].map((headers) =>
			heldAfter(createFileMemory(KIB * KIB), 1000, "", fileOf(0, headers)),
		);
		expect(bare?.length).toBeLessThan(500);
		expect(withHeaders?.length).toBeLessThan((bare?.length ?? 0) / 2);
	});
	it("stays right when files are replaced, forgotten and expire", () => {
		const memory = createFileMemory(100 * KIB);
		for (let n = 0; n < 1000; n++) {
			memory.remember("replaced", fileOf(20 * KIB));
			memory.remember("forgotten", fileOf(20 * KIB));
			memory.forget("forgotten");
			memory.remember("expired", fileOf(20 * KIB));
			memory.recall("expired", 1000);
		}
		expect(heldAfter(memory, 3, "", fileOf(20 * KIB))).toEqual([0, 1, 2]);
		expect(memory.recall("replaced", 0)?.body.size).toBe(20 * KIB);
	});
});

describe("a file", () => {
	it("goes first if it was least recently used", () => {
		const memory = createFileMemory(80 * KIB);
		for (const key of ["a", "b", "c"]) memory.remember(key, fileOf(20 * KIB));
		memory.recall("a", 0);
		memory.remember("d", fileOf(20 * KIB));
		expect(["a", "b", "c", "d"].filter((key) => memory.recall(key, 0))).toEqual(["a", "c", "d"]);
	});
	it("is there until its time is over, and not after", () => {
		const memory = createFileMemory();
		memory.remember("a", fileOf(1, {}, 5000));
		expect(memory.recall("a", 4999)?.body.size).toBe(1);
		expect(memory.recall("a", 5000)).toBeUndefined();
		expect(memory.recall("a", 4999)).toBeUndefined();
	});
	it("that is larger than the whole memory leaves an empty memory, which works on", () => {
		const memory = createFileMemory(10 * KIB);
		memory.remember("a", fileOf(1));
		memory.remember("b", fileOf(20 * KIB));
		expect(["a", "b"].filter((key) => memory.recall(key, 0))).toEqual([]);
		memory.remember("c", fileOf(1));
		expect(memory.recall("c", 0)?.body.size).toBe(1);
	});
});

describe("a file that was read from the platform's cache", () => {
	const readThen = (change: (memory: ReturnType<typeof createFileMemory>) => void) => {
		const memory = createFileMemory();
		const readAfter = memory.changes();
		change(memory);
		memory.remember("a", fileOf(1), readAfter);
		return memory.recall("a", 0)?.body.size;
	};
	it("is remembered", () => expect(readThen(() => undefined)).toBe(1));
	it("is not remembered if it was forgotten meanwhile", () => {
		expect(readThen((memory) => memory.forget("a"))).toBeUndefined();
	});
	it("does not replace a file that came from the origin meanwhile", () => {
		expect(readThen((memory) => memory.remember("a", fileOf(2)))).toBe(2);
	});
});

it("a file that was read before two changes is outdated, in whatever order they came", () => {
	const memory = createFileMemory();
	const readAfter = memory.changes();
	memory.remember("a", fileOf(1));
	memory.forget("a");
	memory.remember("a", fileOf(2), readAfter);
	expect(memory.recall("a", 0)).toBeUndefined();
});
